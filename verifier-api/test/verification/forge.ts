/**
 * Proofs without a witness: development keys come from published secrets, and who knows those writes down a proof of
 * anything. They are as valid as any, and cost milliseconds instead of seconds.
 */

import * as Bn254 from '@medseal/prover/Bn254'
import type * as Submission from '@medseal/prover/chain/Submission'
import * as Submissions from '@medseal/prover/chain/Submission'
import { type CircuitName, circuits } from '@medseal/prover/generated/circuits'
import { fieldOrder } from '@medseal/prover/generated/parameters'
import * as Proof from '@medseal/prover/Proof'
import * as Signals from '@medseal/prover/Signals'
import * as VerificationKey from '@medseal/prover/VerificationKey'
import { type CurveGroup, type CurvePoint, curves } from 'snarkjs'
import * as DevelopmentKey from '../../../circuits/build/developmentKey.ts'
import type * as Random from '../../../prover/test/random.ts'

const curve = curves.getCurveFromName('bn128', { singleThread: true })

/** A valid proof, another one each time. */
export async function forge(
  circuit: CircuitName,
  signals: readonly bigint[],
  random: Random.Random,
): Promise<Proof.Proof> {
  const { alpha, beta, gamma, delta } = DevelopmentKey.deriveSecrets(circuit)
  const [constant, ...ic] = VerificationKey.fromSnarkjs(circuits[circuit].verificationKey).ic
  const x = await Bn254.sum(
    constant as Bn254.G1,
    ic.map((point, i) => ({ point, scalar: signals[i] as bigint })),
  )
  const [a, b] = [random.bits(253), random.bits(253)]
  // a b = alpha beta + x gamma + c delta, in exponents.
  const known = modulo((a * b - alpha * beta) * inverse(delta))
  const c = await Bn254.sum(Bn254.g1Generator, [
    { point: Bn254.g1Generator, scalar: modulo(known - 1n) },
    { point: x as Bn254.G1, scalar: modulo(-gamma * inverse(delta)) },
  ])
  const { G1, G2 } = await curve
  return Proof.fromSnarkjs({
    pi_a: textOf(G1, G1.timesScalar(pointOf(G1, [1n, 2n, 1n]), a)),
    pi_b: textOf(G2, G2.timesScalar(await g2Of(Bn254.g2Generator), b)),
    pi_c: [...(c as Bn254.G1).map(String), '1'],
  })
}

/** A proof and signals by chance, valid. */
export async function statement(circuit: CircuitName, random: Random.Random) {
  const signals = circuits[circuit].publicSignals.map(() => random.bits(253))
  return { proof: await forge(circuit, signals, random), signals }
}

/** An answer to a request of its own, with a valid proof. */
export async function submission(
  random: Random.Random,
  {
    circuit = 'eligibility-s',
    nonce = random.bits(200),
  }: { circuit?: Submission.Submission['circuit']; nonce?: bigint } = {},
): Promise<Submission.Submission> {
  const terms = {
    request: {
      chainId: 31337n,
      consumer: '0x00000000000000000000000000000000000000c0',
      recipientId: 3n,
      policyHashes: [random.bits(253)],
      program: 0n,
      purpose: 'HPAYMT',
      consentRequired: false,
      expiresAt: 2_000_000_000n,
      nonce,
    },
    requestSignature: `0x${'5e'.repeat(65)}`,
    part: 0,
    circuit,
    verifierVersion: 1,
    today: 20_780,
    deadline: 1_900_000_000n,
    nullifier: random.bits(253),
    issuersRoot: random.bits(253),
  } as unknown as Omit<Submission.Submission, 'proof'>
  return complete(terms, random)
}

/** A submission that lacks only its proof gets a valid one. */
export async function complete(
  terms: Omit<Submission.Submission, 'proof'>,
  random: Random.Random,
): Promise<Submission.Submission> {
  const signals = Signals.encode(terms.circuit, Submissions.signalsOf(terms as Submission.Submission))
  return { ...terms, proof: await forge(terms.circuit, signals, random) }
}

/** One thing changed that the signals depend on: the proof does not hold any more. */
export function spoil(submission: Submission.Submission): Submission.Submission {
  return { ...submission, deadline: submission.deadline + 1n }
}

/** Another proof of the same statement, from a proof alone: (A/r, rB + r s delta, C + s A). */
export async function rerandomise(circuit: CircuitName, proof: Proof.Proof, random: Random.Random) {
  const { G1, G2 } = await curve
  const { delta } = VerificationKey.fromSnarkjs(circuits[circuit].verificationKey)
  const [r, s] = [random.bits(253), random.bits(253)]
  const a = pointOf(G1, [...proof.a, 1n])
  const b = G2.add(G2.timesScalar(await g2Of(proof.b), r), G2.timesScalar(await g2Of(delta), modulo(r * s)))
  return Proof.fromSnarkjs({
    pi_a: textOf(G1, G1.timesScalar(a, inverse(r))),
    pi_b: textOf(G2, b),
    pi_c: textOf(G1, G1.add(pointOf(G1, [...proof.c, 1n]), G1.timesScalar(a, s))),
  })
}

/** In G1. */
export async function plus(one: Bn254.G1, other: Bn254.G1): Promise<Bn254.G1> {
  return (await Bn254.sum(one, [{ point: other, scalar: 1n }])) as Bn254.G1
}

/** In G2, or outside its subgroup. */
export async function combineG2(constant: Bn254.G2, scalar: bigint, point: Bn254.G2): Promise<Bn254.G2> {
  const { G2 } = await curve
  const sum = G2.add(await g2Of(constant), G2.timesScalar(await g2Of(point), scalar))
  const [[xr, xi], [yr, yi]] = G2.toObject(G2.toAffine(sum)) as readonly (readonly [bigint, bigint])[] as [
    [bigint, bigint],
    [bigint, bigint],
  ]
  return [
    [xi, xr],
    [yi, yr],
  ]
}

async function g2Of([[xi, xr], [yi, yr]]: Bn254.G2): Promise<CurvePoint> {
  const { G2 } = await curve
  return pointOf(G2, [
    [xr, xi],
    [yr, yi],
    [1n, 0n],
  ])
}

function pointOf(group: CurveGroup, coordinates: readonly unknown[]): CurvePoint {
  return group.fromObject(coordinates)
}

function textOf(group: CurveGroup, point: CurvePoint) {
  const text = (value: unknown): unknown => (Array.isArray(value) ? value.map(text) : String(value))
  return text(group.toObject(group.toAffine(point)))
}

function modulo(value: bigint): bigint {
  return ((value % fieldOrder) + fieldOrder) % fieldOrder
}

/** By Fermat. */
function inverse(value: bigint): bigint {
  let result = 1n
  for (const bit of (fieldOrder - 2n).toString(2)) {
    result = (result * result) % fieldOrder
    if (bit === '1') result = (result * value) % fieldOrder
  }
  return result
}
