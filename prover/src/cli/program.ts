import { Command } from 'commander'
import * as audit from './commands/audit.ts'
import * as completion from './commands/completion.ts'
import * as credential from './commands/credential.ts'
import * as deploy from './commands/deploy.ts'
import * as doctor from './commands/doctor.ts'
import * as issuer from './commands/issuer.ts'
import * as keys from './commands/keys.ts'
import * as policy from './commands/policy.ts'
import * as prove from './commands/prove.ts'
import * as receipt from './commands/receipt.ts'
import * as record from './commands/record.ts'
import * as request from './commands/request.ts'
import * as serve from './commands/serve.ts'
import * as submit from './commands/submit.ts'
import * as verify from './commands/verify.ts'
import * as ExitCode from './ExitCode.ts'

/** The whole command line, groups in the order in which a newcomer meets them. */
export function create(): Command {
  const program = new Command('medseal').description('Proves health facts without showing the record.').addHelpText(
    'after',
    `
Data goes to standard output (--json for programs), everything else to standard error.
Keys and words come from files, the environment or a prompt, never from the command line.

${ExitCode.explained}

Example:
  $ medseal record import bundle.json --as-of 2026-10-01 --out record.json`,
  )
  for (const group of [
    keys,
    issuer,
    record,
    credential,
    policy,
    request,
    prove,
    verify,
    submit,
    receipt,
    audit,
    deploy,
    serve,
    doctor,
  ]) {
    group.addTo(program)
  }
  completion.addTo(program)
  // Throws in place of ending the process, which could cut off what is being printed.
  const overridden = [program]
  for (let command = overridden.pop(); command; command = overridden.pop()) {
    command.exitOverride().showHelpAfterError('(--help shows how)')
    overridden.push(...command.commands)
  }
  return program
}
