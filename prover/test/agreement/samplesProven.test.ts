/**
 * One record for each sample policy, proven with the built key and verified; and what a forger proves of records that
 * miss a policy by little, refused: in each size of circuit, and of a mean. P2 and P3 are proven to the contract in
 * `samplesOnChain.test.ts`.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as Forge from '../../../circuits/test/forge.ts'
import type * as Artifacts from '../../src/Artifacts.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import * as Proof from '../../src/Proof.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Prove from '../../src/prove.ts'
import { verify } from '../../src/verify.ts'
import { isMet, outcomes } from '../outcomes.ts'
import * as SampleCase from './sampleCase.ts'
import * as Scene from './scene.ts'

/** Who proves, each at a limit of the policy. */
const proven = {
  P1: 'greta',
  P4: 'lars',
  P5: 'quinn',
  P6: 'nils',
  P7: 'karin',
  P11: 'hugo',
  P13: 'hugo',
  P14: 'rosa',
  P15: 'uwe',
  P17: 'uwe',
} as const

/** Who would have to forge. */
const forged = { P6: 'paul', P11: 'ines', P14: 'tilda', P17: 'xaver' } as const

const day = '2026-10-01'

function rowOf(id: string) {
  const row = outcomes.find((each) => each.id === id)
  const policy = row && SampleCase.policies.get(row.policy)
  if (!row || !policy) throw new Error(`${id} is not in the table.`)
  return { row, policy }
}

function subjectOf(id: string, file: string): Eligibility.Case {
  return { ...SampleCase.caseOf(SampleCase.contentOf({ file, day })), policy: rowOf(id).policy }
}

describe('a proof', () => {
  let artifacts: Artifacts.Source
  beforeAll(async () => {
    artifacts = ArtifactsNode.fromPaths(await buildCircuits())
  })

  it('is below for every policy but the two proven to the contract', () => {
    expect([...Object.keys(proven), 'P2', 'P3'].sort()).toEqual(outcomes.map(({ id }) => id).sort())
  })

  it.each(Object.entries(proven))('of %s by %s is verified', async (id, file) => {
    const { row, policy } = rowOf(id)
    expect(isMet(row, file, day)).toBe(true)
    const { circuit, proof, signals } = await Prove.prove(subjectOf(id, file), {
      artifacts,
      allowDevelopmentKeys: true,
    })
    expect(signals.policyHash).toBe(policy.hash)
    expect(await verify(circuit, proof, Object.values(signals))).toMatchObject({ valid: true, signals })
  })

  it.each(Object.entries(forged))('of %s forged by %s is refused', async (id, file) => {
    expect(isMet(rowOf(id).row, file, day)).toBe(false)
    const subject = subjectOf(id, file)
    const circuit = Eligibility.circuitFor(subject.policy.words)
    const target = Scene.targetOf(circuit)
    const { proof, publicSignals } = await Forge.prove(target, target.calculate(Eligibility.toCircuitInput(subject)))
    const verdict = await verify(circuit, Proof.fromSnarkjs(proof), publicSignals.map(BigInt))
    expect(verdict).toEqual({ valid: false, reason: 'invalid-proof' })
  })
})
