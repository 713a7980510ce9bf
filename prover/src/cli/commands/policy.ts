import { type Command, Option } from 'commander'
import * as CredentialFile from '../../files/CredentialFile.ts'
import * as RecordFile from '../../files/RecordFile.ts'
import { parameters } from '../../generated/parameters.ts'
import type * as Issue from '../../issue.ts'
import * as Day from '../../protocol/Day.ts'
import * as DryRun from '../../protocol/DryRun.ts'
import type { Role } from '../../protocol/Policy.ts'
import * as PolicyText from '../../protocol/PolicyText.ts'
import * as Record from '../../protocol/Record.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Policies from '../Policies.ts'
import * as ValueSets from '../ValueSets.ts'

type WithSets = { readonly valueSets?: string }

export function addTo(program: Command): void {
  const policy = program.command('policy').description('Compiles and explains policies, and tries them on a record.')
  policy.addHelpText('after', '\nExample:\n  $ medseal policy explain policy.json')
  addCheck(policy)
  addExplain(policy)
  addDryRun(policy)
}

function addCheck(policy: Command): void {
  Leaf.add<WithSets, [string]>(policy, {
    usage: 'check <policy>',
    summary: 'Compiles a policy: its hash, its circuit, and what a record must be complete for.',
    example: 'medseal policy check policy.json',
    options: [Options.valueSets()],
    act: ({ valueSets }, path) => {
      const data = Policies.describe(Policies.compile(path, ValueSets.load(valueSets)))
      const { needs, predicates, needleNarrow, ...facts } = data
      const rows = Object.entries({ ...facts, ...needs }).map(([key, value]) => [key, [value].flat().join(', ') || '-'])
      const lines = predicates.map(({ slot, says }) => `slot ${slot}: ${says}`)
      if (needleNarrow.length > 0) Output.warn(`slots ${needleNarrow.join(', ')} are so narrow that wallets refuse.`)
      return { data, text: [...Output.table(rows), ...lines] }
    },
  })
}

function addExplain(policy: Command): void {
  Leaf.add<WithSets, [string]>(policy, {
    usage: 'explain <policy>',
    summary: 'Prints a policy in plain English, from what its hash is made of.',
    example: 'medseal policy explain policy.json',
    options: [Options.valueSets()],
    act: ({ valueSets }, path) => {
      const { policy: read, hash } = Policies.compile(path, ValueSets.load(valueSets))
      const text = PolicyText.print(read)
      return { data: { hash, text }, text: text.trimEnd().split('\n') }
    },
  })
}

function addDryRun(policy: Command): void {
  type Given = WithSets & { readonly today?: Day.Day; readonly as: readonly Role[] }
  Leaf.add<Given, [string, string]>(policy, {
    usage: 'dry-run <policy> <record>',
    summary: 'Says whether a record or credential meets a policy, and what each predicate comes to.',
    detail: 'Only for the eyes of whose record it is. Exit code 3 when it does not.',
    example: 'medseal policy dry-run policy.json record.json',
    options: [
      Options.valueSets(),
      Options.today(),
      new Option('--as <roles...>', 'roles of the issuer').choices(Object.keys(parameters.roles)).default(['hospital']),
    ],
    act: ({ valueSets, today, as }, policyPath, recordPath) => {
      const compiled = Policies.compile(policyPath, ValueSets.load(valueSets))
      const evidence = evidenceOf(recordPath)
      const run = DryRun.run(compiled, { ...evidence, issuerRoles: as, today: Options.dayOr(today) })
      const outcome = Policies.outcomeOf(compiled, run)
      return { data: outcome, text: toText(outcome), exitCode: outcome.met ? ExitCode.done : ExitCode.no }
    },
  })
}

function evidenceOf(path: string): Pick<DryRun.Evidence, 'record' | 'credential'> {
  const read = File.readJson(path, [RecordFile.kind, CredentialFile.kind])
  if ('credential' in read) return read
  return { record: unissued(read), credential: { ...read, expires: Day.latest } }
}

/** The record that would be issued; its salts never leave here. */
function unissued({ attributes, asOf }: Issue.Content): Record.Record {
  return Record.build(attributes, { asOf })
}

function toText({ met, obstacles, predicates }: ReturnType<typeof Policies.outcomeOf>): string[] {
  return [
    `the record ${met ? 'meets' : 'does not meet'} the policy`,
    ...obstacles.map(({ obstacle, means }) => `  in the way: ${obstacle}: ${means}`),
    ...predicates.map(({ holds, says }) => `  ${holds ? 'holds' : 'fails'}  ${says}`),
  ]
}
