import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Answer from '../../src/chain/Answer.ts'
import * as Scene from './scene.ts'

let scene: Scene.Scene
beforeAll(async () => {
  scene = await Scene.set()
})
afterAll(() => Scene.strike(scene))

describe('Answer.prepare', () => {
  it('warns while a patient hides among nine issuers, and no longer among ten', async () => {
    const guest = Scene.invite(scene)
    for (let issuers = 2; issuers < Answer.fewestIssuers; issuers++) {
      await Scene.verifyHospital(scene, { account: 4 + issuers, key: 40 + issuers })
    }
    expect((await Scene.prepare(scene, guest)).warnings).toEqual(['few-issuers'])
    await Scene.verifyHospital(scene, { account: 14, key: 50 })
    expect((await Scene.prepare(scene, guest)).warnings).toEqual([])
  })
})
