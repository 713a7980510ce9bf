import { CommanderError } from 'commander'
import * as ExitCode from './ExitCode.ts'
import * as Output from './Output.ts'
import * as program from './program.ts'
import * as Secret from './Secret.ts'

/** Does what a command line says and gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  process.stdout.on('error', endQuietly)
  try {
    Secret.refuseIn(args)
    await program.create().parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? ExitCode.done)
  } catch (error) {
    // Commander has told it already; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.wrong
    return Output.fail(error)
  }
}

/** Whoever reads the output may stop early (`| head`): that is no failure. */
function endQuietly(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit()
}
