import { type Command, Option } from 'commander'
import type * as Import from '../../fhir/Import.ts'
import type * as Omission from '../../fhir/Omission.ts'
import * as Issue from '../../issue.ts'
import * as Day from '../../protocol/Day.ts'
import * as Contents from '../Contents.ts'
import * as File from '../File.ts'
import * as CredentialFile from '../files/CredentialFile.ts'
import * as RecordFile from '../files/RecordFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as ValueSets from '../ValueSets.ts'

export function addTo(program: Command): void {
  const record = program.command('record').description('Reads FHIR documents, and shows what a record says.')
  record.addHelpText('after', '\nExample:\n  $ medseal record import bundle.json --as-of 2026-10-01')
  addImport(record)
  addShow(record)
}

type Given = {
  readonly asOf: Day.Day
  readonly completeSince?: Day.Day
  readonly valueSets?: string
  readonly out?: string
  readonly force?: boolean
}

function addImport(record: Command): void {
  Leaf.add<Given, [string]>(record, {
    usage: 'import <bundle>',
    summary: 'Reads a FHIR R4 bundle as of a day: what is in the record, what was left out and why.',
    detail:
      'A record may only claim absence for what it is complete for. Since when that is so, only the source of the bundle knows: say it with --complete-since.',
    example: 'medseal record import bundle.json --as-of 2026-10-01 --complete-since 1900-01-01 --out record.json',
    options: [
      Options.day('--as-of <date>', 'the day the record speaks for').makeOptionMandatory(),
      Options.day('--complete-since <date>', 'the bundle holds everything since this day (default: only that day)'),
      Options.valueSets(),
      new Option('-o, --out <file>', 'where to write the record (record/1), which is secret'),
      Options.force(),
    ],
    act: ({ asOf, completeSince = asOf, valueSets, out, force }, bundle) => {
      File.assertFree(out, { force })
      const index = ValueSets.load(valueSets)
      const { imported, content } = File.read(bundle, (text) =>
        Issue.read(text, { asOf, since: completeSince, valueSets: index }),
      )
      if (out !== undefined)
        File.writeJson(out, RecordFile.kind.tag, RecordFile.fieldsOf(content), { force, secret: true })
      return summaryOf(imported, content, out)
    },
  })
}

function addShow(record: Command): void {
  Leaf.add<object, [string]>(record, {
    usage: 'show <file>',
    summary: 'Shows every attribute of a record or credential: your own medical file, in clear.',
    example: 'medseal record show record.json',
    act: (_, path) => {
      const content = File.readJson(path, [RecordFile.kind, CredentialFile.kind])
      const facts =
        'attributes' in content ? Contents.ofAttributes(content.attributes) : Contents.ofRecord(content.record)
      Output.warn('this is the medical file itself, in clear.')
      const rows = facts.map(({ category, system, code, day, value, remarks }) => [
        category,
        system,
        code,
        day ?? '',
        value ?? '',
        remarks.join(', '),
      ])
      return { data: facts, text: Output.table([['category', 'system', 'code', 'day', 'value', ''], ...rows]) }
    },
  })
}

/** What was taken, what was left out, and what may be signed as complete. Tells no value. */
function summaryOf(imported: Import.Imported, content: Issue.Content, out: string | undefined): Output.Answer {
  const { account, omissions, remarks, patients } = imported
  const { complete, asOf, attributes } = content
  const sets = attributes.length - imported.attributes.length
  const data = {
    asOf: Day.format(asOf),
    account,
    patients,
    attributes: imported.attributes.length,
    valueSetAttributes: sets,
    omissions,
    remarks,
    complete: { ...complete, since: Day.format(complete.since) },
    ...(out !== undefined && { file: out }),
  }
  const text = [
    `${account.resources} resources and ${account.parts} parts of them: ${account.taken} taken, ${account.leftOut} left out`,
    `${imported.attributes.length} attributes, and ${sets} of value sets (edition ${complete.setsEdition})`,
    ...(patients === 1 ? [] : [`${patients} patients: this cannot be issued, a record is about one`]),
    ...reasonLines('left out', omissions),
    ...reasonLines('read in part', remarks),
    `complete since ${Day.format(complete.since)} for ${complete.categories.join(', ') || 'no category'}`,
    `complete in ${complete.systems.join(', ') || 'no code system'}`,
    ...(out === undefined ? [] : [`written to ${out}, which is secret`]),
  ]
  return { data, text }
}

/** Each reason with its count and the first place: all of them are in the JSON. */
function reasonLines(title: string, lost: readonly (Omission.Omission | Omission.Remark)[]): string[] {
  const byReason = Map.groupBy(lost, ({ reason, resourceType }) => `${reason} (${resourceType})`)
  const rows = [...byReason].map(([reason, all]) => {
    const [first] = all
    const place = first ? `entry ${first.index}, ${first.path}` : ''
    return ['  ', String(all.length).padStart(5), reason, all.length === 1 ? place : `first: ${place}`]
  })
  return rows.length === 0 ? [] : [`${title}:`, ...Output.table(rows)]
}
