import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** `npm start` as the shell runs it. */
export type Started = {
  readonly child: ChildProcess
  /** What it has written so far, to either stream. */
  readonly said: () => string
  readonly exit: Promise<number | null>
}

export function start(folder: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../start.ts'), ...args], { cwd: folder })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      words += chunk
    })
  }
  const exit = new Promise<number | null>((done) => child.once('close', done))
  return { child, said: () => words, exit }
}
