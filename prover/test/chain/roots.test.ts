import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Patient from '../../../samples/Patient.ts'
import * as Town from '../../../samples/Town.ts'
import * as Network from '../../src/chain/Network.ts'
import type * as Submission from '../../src/chain/Submission.ts'
import * as StatusList from '../../src/protocol/StatusList.ts'
import * as Scene from './scene.ts'

const grace = 3600

let scene: Scene.Scene
let guest: Scene.Guest
/** Proven against the root that is current in every test's beginning. */
let submission: Submission.Submission
let back: () => Promise<void>

beforeAll(async () => {
  scene = await Scene.set()
  guest = Scene.invite(scene)
  submission = await Scene.prove(scene, await Scene.prepare(scene, guest))
})
afterAll(() => Scene.strike(scene))
beforeEach(async () => {
  back = await scene.town.chain.snapshot()
})
afterEach(() => back())

/** Changes somebody's bit, so that the root is another; the hospital's own list stays as it was. */
async function publish(bits: readonly number[]): Promise<number> {
  const status = StatusList.create()
  const revoked = StatusList.revoke(
    status,
    bits.map((bit) => StatusList.indexAt(9, bit)),
  )
  const changes = revoked.length > 0 ? revoked : [{ position: 9, word: 0n }]
  const hospital = { ...scene.hospital, hospital: { ...scene.hospital.hospital, status } }
  await Town.publishStatus(scene.town, hospital, changes)
  return scene.town.chain.now()
}

async function submitAt(time: number): Promise<string> {
  const { chain } = scene.town
  const undo = await chain.snapshot()
  await chain.setNextTime(time)
  const outcome = await Scene.outcome(Scene.submit(scene, submission))
  await undo()
  return outcome
}

describe('ROOT-1 a proof against a root', () => {
  it('that was replaced is accepted a second before the hour is over, and refused at the hour', async () => {
    const replacedAt = await publish([1])
    expect(await submitAt(replacedAt + grace - 1)).toBe('accepted')
    expect(await submitAt(replacedAt + grace)).toBe('EligibilityRegistry_UnknownRoot')
  })

  it('that returned counts its hour from when it was last replaced: A -> B -> A -> C', async () => {
    await publish([1])
    await scene.town.chain.pass(grace - 100)
    await publish([])
    expect(await submitAt((await scene.town.chain.now()) + grace)).toBe('accepted')
    const replacedAt = await publish([2])
    expect(await submitAt(replacedAt + grace - 1)).toBe('accepted')
    expect(await submitAt(replacedAt + grace)).toBe('EligibilityRegistry_UnknownRoot')
  })

  it('of a hospital that is suspended dies at once, replaced before or not, and is current again when it returns', async () => {
    await Town.suspend(scene.town, scene.hospital)
    expect(await Scene.tryOut(scene, submission)).toBe('EligibilityRegistry_UnknownRoot')
    const registry = Network.contract(scene.town.network, 'StakeholderRegistry', scene.town.registrar)
    await Town.sent(registry.getFunction('unsuspend')(scene.hospital.id))
    expect(await registry.getFunction('currentRoot')()).toBe(submission.issuersRoot)
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
    const replacedAt = await publish([1])
    expect(await submitAt(replacedAt + grace - 1)).toBe('accepted')
    await Town.suspend(scene.town, scene.hospital)
    expect(await Scene.tryOut(scene, submission)).toBe('EligibilityRegistry_UnknownRoot')
  })

  it('dies at once when the registrar suspends another hospital, revokes in an emergency, or removes an issuer', async () => {
    const other = await Scene.verifyHospital(scene, { account: 7, key: 7 })
    // Otherwise the tree without the other hospital would be the proof's own again.
    await publish([1])
    const registry = Network.contract(scene.town.network, 'StakeholderRegistry', scene.town.registrar)
    const status = StatusList.create()
    const [change] = StatusList.revoke(status, [StatusList.indexAt(0, 0)])
    if (!change) throw new Error('Nothing was revoked.')
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
    for (const act of [
      () => Town.suspend(scene.town, other),
      () => Town.sent(registry.getFunction('removeIssuer')(other.id)),
      () =>
        Town.sent(
          registry.getFunction('overruleStatus')(
            scene.hospital.id,
            StatusList.root(status),
            [change.position],
            [change.word],
          ),
        ),
    ]) {
      const undo = await scene.town.chain.snapshot()
      await act()
      expect(await Scene.tryOut(scene, submission)).toBe('EligibilityRegistry_UnknownRoot')
      await undo()
    }
  })
})

describe('CIR-16 after a re-issue', () => {
  it('the old credential is refused once its root has died, and has no proof any more; the new one is accepted', async () => {
    const reissued = Scene.issue({ hospital: scene.hospital.hospital, today: scene.today }, guest.patient)
    await Town.publishStatus(scene.town, scene.hospital, reissued.changes)
    const replacedAt = await scene.town.chain.now()
    await expect(Scene.prepare(scene, guest)).rejects.toMatchObject({
      name: 'Answer.NotValidNowError',
      what: 'credential',
    })
    const holding = Patient.receive(guest.patient, reissued, scene.today)
    const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: [scene.policy.hash] })
    const incoming = { ...asked, policies: [scene.policy] }
    const prepared = await Scene.answer(scene, { ...guest, holding }, incoming)
    // Against the new root the old credential has no witness.
    const status = StatusList.open(scene.hospital.hospital.status, guest.holding.credential.statusIndex)
    const old = { ...prepared, subject: { ...prepared.subject, ...guest.holding, status } }
    await expect(Scene.prove(scene, old)).rejects.toMatchObject({ name: 'Prove.UnsatisfiedError' })
    const renewed = await Scene.prove(scene, prepared)
    expect(await submitAt(replacedAt + grace)).toBe('EligibilityRegistry_UnknownRoot')
    await scene.town.chain.setNextTime(replacedAt + grace)
    expect(await Scene.outcome(Scene.submit(scene, renewed))).toBe('accepted')
  })
})
