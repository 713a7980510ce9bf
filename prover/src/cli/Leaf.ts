import { type Argument, type Command, Option } from 'commander'
import * as ExitCode from './ExitCode.ts'
import * as Output from './Output.ts'

/** What every command is given besides its own options. */
export type Common = {
  readonly json: boolean
  readonly debug: boolean
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
}

/** A command that does something. */
export type Leaf<Options, Operands extends readonly unknown[]> = {
  /** Name and operands as commander reads them: `import <bundle>`. */
  readonly usage: string
  /** Operands that say more of themselves than `usage` can. */
  readonly operands?: readonly Argument[]
  readonly summary: string
  /** What there is to know beyond the summary. */
  readonly detail?: string
  /** One call that works, shown by --help. */
  readonly example: string
  readonly options?: readonly Option[]
  readonly act: (options: Options & Common, ...operands: Operands) => Promise<Output.Answer> | Output.Answer
}

/** Adds a command: parses, calls, prints, and ends with the answer's exit code or the error's. */
export function add<Options, Operands extends readonly unknown[]>(
  parent: Command,
  { usage, operands = [], summary, detail, example, options = [], act }: Leaf<Options, Operands>,
): void {
  const command = parent
    .command(usage)
    .summary(summary)
    .description(detail ? `${summary}\n\n${detail}` : summary)
  for (const operand of operands) command.addArgument(operand)
  for (const option of options) command.addOption(option)
  command.addOption(new Option('--json', 'the answer as JSON'))
  command.addOption(new Option('--debug', 'errors with their stack, which may quote what was read'))
  command.addHelpText('after', `\nExample:\n  $ ${example.replaceAll('\n', '\n    ')}`)
  command.action(async (...all: unknown[]) => {
    const given = { json: false, debug: false, ...(command.opts() as Options) }
    const taken = all.slice(0, command.registeredArguments.length) as unknown as Operands
    process.exitCode = await run(given, (signal) => act({ ...given, signal }, ...taken))
  })
}

async function run(
  options: Pick<Common, 'json' | 'debug'>,
  act: (signal: AbortSignal) => Promise<Output.Answer> | Output.Answer,
): Promise<number> {
  const controller = new AbortController()
  const cancel = () => controller.abort(new DOMException('Cancelled.', 'AbortError'))
  process.once('SIGINT', cancel)
  try {
    const answer = await act(controller.signal)
    controller.signal.throwIfAborted()
    Output.print(answer, options)
    return answer.exitCode ?? ExitCode.done
  } catch (error) {
    return Output.fail(error, options)
  } finally {
    process.removeListener('SIGINT', cancel)
  }
}
