#!/usr/bin/env node
/** `medseal`: the command line of prover, issuer, verifier and auditor. */
import { CommanderError } from 'commander'
import * as ExitCode from './ExitCode.ts'
import * as Output from './Output.ts'
import * as program from './program.ts'
import * as Secret from './Secret.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
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
