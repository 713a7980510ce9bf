import { type Command, Option } from 'commander'
import * as CardIssuer from '../../fhir/CardIssuer.ts'
import * as CardText from '../../fhir/CardText.ts'
import * as SmartHealthCard from '../../fhir/SmartHealthCard.ts'
import * as RecordFile from '../../files/RecordFile.ts'
import * as Issue from '../../issue.ts'
import * as Day from '../../protocol/Day.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as ValueSets from '../ValueSets.ts'
import * as Summary from './recordSummary.ts'

type Given = {
  readonly issuer: string
  readonly issuerKeys: string
  readonly revocations?: readonly string[]
  readonly card: number
  readonly valueSets?: string
  readonly out?: string
  readonly force?: boolean
}

export function addTo(record: Command): void {
  Leaf.add<Given, [string]>(record, {
    usage: 'import-card <file>',
    summary: 'Reads a SMART Health Card: checks its signature, times and revocation, and imports what it says.',
    detail:
      'Nothing is fetched: bring the key set its issuer publishes at <issuer>/.well-known/jwks.json, and decide whether to trust it. The record is as of the day of the card, and complete for nothing, since a card is a selection. Exit code 3 when the card is not to be believed.',
    example:
      'medseal record import-card card.smart-health-card --issuer https://clinic.example --issuer-keys jwks.json',
    options: [
      new Option(
        '--issuer <address>',
        'the issuer of cards that you trust, by its https address',
      ).makeOptionMandatory(),
      new Option('--issuer-keys <file>', 'its key set (JWKS)').makeOptionMandatory(),
      new Option('--revocations <files...>', 'its revocation lists'),
      Options.whole('--card <number>', 'which card of the file', [1, SmartHealthCard.mostCards]).default(1),
      Options.valueSets(),
      new Option('-o, --out <file>', 'where to write the record (record/1), which is secret'),
      Options.force(),
    ],
    act: async (given, path) => {
      const { issuer, card: number, valueSets, out, force } = given
      File.assertFree(out, { force })
      const jws = File.read(path, CardText.cardsIn)[number - 1]
      if (jws === undefined) throw new NoSuchCardError({ number })
      const trusted = CardIssuer.parse(issuer, {
        jwks: File.readText(given.issuerKeys),
        revocations: (given.revocations ?? []).map(File.readText),
      })
      const now = BigInt(Math.floor(Date.now() / 1000))
      const verdict = await SmartHealthCard.verify(jws, { issuers: [trusted], now })
      if (!verdict.valid) {
        return { data: verdict, text: [`not to be believed: ${verdict.reason}`], exitCode: ExitCode.no }
      }
      const { imported, asOf } = SmartHealthCard.importCard(verdict.card)
      const content = Issue.contentOf(imported, { asOf, since: asOf, valueSets: ValueSets.load(valueSets) })
      if (out !== undefined)
        File.writeJson(out, RecordFile.kind.tag, RecordFile.fieldsOf(content), { force, secret: true })
      const { data, text } = Summary.of({ imported, content, out })
      const said = { issuer: verdict.card.issuer, types: verdict.card.types }
      return {
        data: { valid: true, card: said, ...(data as object) },
        text: [`issued by ${said.issuer} on ${Day.format(asOf)}`, ...text],
      }
    },
  })
}

/** The file has no card of that number. */
export class NoSuchCardError extends Error {
  override readonly name = 'Record.NoSuchCardError'
  constructor({ number }: { number: number }) {
    super(`There is no card ${number} in this file.`)
  }
}
