import { type Command, Option } from 'commander'
import * as Batch from '../../device/Batch.ts'
import * as Device from '../../device/Device.ts'
import * as Readings from '../../device/Readings.ts'
import type * as Import from '../../fhir/Import.ts'
import * as CredentialFile from '../../files/CredentialFile.ts'
import * as RecordFile from '../../files/RecordFile.ts'
import * as Issue from '../../issue.ts'
import type * as Day from '../../protocol/Day.ts'
import * as Tree from '../../protocol/Tree.ts'
import * as Contents from '../Contents.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as ValueSets from '../ValueSets.ts'
import * as RecordCard from './recordCard.ts'
import * as Summary from './recordSummary.ts'

export function addTo(program: Command): void {
  const record = program.command('record').description('Reads FHIR documents, and shows what a record says.')
  record.addHelpText('after', '\nExample:\n  $ medseal record import bundle.json --as-of 2026-10-01')
  addImport(record)
  RecordCard.addTo(record)
  addShow(record)
}

type Given = {
  readonly asOf: Day.Day
  readonly completeSince?: Day.Day
  readonly valueSets?: string
  readonly currency?: string
  readonly readings?: readonly string[]
  readonly devices?: string
  readonly patient?: string
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
      Options.day(
        '--complete-since <date>',
        'the bundle holds everything since this day (default: it is complete for nothing)',
      ),
      Options.valueSets(),
      new Option('--currency <code>', 'the currency that charges are in, ISO 4217 (default: USD)'),
      new Option('--readings <files...>', 'all batches of readings there are of the patient’s devices'),
      new Option('--devices <file>', 'the issuer’s devices (device-directory/1): with --readings'),
      new Option('--patient <reference>', 'the patient, as that directory names them: with --readings'),
      new Option('-o, --out <file>', 'where to write the record (record/1), which is secret'),
      Options.force(),
    ],
    act: (given, bundle) => {
      const { asOf, completeSince = asOf, currency, out, force } = given
      File.assertFree(out, { force })
      const terms = {
        asOf,
        since: completeSince,
        valueSets: ValueSets.load(given.valueSets),
        ...(currency !== undefined && { currency }),
      }
      const { imported, content } = File.read(bundle, (text) => Issue.read(text, terms))
      const readings = readingsOf(given, Tree.capacity - 1 - content.attributes.length)
      const joined = readings ? Issue.contentOf(Readings.join(imported, readings), terms) : content
      if (readings && !isAbout(imported, given.patient)) {
        Output.warn(
          'the readings are of another patient than this document, by its own reference: look before you sign.',
        )
      }
      const vouched = given.completeSince === undefined ? vouchedForNothing(joined) : joined
      if (out !== undefined)
        File.writeJson(out, RecordFile.kind.tag, RecordFile.fieldsOf(vouched), { force, secret: true })
      return Summary.of({ imported, readings, content: vouched, out })
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

/** Whether the document's Patient goes by the name that the directory of devices has for the wearer. */
function isAbout({ attributes }: Import.Imported, patient: string | undefined): boolean {
  return attributes.every(({ category, fact }) => category !== 'demographic' || fact.split('#')[0] === patient)
}

/** Nobody said since when the document holds everything: a bundle of one Patient would prove every absence. */
function vouchedForNothing(content: Issue.Content): Issue.Content {
  return { ...content, complete: { ...content.complete, categories: [], systems: [] } }
}

/**
 * The readings of the patient's devices, if any are given.
 * @throws {ReadingsOptionsError}
 */
function readingsOf({ asOf, completeSince, readings, devices, patient }: Given, room: number) {
  if (readings === undefined && devices === undefined && patient === undefined) return undefined
  if (readings === undefined || devices === undefined || patient === undefined) throw new ReadingsOptionsError()
  const directory = File.read(devices, Device.parseDirectory)
  const receivedAt = Math.floor(Date.now() / 1000)
  const received = readings.map((path) =>
    File.read(path, (text) => {
      // What is no batch at all is told with its path.
      Batch.parse(text)
      return { text, receivedAt }
    }),
  )
  return Readings.importBatches(received, {
    directory,
    patient,
    asOf,
    ...(completeSince !== undefined && { since: completeSince }),
    room,
  })
}

/** Readings are given without the directory or the patient they belong to. */
export class ReadingsOptionsError extends Error {
  override readonly name = 'Record.ReadingsOptionsError'
  constructor() {
    super('--readings, --devices and --patient go together.')
  }
}
