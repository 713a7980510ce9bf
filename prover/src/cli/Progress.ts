import { Listr, ListrLogger, ProcessOutput } from 'listr2'

/** One step of what takes a while. */
export type Step = { readonly title: string; readonly act: () => Promise<void> | void }

/** Does the steps one after the other and tells of them on standard error, which may be a terminal or not. */
export async function through(steps: readonly Step[]): Promise<void> {
  const logger = () =>
    new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(process.stderr, process.stderr) })
  const tasks = steps.map(({ title, act }) => ({ title, task: () => act() }))
  const list = new Listr(tasks, {
    // Ctrl-C is the caller's to handle: what has begun must not be left half-done.
    registerSignalListeners: false,
    renderer: 'default',
    rendererOptions: { logger: logger() as never },
    fallbackRenderer: 'simple',
    fallbackRendererOptions: { logger: logger() as never },
    fallbackRendererCondition: () => !process.stderr.isTTY,
  })
  await list.run()
}
