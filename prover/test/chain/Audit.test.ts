import { AbiCoder, id, type Log, type Provider } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Stage from '../../../samples/Stage.ts'
import * as Town from '../../../samples/Town.ts'
import * as Audit from '../../src/chain/Audit.ts'
import * as AuditLog from '../../src/chain/AuditLog.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Scene from './scene.ts'

const coder = AbiCoder.defaultAbiCoder()

let scene: Scene.Scene
beforeAll(async () => {
  scene = await Scene.set()
  const prepared = await Scene.prepare(scene, Scene.invite(scene))
  await Stage.submit(scene.town, await Scene.prove(scene, prepared))
  const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: [scene.policy.hash] })
  await Stage.submit(scene.town, await Scene.prove(scene, Scene.retarget(prepared, asked)))
  await Town.suspend(scene.town, scene.insurer)
  await Town.suspend(scene.town, scene.hospital)
})
afterAll(() => Scene.strike(scene))

describe('AuditLog::breaks', () => {
  it('finds an entry removed, altered or moved, wherever it is, and none in an honest trail', async () => {
    for (const name of ['StakeholderRegistry', 'EligibilityRegistry', 'VerifierRegistry'] as const) {
      const entries = await AuditLog.read(scene.town.network, [name])
      const head: bigint = await Network.contract(scene.town.network, name).getFunction('auditHead')()
      expect(entries.length).toBeGreaterThan(2)
      expect(AuditLog.breaks(entries, head)).toEqual([])
      expect(AuditLog.breaks([], head)).toEqual([0])
      for (const [index, entry] of entries.entries()) {
        // One removed breaks what follows it, the contract's own head after the last.
        expect(AuditLog.breaks(entries.toSpliced(index, 1), head)).toEqual([index])
        for (const altered of [
          { ...entry, action: 'policy.published' },
          { ...entry, action: id('something else') },
          { ...entry, subject: id('something else') },
          { ...entry, details: `${entry.details}00` },
          { ...entry, details: '0x' === entry.details ? '0x01' : '0x' },
        ]) {
          expect(AuditLog.breaks(entries.with(index, altered), head)).toEqual([index])
        }
        expect(AuditLog.breaks(entries.with(index, { ...entry, head: entry.head + 1n }), head)).toContain(index)
        const next = entries[index + 1]
        if (next) expect(AuditLog.breaks(entries.with(index, next).with(index + 1, entry), head)).toContain(index)
        expect(AuditLog.breaks(entries.toSpliced(index, 0, entry), head)).toContain(index + 1)
      }
    }
  })
})

type Doctor = (logs: readonly Log[]) => readonly Log[]

/** The network as a lying server tells it: its logs are doctored, all else is true. */
function lying({ network }: Town.Town, doctor: Doctor): Network.Network {
  const provider = new Proxy(network.provider, {
    get(target, name) {
      if (name === 'getLogs') {
        return async (...args: Parameters<Provider['getLogs']>) => doctor(await target.getLogs(...args))
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...network, provider }
}

const isAction = (log: Log, action: string) => log.topics[1] === id(action)

/** Writes another number into a word of the first receipt. */
function withWord(word: number, change: (value: bigint) => bigint): Doctor {
  return (logs) => {
    const index = logs.findIndex((log) => isAction(log, 'eligibility.verified'))
    const log = logs[index] as Log
    const [head, details] = coder.decode(['uint256', 'bytes'], log.data)
    const [from, to] = [2 + 64 * word, 66 + 64 * word]
    const changed = coder.encode(['uint256'], [change(BigInt(`0x${details.slice(from, to)}`))]).slice(2)
    const data = coder.encode(['uint256', 'bytes'], [head, details.slice(0, from) + changed + details.slice(to)])
    return logs.with(index, { ...log, topics: log.topics, data } as unknown as Log)
  }
}

/** Tells of the last act of this name before the first receipt. */
const first =
  (action: string): Doctor =>
  (logs) => {
    const from = logs.findLastIndex((log) => isAction(log, action))
    const to = logs.findIndex((log) => isAction(log, 'eligibility.verified'))
    return logs.toSpliced(from, 1).toSpliced(to, 0, logs[from] as Log)
  }

async function findings(doctor: Doctor) {
  const { receipts, brokenTrails } = await Audit.replay(lying(scene.town, doctor))
  return { findings: receipts.map((receipt) => receipt.findings), brokenTrails }
}

describe('Audit::replay', () => {
  it('finds nothing where nothing was doctored', async () => {
    expect(await findings((logs) => logs)).toEqual({ findings: [[], []], brokenTrails: [] })
  })

  // Words of a receipt: recipientId, program, consentId, policyHash, part, kind, version, deadline, day, nullifier, ...
  it.each([
    ['a recipient nobody knows', 0, () => 99n, ['proof', 'unknown-recipient']],
    ['another program', 1, () => 1n, ['proof']],
    ['another consent', 2, (value: bigint) => value ^ 1n, ['proof']],
    ['another policy', 3, (value: bigint) => value - 1n, ['proof']],
    ['another part', 4, () => 1n, ['proof']],
    ['another version', 6, () => 2n, ['proof']],
    ['a deadline before it came', 7, () => 1n, ['proof', 'deadline']],
    ['a day long past', 8, (value: bigint) => value - 2n, ['proof', 'day']],
    ['another nullifier', 9, (value: bigint) => value - 1n, ['proof']],
    ["a root that never was the issuers'", 10, () => 1n, ['proof', 'issuers-root']],
  ])('finds %s', async (_, word, change, expected) => {
    expect(await findings(withWord(word, change))).toEqual({
      findings: [expected, []],
      brokenTrails: ['EligibilityRegistry'],
    })
  })

  it('finds a use told twice', async () => {
    const twice: Doctor = (logs) => {
      const index = logs.findIndex((log) => isAction(log, 'eligibility.verified'))
      return logs.toSpliced(index, 0, logs[index] as Log)
    }
    expect(await findings(twice)).toEqual({
      findings: [[], ['spent-twice'], []],
      brokenTrails: ['EligibilityRegistry'],
    })
  })

  it('finds an answer to a suspended recipient, and one by a suspended hospital, though every trail chains', async () => {
    const order = 'stakeholder.suspended'
    expect(await findings(first(order))).toMatchObject({ findings: [['issuers-root'], ['issuers-root']] })
    const onlyRecipients: Doctor = (logs) => {
      const last = logs.findLastIndex((log) => isAction(log, order))
      return [...first(order)(logs.toSpliced(last, 1)), logs[last] as Log]
    }
    expect(await findings(onlyRecipients)).toEqual({
      findings: [['recipient-suspended'], ['recipient-suspended']],
      brokenTrails: [],
    })
  })

  it('finds an entry left out of any contract', async () => {
    const { addresses } = scene.town.network
    for (const name of ['VerifierRegistry', 'PolicyRegistry', 'ConsentRegistry', 'NullifierStore'] as const) {
      const doctor: Doctor = (logs) => {
        const index = logs.findIndex(({ address }) => address.toLowerCase() === addresses[name].toLowerCase())
        return logs.toSpliced(index, 1)
      }
      expect(await findings(doctor)).toEqual({ findings: [[], []], brokenTrails: [name] })
    }
  })
})
