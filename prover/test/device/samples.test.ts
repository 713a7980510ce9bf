/**
 * P17 over the sample readings: what their lists below say by hand is what importer, evaluator, dry run and circuit say
 * of a record of bundle and readings.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import * as Batch from '../../src/device/Batch.ts'
import * as Device from '../../src/device/Device.ts'
import * as Readings from '../../src/device/Readings.ts'
import * as Import from '../../src/fhir/Import.ts'
import type { Context } from '../../src/protocol/Context.ts'
import * as Credential from '../../src/protocol/Credential.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Holder from '../../src/protocol/Holder.ts'
import * as Issuance from '../../src/protocol/Issuance.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as Record from '../../src/protocol/Record.ts'
import type { Scope } from '../../src/protocol/Scope.ts'
import * as StatusList from '../../src/protocol/StatusList.ts'
import * as Tree from '../../src/protocol/Tree.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import * as Scene from '../agreement/scene.ts'
import { evaluate } from '../evaluator.ts'
import * as Monitor from './monitor.ts'

/** Systolic over diastolic, each in a morning of September 2026, days as listed. */
const monitors = {
  // 1,792 over 14 readings: 128
  steady: {
    device: 'cuff-adela',
    seed: 101,
    patient: 'adela',
    days: [5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30],
    readings: '131/82 127/80 125/79 133/84 128/81 124/78 130/82 129/80 126/79 132/83 128/81 127/80 125/78 127/80',
  },
  // 1,572 over 12: 131
  high: {
    device: 'cuff-bruno',
    seed: 102,
    patient: 'bruno',
    days: [4, 6, 8, 11, 13, 15, 18, 20, 22, 25, 27, 29],
    readings: '133/86 129/83 134/87 130/84 128/82 132/85 131/84 135/88 127/82 130/83 132/86 131/85',
  },
  // 1,364 over 11: 124, and one too few
  few: {
    device: 'cuff-clara',
    seed: 103,
    patient: 'clara',
    days: [3, 5, 8, 10, 12, 15, 17, 19, 22, 25, 28],
    readings: '122/77 126/79 124/78 123/77 125/80 121/76 127/81 124/78 122/76 126/80 124/79',
  },
} as const
type Name = keyof typeof monitors

function written(name: Name): readonly Batch.WrittenReading[] {
  const { days, readings } = monitors[name]
  return readings.split(' ').flatMap((pair, i) => {
    const time = `2026-09-${String(days[i]).padStart(2, '0')}T07:${30 + i}:00+02:00`
    return pair.split('/').map((value, part) => ({
      sequence: 2 * i + part + 1,
      time,
      code: part === 0 ? '8480-6' : '8462-4',
      value,
      unit: 'mm[Hg]',
    }))
  })
}

function batchOf(name: Name): string {
  const { device, seed } = monitors[name]
  return Batch.write({ device, readings: written(name), signingKey: Monitor.signingKey(seed) })
}

const devicesText = `${JSON.stringify(
  {
    medseal: 'device-directory/1',
    devices: Object.values(monitors).map(({ device, seed, patient }) =>
      Monitor.enrolment({
        id: device,
        publicKey: Monitor.publicKeyHex(seed),
        patient: `Patient/${patient}-patient`,
        measures: ['8480-6', '8462-4'].map((code) => ({ code, units: ['mm[Hg]'] })),
      }),
    ),
  },
  null,
  2,
)}\n`

const fileOf = (name: string) => readFileSync(new URL(`../../../samples/readings/${name}`, import.meta.url), 'utf8')

const today = Day.parse('2026-10-01')
const receivedAt = Date.parse('2026-10-01T06:00:00Z') / 1000
const signingKey = new Uint8Array(32).fill(31) as Issuer.SigningKey
const issuer: Issuer.Issuer = { publicKey: Issuer.publicKeyOf(signingKey), roles: ['hospital'], validUntil: Day.latest }
const secret = 0x5ec2e7n as Holder.HolderSecret
const since = Day.parse('1900-01-01')

describe('the sample readings', () => {
  it('are enrolled as the directory says', () => {
    expect(fileOf('devices.json')).toBe(devicesText)
  })

  it.each(['steady', 'high', 'few'] as const)('%s are what their device signed, and complete', (name) => {
    expect(fileOf(`${name}.jsonl`)).toBe(batchOf(name))
    const { readings, account, complete } = importedOf(name, [fileOf(`${name}.jsonl`)])
    expect(account).toEqual({
      readings: monitors[name].days.length * 2,
      taken: monitors[name].days.length * 2,
      leftOut: 0,
    })
    expect([complete, readings.remarks, readings.gaps]).toEqual([true, [], []])
  })
})

function importedOf(name: Name, texts: readonly string[]) {
  const readings = Readings.importBatches(
    texts.map((text) => ({ text, receivedAt })),
    {
      directory: Device.parseDirectory(fileOf('devices.json')),
      patient: `Patient/${monitors[name].patient}-patient`,
      asOf: today,
    },
  )
  return { readings, ...readings }
}

describe('remote monitoring of blood pressure (P17)', () => {
  const valueSets = files.valueSets()
  let policy: PolicyCompiler.Compiled
  beforeAll(() => {
    policy = PolicyCompiler.compile(files.policyOf('remote-blood-pressure'), { valueSets })
  })

  function subjectOf(name: Name, texts: readonly string[]): Eligibility.Case & { readonly facts: Import.Imported } {
    const bundle = Import.importBundle(files.bundleOf(monitors[name].patient), { asOf: today })
    const facts = Readings.join(bundle, importedOf(name, texts).readings)
    const issuance = Issuance.open(signingKey)
    const sets = ValueSet.match(facts.attributes, valueSets, { asOf: today })
    const issued = Issuance.issue(issuance, [...facts.attributes, ...sets], {
      holder: Holder.at(secret, Issuer.idOf(issuer.publicKey)),
      asOf: today,
      expires: (today + 30) as Day.Day,
      complete: { ...facts.complete, setsEdition: valueSets.edition, since },
    })
    const record = Record.check({ leaves: issued.record.leaves }, { asOf: today })
    expect(Credential.check(issued.credential, { record, secret, today })).toEqual({ valid: true })
    const issuers = Tree.build([11n, Issuer.toLeaf(issuer, StatusList.root(issuance.status))])
    return {
      facts,
      policy,
      record,
      credential: issued.credential,
      secret,
      issuer,
      issuerPath: Tree.open(issuers, 1),
      status: StatusList.open(issuance.status, issued.credential.statusIndex),
      scope: 0x5c0fen as Scope,
      today,
      context: 0xc0417e87n as Context,
    }
  }

  async function sayAll({ facts, ...subject }: ReturnType<typeof subjectOf>, expected: boolean): Promise<void> {
    const { complete } = subject.credential
    const sets = [...valueSets.byName.values()]
    const circumstances = { today, asOf: today, valueSets: sets, complete }
    expect(evaluate(policy.policy, facts.attributes, circumstances).met).toBe(expected)
    expect(Eligibility.dryRun(subject).met).toBe(expected)
    const circuit = Eligibility.circuitFor(policy.words)
    const input = Eligibility.toCircuitInput(subject)
    expect(await Scene.calculates(circuit, input)).toBe(expected)
    expect(Scene.obeys(circuit, input)).toBe(expected)
  }

  it.each([
    ['steady', 'a mean of 128 over 14', true],
    ['high', 'a mean of 131 over 12', false],
    ['few', 'a mean of 124 over 11', false],
  ] as const)('of %s: %s', async (name, _, expected) => {
    const subject = subjectOf(name, [batchOf(name)])
    expect(subject.credential.complete.categories).toContain('device-reading')
    expect(subject.facts.attributes.filter(({ category }) => category === 'observation').length).toBeGreaterThan(0)
    await sayAll(subject, expected)
  })

  it('refuses the steady readings with one taken out between: the record is not complete', async () => {
    const [device, seed] = [monitors.steady.device, monitors.steady.seed]
    const readings = written('steady').filter(({ sequence }) => sequence !== 3)
    const subject = subjectOf('steady', [Batch.write({ device, readings, signingKey: Monitor.signingKey(seed) })])
    expect(subject.credential.complete.categories).not.toContain('device-reading')
    await sayAll(subject, false)
  })

  it('refuses the steady readings with one that cannot be compared: a mean over it says nothing', async () => {
    const [device, seed] = [monitors.steady.device, monitors.steady.seed]
    const readings = written('steady').map((reading) =>
      reading.sequence === 3 ? { ...reading, unit: '{unknown}' } : reading,
    )
    const subject = subjectOf('steady', [Batch.write({ device, readings, signingKey: Monitor.signingKey(seed) })])
    await sayAll(subject, false)
  })
})
