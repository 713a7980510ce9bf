import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Patient from '../../../samples/Patient.ts'
import * as Town from '../../../samples/Town.ts'
import * as Network from '../../src/chain/Network.ts'
import type * as Submission from '../../src/chain/Submission.ts'
import * as Request from '../../src/protocol/Request.ts'
import * as Scene from './scene.ts'

let scene: Scene.Scene
let second: Scene.Scene
beforeAll(async () => {
  scene = await Scene.set()
  second = { ...scene, hospital: await Scene.verifyHospital(scene, { account: 7, key: 7 }) }
})
afterAll(() => Scene.strike(scene))

describe('isMet', () => {
  it('is true only when both parts, by two hospitals, are spent under one nullifier; halves never add up', async () => {
    const policies = [scene.policy, Scene.policyOf({ atLeast: '6.4' })]
    const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: policies.map(({ hash }) => hash) })
    const half = async (patient: Patient.Patient, part: number) => {
      const at = part === 0 ? scene : second
      return Scene.prove(at, await Scene.answer(at, Scene.invite(at, patient), { ...asked, policies }, part))
    }
    const registry = Network.contract(scene.town.network, 'EligibilityRegistry')
    const isMet = (nullifier: bigint, request = asked.request): Promise<boolean> =>
      registry.getFunction('isMet')(Request.toTypedData(request), nullifier)

    const [ann, ben] = [Patient.create('ann'), Patient.create('ben')]
    const anns: readonly Submission.Submission[] = [await half(ann, 0), await half(ann, 1)]
    const bens = await half(ben, 1)
    const [first, last] = anns as [Submission.Submission, Submission.Submission]
    expect(first.nullifier).toBe(last.nullifier)
    expect(bens.nullifier).not.toBe(first.nullifier)

    expect(await isMet(first.nullifier)).toBe(false)
    await Scene.submit(scene, first)
    await Scene.submit(scene, bens)
    expect([await isMet(first.nullifier), await isMet(bens.nullifier)]).toEqual([false, false])
    // The half that is there does not stand in for the other.
    expect(await Scene.tryOut(scene, { ...first, part: 1 })).toBe('EligibilityRegistry_InvalidProof')
    expect(await Scene.tryOut(scene, first)).toBe('NullifierStore_AlreadySpent')

    await Scene.submit(scene, last)
    expect([await isMet(first.nullifier), await isMet(bens.nullifier)]).toEqual([true, false])
    const { request } = asked
    for (const other of [
      { ...request, nonce: request.nonce + 1n },
      { ...request, policyHashes: request.policyHashes.slice(0, 1) },
      { ...request, policyHashes: [] },
    ]) {
      expect(await isMet(first.nullifier, other)).toBe(false)
    }
  })
})
