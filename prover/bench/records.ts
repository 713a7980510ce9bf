/**
 * `npm run -s bench:records`: what an issuer and a wallet spend on a record, as JSON and nothing else on standard output.
 * Each task runs in a process of its own, so that one's memory is not another's. Times are medians of `runs` after one
 * that is not counted; `cpuMilliseconds` is what the process itself used, on all cores, which other work on the machine
 * does not lengthen much.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import * as files from '../../samples/files.ts'
import * as Import from '../src/fhir/Import.ts'
import type * as Attribute from '../src/protocol/Attribute.ts'
import * as Credential from '../src/protocol/Credential.ts'
import * as Day from '../src/protocol/Day.ts'
import * as Holder from '../src/protocol/Holder.ts'
import * as Issuance from '../src/protocol/Issuance.ts'
import * as Issuer from '../src/protocol/Issuer.ts'
import * as Record from '../src/protocol/Record.ts'
import * as ValueSet from '../src/protocol/ValueSet.ts'

const runs = 7
const generatedAttributes = 4_000
const asOf = Day.parse('2026-10-01')
const secret = 0x5ec2e7n as Holder.HolderSecret
const signingKey = new Uint8Array(32).fill(5) as Issuer.SigningKey

/** What is measured, by the name under which a process of its own is started. */
const tasks = {
  'import-bundle': importLargestBundle,
  'check-bundle': checkLargestBundle,
  'import-generated': importGenerated,
  'check-generated': checkGenerated,
} as const
type Task = keyof typeof tasks

/** A task made ready: `run` is what is measured. */
type Ready = { readonly what: string; readonly attributes: number; readonly run: () => unknown }

function report(): void {
  const folder = process.env.MEDSEAL_FHIR_DIR ?? join(import.meta.dirname, '../../../shared/fhir')
  const names = Object.keys(tasks).filter((name) => largestBundle(folder) || !name.endsWith('bundle'))
  const results = names.map((name) =>
    JSON.parse(
      execFileSync(process.execPath, [import.meta.filename, name], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, MEDSEAL_FHIR_DIR: folder },
      }),
    ),
  )
  const [cpu] = cpus()
  const machine = { cpu: cpu?.model, cores: cpus().length, node: process.version }
  console.log(JSON.stringify({ machine, runs, results }, null, 2))
}

function measure({ what, attributes, run }: Ready) {
  run()
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage()
    const start = performance.now()
    run()
    const milliseconds = performance.now() - start
    const { user, system } = process.cpuUsage(before)
    return { milliseconds, cpuMilliseconds: (user + system) / 1_000 }
  })
  return {
    what,
    attributes,
    milliseconds: median(times.map(({ milliseconds }) => milliseconds)),
    cpuMilliseconds: median(times.map(({ cpuMilliseconds }) => cpuMilliseconds)),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }
}

function median(numbers: readonly number[]): number {
  return Math.round(numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number)
}

function importLargestBundle(): Ready {
  const { name, text } = theLargestBundle()
  return importOf(name, text)
}

function checkLargestBundle(): Ready {
  const { name, text } = theLargestBundle()
  return checkOf(name, text)
}

function importGenerated(): Ready {
  return importOf('a generated bundle', generatedBundle())
}

function checkGenerated(): Ready {
  return checkOf('a generated bundle', generatedBundle())
}

/** What an issuer does for each patient, but for one signature. */
function importOf(name: string, text: string): Ready {
  const run = () => Record.build(attributesOf(text), { asOf })
  return { what: `import, match and record of ${name}`, attributes: run().leaves.length - 1, run }
}

/** What a wallet does on receipt. */
function checkOf(name: string, text: string): Ready {
  const { credential, record } = Issuance.issue(Issuance.open(signingKey), attributesOf(text), {
    holder: Holder.at(secret, Issuer.idOf(Issuer.publicKeyOf(signingKey))),
    asOf,
    expires: asOf,
    complete: { categories: [], systems: [], setsEdition: 0, since: asOf },
  })
  const { leaves } = record
  const run = () => {
    const verdict = Credential.check(credential, { record: Record.check({ leaves }, { asOf }), secret, today: asOf })
    if (!verdict.valid) throw new Error(`The record is refused: ${verdict.reason}.`)
  }
  return { what: `check on receipt of ${name}`, attributes: leaves.length - 1, run }
}

const valueSets = files.valueSets()

function attributesOf(text: string): readonly Attribute.Attribute[] {
  const { attributes } = Import.importBundle(text, { asOf })
  return [...attributes, ...ValueSet.match(attributes, valueSets, { asOf })]
}

/** A patient with a hundred diagnoses, which value sets double and more, and results up to 4,000 attributes. */
function generatedBundle(): string {
  const patient = { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1960-02-29' }
  const diagnoses = Array.from({ length: 100 }, (_, i) => diagnosis(i))
  const room = generatedAttributes - attributesOf(bundleOf([patient, ...diagnoses])).length
  return bundleOf([patient, ...diagnoses, ...Array.from({ length: room }, (_, i) => result(i))])
}

function bundleOf(resources: readonly object[]): string {
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ resource })),
  })
}

function diagnosis(i: number) {
  return {
    resourceType: 'Condition',
    id: `c${i}`,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: ['E11.9', 'I10', 'J45.909'][i % 3] }] },
    onsetDateTime: dateOf(i),
  }
}

function result(i: number) {
  const [code, unit] = results[i % results.length] as (typeof results)[number]
  return {
    resourceType: 'Observation',
    id: `o${i}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    effectiveDateTime: `${dateOf(i)}T08:${String(i % 60).padStart(2, '0')}:00Z`,
    valueQuantity: { value: 50 + (i % 997) / 10, system: 'http://unitsofmeasure.org', code: unit },
  }
}

/** Codes of no value set. */
const results = [
  ['29463-7', 'kg'],
  ['8867-4', '/min'],
  ['8462-4', 'mm[Hg]'],
  ['2345-7', 'mg/dL'],
] as const

function dateOf(i: number): string {
  return Day.format((asOf - 1 - ((i * 7) % 3_000)) as Day.Day)
}

/** The largest published bundle, by size. */
function theLargestBundle(): { readonly name: string; readonly text: string } {
  const folder = process.env.MEDSEAL_FHIR_DIR ?? ''
  const name = largestBundle(folder)
  if (!name) throw new Error('MEDSEAL_FHIR_DIR holds no bundle.')
  return { name, text: readFileSync(join(folder, name), 'utf8') }
}

function largestBundle(folder: string): string | undefined {
  let names: readonly string[]
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return undefined
  }
  const size = (name: string) => statSync(join(folder, name)).size
  return names.toSorted((a, b) => size(b) - size(a))[0]
}

const [task] = process.argv.slice(2)
if (task === undefined) report()
else console.log(JSON.stringify(measure(tasks[task as Task]())))
