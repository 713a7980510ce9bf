import { AbiCoder } from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as AuditLog from '../../src/chain/AuditLog.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Registry from '../../src/chain/Registry.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import * as StatusList from '../../src/protocol/StatusList.ts'
import { seeded } from '../random.ts'
import * as Scene from './scene.ts'

const today = Day.parse('2026-11-15')
let town: Town.LocalTown
let hospitals: Town.TownHospital[]
let insurer: Town.Stakeholder
beforeAll(async () => {
  town = await Town.found({ startsAt: new Date('2026-11-15T12:00:00Z') })
  hospitals = []
  for (const account of [3, 5, 6])
    hospitals.push(await Scene.verifyHospital({ town, today }, { account, key: account }))
  insurer = await Town.verifyRecipient(town, { account: 4, roles: ['insurer'] })
})
afterAll(() => town.chain.close())

let back: () => Promise<void>
beforeEach(async () => {
  back = await town.chain.snapshot()
})
afterEach(() => back())

const registrars = () => Network.contract(town.network, 'StakeholderRegistry', town.registrar)
const entriesOf = () => AuditLog.read(town.network, ['StakeholderRegistry'])
const issuerIdOf = ({ hospital }: Town.TownHospital) => Issuer.idOf(hospital.issuer.publicKey)

function fold(entries: readonly AuditLog.Entry[]): Registry.Registry {
  const registry = Registry.create()
  for (const entry of entries) Registry.apply(registry, entry)
  return registry
}

/** The mirror agrees with the chain on the current root, and on every root there was. */
async function compare(registry: Registry.Registry): Promise<void> {
  const chain = Network.contract(town.network, 'StakeholderRegistry')
  expect(await chain.getFunction('currentRoot')()).toBe(Registry.currentRoot(registry))
  const now = await Network.now(town.network)
  for (const root of new Set([0n, 1n, ...registry.roots.map((span) => span.root)])) {
    expect(await chain.getFunction('isValidRoot')(root)).toBe(Registry.isValidRoot(registry, root, now))
  }
}

describe('the mirror of the registry', () => {
  it('equals the chain after each of 50 random acts, and says the same of every root there was', async () => {
    const random = seeded('Registry walk')
    const registry = Registry.create()
    let seen = 0
    let nextAccount = 7
    const acts = [
      async () => {
        const hospital = random.pick(hospitals)
        const status = StatusList.create(hospital.hospital.status.words)
        const indexes = Array.from({ length: 1 + random.integer(3) }, () =>
          StatusList.indexAt(random.integer(4096), random.integer(248)),
        )
        const changes = StatusList.revoke(status, indexes)
        const overrules = random.integer(4) === 0
        const signer = overrules ? town.registrar : hospital.signer
        const contract = Network.contract(town.network, 'StakeholderRegistry', signer)
        await Town.sent(
          contract.getFunction(overrules ? 'overruleStatus' : 'updateStatus')(
            hospital.id,
            StatusList.root(status),
            changes.map(({ position }) => position),
            changes.map(({ word }) => word),
          ),
        )
        StatusList.apply(hospital.hospital.status, changes)
      },
      () => Town.suspend(town, random.pick([...hospitals, insurer])),
      () => Town.sent(registrars().getFunction('unsuspend')(random.pick([...hospitals, insurer]).id)),
      () => {
        const validUntil = Day.toField((today + 366 + random.integer(1000)) as Day.Day)
        return Town.sent(registrars().getFunction('extendIssuer')(random.pick(hospitals).id, validUntil))
      },
      async () => {
        if (random.integer(4) > 0) return Promise.reject(new Error('Not so often.'))
        return Town.sent(registrars().getFunction('removeIssuer')(random.pick(hospitals).id))
      },
      async () => {
        if (nextAccount > 12) return Promise.reject(new Error('There are enough.'))
        const account = nextAccount++
        hospitals.push(await Scene.verifyHospital({ town, today }, { account, key: account }))
      },
      () => town.chain.pass(1 + random.integer(2500)),
    ]
    for (let done = 0; done < 50; ) {
      if ((await Scene.outcome(random.pick(acts)())) !== 'accepted') continue
      done++
      const entries = await entriesOf()
      for (const entry of entries.slice(seen)) Registry.apply(registry, entry)
      seen = entries.length
      await compare(registry)
    }
    expect(Registry.currentRoot(await Registry.read(town.network))).toBe(Registry.currentRoot(registry))
    hospitals.length = 3
  }, 600_000)

  it('follows a removed issuer that is suspended and comes back, and keys that change hands', async () => {
    const [hospital] = hospitals as [Town.TownHospital]
    await Town.sent(registrars().getFunction('removeIssuer')(hospital.id))
    await Town.suspend(town, hospital)
    await Town.sent(registrars().getFunction('unsuspend')(hospital.id))
    const [, , , , , , , , next] = town.chain.accounts
    if (!next) throw new Error('The chain has too few accounts.')
    const own = Network.contract(town.network, 'StakeholderRegistry', insurer.signer)
    await Town.sent(own.getFunction('proposeKey')(insurer.id, next.address))
    const theirs = Network.contract(town.network, 'StakeholderRegistry', next)
    await Town.sent(theirs.getFunction('acceptKey')(insurer.id))
    const registry = await Registry.read(town.network)
    await compare(registry)
    expect(Registry.find(registry, issuerIdOf(hospital))).toBeUndefined()
    expect(registry.stakeholders.get(insurer.id)).toMatchObject({ key: next.address, suspended: false })
  })

  it('does not find an issuer whose words do not make its root, finds all others, and finds it again once mended', async () => {
    const [careless, other] = hospitals as [Town.TownHospital, Town.TownHospital]
    const status = StatusList.create()
    const changes = StatusList.revoke(status, [StatusList.indexAt(1, 1), StatusList.indexAt(2, 2)])
    const registry = Network.contract(town.network, 'StakeholderRegistry', careless.signer)
    const publish = (positions: readonly number[]) =>
      Town.sent(
        registry.getFunction('updateStatus')(
          careless.id,
          StatusList.root(status),
          positions,
          changes.filter(({ position }) => positions.includes(position)).map(({ word }) => word),
        ),
      )
    await publish([1])
    const halved = await Registry.read(town.network)
    await compare(halved)
    expect(Registry.find(halved, issuerIdOf(careless))).toBeUndefined()
    expect(Registry.find(halved, issuerIdOf(other))).toMatchObject({ issuer: { stakeholderId: other.id } })
    await publish([1, 2])
    const mended = await Registry.read(town.network)
    await compare(mended)
    expect(Registry.find(mended, issuerIdOf(careless))).toMatchObject({ issuer: { stakeholderId: careless.id } })
  })

  it('counts the crowd of active issuers that a patient hides among', async () => {
    const registry = await Registry.read(town.network)
    expect(Registry.crowdOf(registry, Issuer.rolesMask(['hospital']))).toBe(3)
    expect(Registry.crowdOf(registry, Issuer.rolesMask(['insurer']))).toBe(0)
  })

  it('is a MirrorError where an entry was altered, left out or moved', async () => {
    const [one, two] = hospitals as [Town.TownHospital, Town.TownHospital]
    const status = StatusList.create()
    const changes = StatusList.revoke(status, [StatusList.indexAt(1, 1)])
    await Town.publishStatus(town, { ...one, hospital: { ...one.hospital, status } }, changes)
    await Town.suspend(town, two)
    await Town.sent(registrars().getFunction('extendIssuer')(one.id, Day.toField((today + 400) as Day.Day)))
    await Town.sent(registrars().getFunction('unsuspend')(two.id))
    const entries = await entriesOf()
    expect(() => fold(entries)).not.toThrow()

    const at = (action: string) => entries.findIndex((entry) => entry.action === action)
    const withWord = (action: string, word: number, value: bigint) => {
      const entry = entries[at(action)] as AuditLog.Entry
      const from = 2 + 64 * word
      const encoded = AbiCoder.defaultAbiCoder().encode(['uint256'], [value]).slice(2)
      const details = entry.details.slice(0, from) + encoded + entry.details.slice(from + 64)
      return entries.with(at(action), { ...entry, details })
    }
    const tampered: Readonly<Record<string, readonly AuditLog.Entry[]>> = {
      'an addition with another role': withWord('stakeholder.added', 2, 32n),
      'an addition with another issuer': withWord('stakeholder.added', 4, 12345n),
      'an addition valid for longer': withWord('stakeholder.added', 5, 1_000_000n),
      'an addition at another place': withWord('stakeholder.added', 7, 9n),
      'another root after a suspension': withWord('stakeholder.suspended', 0, 7n),
      'another status root': withWord('issuer.status', 2, 7n),
      'another last day': withWord('issuer.extended', 2, 999_999n),
      'an addition left out': entries.toSpliced(at('stakeholder.added'), 1),
      'a status update left out': entries.toSpliced(at('issuer.status'), 1),
      'a suspension left out': entries.toSpliced(at('stakeholder.suspended'), 1),
      'a status update told twice, the second time of another': [
        ...entries,
        { ...(entries[at('issuer.status')] as AuditLog.Entry), subject: `0x${'99'.padStart(64, '0')}` },
      ],
      'a suspension of nobody': [{ ...(entries[at('stakeholder.suspended')] as AuditLog.Entry) }, ...entries],
      'two entries exchanged': entries
        .with(at('issuer.status'), entries[at('stakeholder.suspended')] as AuditLog.Entry)
        .with(at('stakeholder.suspended'), entries[at('issuer.status')] as AuditLog.Entry),
    }
    for (const [what, altered] of Object.entries(tampered)) {
      expect(() => fold(altered), what).toThrow(Registry.MirrorError)
    }
  })
})
