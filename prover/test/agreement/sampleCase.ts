/** The documents and policies of the tables, and the record a hospital would issue of each document. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Hospital from '../../../samples/Hospital.ts'
import * as Stage from '../../../samples/Stage.ts'
import * as Device from '../../src/device/Device.ts'
import * as Readings from '../../src/device/Readings.ts'
import * as Issue from '../../src/issue.ts'
import type { Context } from '../../src/protocol/Context.ts'
import * as Day from '../../src/protocol/Day.ts'
import type * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Holder from '../../src/protocol/Holder.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import type * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import type { Scope } from '../../src/protocol/Scope.ts'
import * as StatusList from '../../src/protocol/StatusList.ts'
import * as Tree from '../../src/protocol/Tree.ts'
import { byBundles, bySamples, fileOf, haveFolder, samples } from '../expectations.ts'
import { outcomes } from '../outcomes.ts'

export type Document = { readonly file: string; readonly day: string }

/** Every sample patient, and every published bundle where they are. */
export const documents: readonly Document[] = [...bySamples, ...(haveFolder ? byBundles : [])].map(([file, day]) => ({
  file,
  day,
}))

export const policies: ReadonlyMap<string, PolicyCompiler.Compiled> = new Map(
  outcomes.map(({ policy }) => [policy, Stage.compile(policy)]),
)

export function bundleOf(file: string): string {
  const isSample = bySamples.some(([sample]) => sample === file)
  return readFileSync(isSample ? join(samples, `${file}.json`) : fileOf(file), 'utf8')
}

/** What a patient's cuff signed, by folder and file of `samples/readings`. */
const readings: { readonly [file: string]: readonly [folder: string, name: string] } = {
  adela: ['.', 'steady'],
  bruno: ['.', 'high'],
  clara: ['.', 'few'],
  lars: ['limits', 'lars'],
  uwe: ['limits', 'uwe'],
  vera: ['limits', 'vera'],
  wilma: ['limits', 'wilma'],
  xaver: ['limits', 'xaver'],
}
const readingsFolder = join(samples, '../readings')

const signingKey = new Uint8Array(32).fill(23) as Issuer.SigningKey
const secret = 0x5ec2e7n as Holder.HolderSecret

/** What is read of a document and of the patient's cuff, complete since birth. @param bundle The document's unless told. */
export function contentOf({ file, day }: Document, bundle = bundleOf(file)): Issue.Content {
  const asOf = Day.parse(day)
  const since = Day.parse('1900-01-01')
  const { content } = Issue.read(bundle, { asOf, since, valueSets: Stage.valueSets() })
  const [folder, name] = readings[file] ?? []
  if (folder === undefined) return content
  const read = (other: string) => readFileSync(join(readingsFolder, folder, other), 'utf8')
  const batch = { text: read(`${name}.jsonl`), receivedAt: asOf * 86_400 + 21_600 }
  const directory = Device.parseDirectory(read('devices.json'))
  return Readings.join(
    content,
    Readings.importBatches([batch], { directory, patient: `Patient/${file}-patient`, asOf }),
  )
}

/** What a proof of the record takes but for the policy. */
export function caseOf(content: Issue.Content): Omit<Eligibility.Case, 'policy'> {
  const hospital = Hospital.open({ signingKey, issuer: { roles: ['hospital'], validUntil: Day.latest } })
  const today = content.asOf
  const issued = Issue.issue(hospital, content, {
    holder: Holder.at(secret, Issuer.idOf(hospital.issuer.publicKey)),
    expires: (today + 30) as Day.Day,
  })
  const issuers = Tree.build([11n, Issuer.toLeaf(hospital.issuer, StatusList.root(hospital.status))])
  return {
    ...issued,
    secret,
    issuer: hospital.issuer,
    issuerPath: Tree.open(issuers, 1),
    status: StatusList.open(hospital.status, issued.credential.statusIndex),
    scope: 0x5c0fen as Scope,
    today,
    context: 0xc0417e87n as Context,
  }
}
