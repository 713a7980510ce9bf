import { Contract, encodeBytes32String, keccak256, toUtf8Bytes } from 'ethers'
import { curves } from 'snarkjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as Bn254 from '../../src/Bn254.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Submission from '../../src/chain/Submission.ts'
import { abis } from '../../src/generated/abi.ts'
import { circuits } from '../../src/generated/circuits.ts'
import { fieldOrder } from '../../src/generated/parameters.ts'
import * as Proof from '../../src/Proof.ts'
import type { Circuit, Nullifier } from '../../src/protocol/Eligibility.ts'
import * as Signals from '../../src/Signals.ts'
import * as VerificationKey from '../../src/VerificationKey.ts'
import { isFullDose, seeded } from '../random.ts'
import * as Planted from './plantedVerifier.ts'
import * as Scene from './scene.ts'

const sizes = ['eligibility-s', 'eligibility-m', 'eligibility-l'] as const
const canary = BigInt(keccak256(toUtf8Bytes('medseal canary'))) % fieldOrder

let scene: Scene.Scene
/** One case, proven in each circuit. */
let proven: Readonly<Record<Circuit, Submission.Submission>>
/** Answers in eligibility-s, to requests of their own. */
let answers: readonly Submission.Submission[]

beforeAll(async () => {
  scene = await Scene.set()
  const prepared = await Scene.prepare(scene, Scene.invite(scene))
  const prove = (circuit: Circuit) => Scene.prove(scene, prepared, { circuit })
  const made: Submission.Submission[] = []
  for (const circuit of sizes) made.push(await prove(circuit))
  const [s, m, l] = made as [Submission.Submission, Submission.Submission, Submission.Submission]
  proven = { 'eligibility-s': s, 'eligibility-m': m, 'eligibility-l': l }
  const others: Submission.Submission[] = []
  while (others.length < 3) {
    const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: [scene.policy.hash] })
    others.push(await Scene.prove(scene, Scene.retarget(prepared, asked)))
  }
  answers = [s, ...others]
})
afterAll(() => Scene.strike(scene))

let back: () => Promise<void>
beforeEach(async () => {
  back = await scene.town.chain.snapshot()
})
afterEach(() => back())

const signalsOf = (submission: Submission.Submission) =>
  Signals.encode(submission.circuit, Submission.signalsOf(submission))

/** Asks a deployed verifier itself, past everything that guards it. */
async function ask(circuit: Circuit, proof: Proof.Proof, signals: readonly bigint[]): Promise<boolean> {
  const registry = Network.contract(scene.town.network, 'VerifierRegistry')
  const address: string = await registry.getFunction('verifierOf')(encodeBytes32String(circuit), 1)
  const verifier = new Contract(address, abis.Verifier, scene.town.network.provider)
  return verifier.getFunction('verifyProof')(Proof.toContractArgs(proof), [...signals])
}

/** The same with a consent for the nullifier it shows, so that it is the proof that must be refused. */
function showing(submission: Submission.Submission, nullifier: bigint): Submission.Submission {
  const { consent } = submission
  if (!consent) throw new Error('This submission carries no consent.')
  return { ...submission, nullifier: nullifier as Nullifier, consent: { ...consent, subject: nullifier } }
}

describe('every deployed verifier', () => {
  it.each(sizes)(
    '%s: PUB-1 PUB-3 CIR-15 accepts its own proof for its own signals and nothing near them',
    async (circuit) => {
      const { proof } = proven[circuit]
      const signals = signalsOf(proven[circuit])
      expect(await ask(circuit, proof, signals)).toBe(true)
      for (const other of sizes) expect(await ask(other, proof, signals)).toBe(other === circuit)
      const altered = signals.flatMap((signal, position) => [
        ...[fieldOrder, 2n * fieldOrder, 1n].map((shift) => signals.with(position, signal + shift)),
        signals.with(position, signal - 1n),
        signals.with(position, 2n ** 256n - 1n),
        ...(position > 0 ? [signals.with(position, signals[position - 1] ?? 0n).with(position - 1, signal)] : []),
      ])
      for (const each of altered) expect(await ask(circuit, proof, each)).toBe(false)
    },
  )

  it.each(sizes)('%s: KEY-1 refuses what a key with gamma = delta accepts', async (circuit) => {
    const signals = signalsOf(proven[circuit])
    for (const shown of [signals, [0n, 0n, 0n, 0n, 0n], signals.with(1, canary)]) {
      expect(await ask(circuit, await Planted.forge(circuit, shown), shown)).toBe(false)
    }
  })
})

describe('EligibilityRegistry', () => {
  it('PUB-1 refuses a nullifier or a root plus once or twice the field order, and 2^256 - 1', async () => {
    const [submission] = answers as [Submission.Submission]
    const { nullifier, issuersRoot } = submission
    const beyond = (signal: bigint) => [signal + fieldOrder, signal + 2n * fieldOrder, 2n ** 256n - 1n]
    for (const other of beyond(nullifier)) {
      expect(await Scene.tryOut(scene, showing(submission, other))).toBe('EligibilityRegistry_InvalidProof')
    }
    for (const other of beyond(issuersRoot)) {
      const moved = { ...submission, issuersRoot: other as Submission.IssuersRoot }
      expect(await Scene.tryOut(scene, moved)).toBe('EligibilityRegistry_UnknownRoot')
    }
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
  })

  it('PUB-1 gives a used nullifier no second life beyond the field order', async () => {
    const [submission] = answers as [Submission.Submission]
    await Scene.submit(scene, submission)
    for (const shift of [fieldOrder, 2n * fieldOrder]) {
      const again = showing(submission, submission.nullifier + shift)
      expect(await Scene.tryOut(scene, again)).toBe('EligibilityRegistry_InvalidProof')
      expect(await Scene.outcome(Scene.submitBatch(scene, [again]))).toBe('EligibilityRegistry_InvalidProof')
    }
  })

  it("PUB-3 refuses a nullifier or a valid root that is not the proof's", async () => {
    const [submission, other] = answers as [Submission.Submission, Submission.Submission]
    const { nullifier } = submission
    for (const shown of [nullifier + 1n, nullifier - 1n, other.nullifier]) {
      expect(await Scene.tryOut(scene, showing(submission, shown))).toBe('EligibilityRegistry_InvalidProof')
    }
    await Scene.verifyHospital(scene, { account: 7, key: 7 })
    const stakeholders = Network.contract(scene.town.network, 'StakeholderRegistry')
    const current: bigint = await stakeholders.getFunction('currentRoot')()
    expect(current).not.toBe(submission.issuersRoot)
    const rerooted = { ...submission, issuersRoot: current as Submission.IssuersRoot }
    expect(await Scene.tryOut(scene, rerooted)).toBe('EligibilityRegistry_InvalidProof')
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
  })

  it(
    'PUB-2 lets no re-randomised copy of an accepted proof have an effect',
    async () => {
      const [submission] = answers as [Submission.Submission]
      const unused = await scene.town.chain.snapshot()
      await Scene.submit(scene, submission)
      const registry = Network.contract(scene.town.network, 'EligibilityRegistry')
      const head: bigint = await registry.getFunction('auditHead')()
      const random = seeded('PUB-2')
      const signals = signalsOf(submission)
      const copies: Submission.Submission[] = []
      for (let count = isFullDose ? 1000 : 50; count > 0; count--) {
        const proof = await rerandomise(submission, { x: random.bits(250) + 1n, y: random.bits(250) })
        expect(proof).not.toEqual(submission.proof)
        expect(await ask('eligibility-s', proof, signals)).toBe(true)
        const copy = { ...submission, proof }
        expect(await Scene.outcome(Scene.submit(scene, copy))).toBe('NullifierStore_AlreadySpent')
        copies.push(copy)
      }
      for (let from = 0; from < copies.length; from += 50) {
        const batch = copies.slice(from, from + 50)
        const { accepted, skipped } = Scene.tally(scene, await Scene.submitBatch(scene, batch))
        expect(accepted).toBe(0)
        expect(skipped).toEqual(batch.map((_, index) => [index, 'NullifierStore_AlreadySpent']))
      }
      expect(await registry.getFunction('auditHead')()).toBe(head)
      await unused()
      // The copies were good proofs: the first to arrive counts, and then the original does not.
      const [first] = copies as [Submission.Submission]
      expect(await Scene.outcome(Scene.submit(scene, first))).toBe('accepted')
      expect(await Scene.outcome(Scene.submit(scene, submission))).toBe('NullifierStore_AlreadySpent')
    },
    isFullDose ? 1_800_000 : undefined,
  )

  it('refuses a kind that is none of its own', async () => {
    const [submission] = answers as [Submission.Submission]
    const foreign = { ...submission, circuit: 'enrolment' as Circuit }
    expect(await Scene.tryOut(scene, foreign)).toBe('EligibilityRegistry_UnknownKind')
  })
})

describe('EligibilityRegistry::verifyBatch', () => {
  const tryBatch = async (batch: readonly Submission.Submission[]) => {
    const undo = await scene.town.chain.snapshot()
    const result = await Scene.submitBatch(scene, batch).then(
      (receipt) => Scene.tally(scene, receipt),
      (cause: unknown) => Network.refusalOf(cause),
    )
    await undo()
    return result
  }

  it('BAT-1 refuses two invalid proofs that cancel at coefficients (1, 1)', async () => {
    const [one, two] = answers as [Submission.Submission, Submission.Submission]
    const exchanged = [
      { ...one, proof: { ...one.proof, c: two.proof.c } },
      { ...two, proof: { ...two.proof, c: one.proof.c } },
    ]
    expect(await sumHolds(exchanged)).toBe(true)
    for (const each of exchanged) {
      expect(await Scene.tryOut(scene, each)).toBe('EligibilityRegistry_InvalidProof')
      expect(await sumHolds([each])).toBe(false)
    }
    expect(await tryBatch(exchanged)).toBe('EligibilityRegistry_InvalidProof')
    expect(await tryBatch(exchanged.toReversed())).toBe('EligibilityRegistry_InvalidProof')
    expect(await tryBatch([one, two])).toEqual({ accepted: 2, skipped: [] })
  })

  it('BAT-1 skips the second of two alike', async () => {
    const [one, two] = answers as [Submission.Submission, Submission.Submission]
    expect(await tryBatch([one, one, two, one])).toEqual({
      accepted: 2,
      skipped: [1, 3].map((index) => [index, 'NullifierStore_AlreadySpent']),
    })
  })

  it('BAT-1 skips a stale one, whatever made it stale, and the rest pass', async () => {
    const [one, two, three, four] = answers as [
      Submission.Submission,
      Submission.Submission,
      Submission.Submission,
      Submission.Submission,
    ]
    const late = { ...two, deadline: 1n }
    const rootless = { ...three, issuersRoot: 1n as Submission.IssuersRoot }
    expect(await tryBatch([one, late, rootless, four])).toEqual({
      accepted: 2,
      skipped: [
        [1, 'EligibilityRegistry_DeadlinePassed'],
        [2, 'EligibilityRegistry_UnknownRoot'],
      ],
    })
    expect(await tryBatch([late])).toEqual({ accepted: 0, skipped: [[0, 'EligibilityRegistry_DeadlinePassed']] })
  })

  it('BAT-1 refuses proofs of more than one circuit or version, and one wrong proof among right ones', async () => {
    const [one, two, three] = answers as [Submission.Submission, Submission.Submission, Submission.Submission]
    expect(await tryBatch([two, proven['eligibility-m']])).toBe('EligibilityRegistry_MixedBatch')
    expect(await tryBatch([two, { ...one, verifierVersion: 2 }])).toBe('EligibilityRegistry_MixedBatch')
    expect(await tryBatch([one, two, { ...three, proof: one.proof }])).toBe('EligibilityRegistry_InvalidProof')
  })
})

describe('KEY-4 a verifier that accepts anything', () => {
  it('forges answers until somebody shows the canary; then nothing passes under its key, and the good one goes on', async () => {
    const { chain, network, registrar } = scene.town
    const [submission] = answers as [Submission.Submission]
    const kind = encodeBytes32String('eligibility-s')
    const planted = await Planted.deploy(registrar, 'eligibility-s', { fault: 'gamma-is-delta' })
    const verifiers = Network.contract(network, 'VerifierRegistry', registrar)
    expect(
      await Scene.outcome(verifiers.getFunction('register')(encodeBytes32String('eligibility-m'), 2, planted)),
    ).toBe('VerifierRegistry_KindMismatch')
    await Town.sent(verifiers.getFunction('register')(kind, 2, planted))

    const nobody = { ...showing(submission, 1n), verifierVersion: 2 }
    const forged = { ...nobody, proof: await Planted.forge('eligibility-s', signalsOf(nobody)) }
    expect(await Scene.tryOut(scene, forged)).toBe('accepted')

    const anybody = Network.contract(network, 'VerifierRegistry', chain.accounts[9])
    const shown = signalsOf(nobody).with(1, canary)
    const proof = Proof.toContractArgs(await Planted.forge('eligibility-s', shown))
    expect(await Scene.outcome(anybody.getFunction('kill')(kind, 1, proof, [...shown]))).toBe(
      'VerifierRegistry_CanaryRefused',
    )
    const honest = Proof.toContractArgs(submission.proof)
    expect(await Scene.outcome(anybody.getFunction('kill')(kind, 1, honest, [...signalsOf(submission)]))).toBe(
      'VerifierRegistry_NoCanary',
    )
    await Town.sent(anybody.getFunction('kill')(kind, 2, proof, [...shown]))

    expect(await Scene.tryOut(scene, forged)).toBe('VerifierRegistry_NotUsable')
    expect(await Scene.outcome(Scene.submitBatch(scene, [forged]))).toBe('VerifierRegistry_NotUsable')
    expect(await Scene.outcome(verifiers.getFunction('register')(kind, 3, planted))).toBe('VerifierRegistry_KilledKey')
    expect(await Scene.tryOut(scene, submission)).toBe('accepted')
  })

  it('is not used once retired, nor before', async () => {
    const { chain, network, registrar } = scene.town
    const [submission] = answers as [Submission.Submission]
    const verifiers = Network.contract(network, 'VerifierRegistry', registrar)
    // The chain's clock goes on while proofs are made: more than a slow machine takes, less than an answer stays good.
    const retiresAt = (await chain.now()) + 3_000
    await Town.sent(verifiers.getFunction('retire')(encodeBytes32String('eligibility-s'), 1, retiresAt))
    for (const [time, expected] of [
      [retiresAt - 1, 'accepted'],
      [retiresAt, 'VerifierRegistry_NotUsable'],
    ] as const) {
      const then = await chain.snapshot()
      await chain.setNextTime(time)
      expect(await Scene.outcome(Scene.submit(scene, submission))).toBe(expected)
      await then()
    }
  })
})

/** Another valid proof of the same: A / x, x B + x y delta, C + y A. */
async function rerandomise(
  { proof: { a, b, c }, circuit }: Submission.Submission,
  { x, y }: { x: bigint; y: bigint },
): Promise<Proof.Proof> {
  const { G1, G2 } = await curves.getCurveFromName('bn128', { singleThread: true })
  const { delta } = VerificationKey.fromSnarkjs(circuits[circuit].verificationKey)
  const inG1 = (point: Bn254.G1) => G1.fromObject([...point, 1n])
  const inG2 = ([[xi, xr], [yi, yr]]: Bn254.G2) =>
    G2.fromObject([
      [xr, xi],
      [yr, yi],
      [1n, 0n],
    ])
  const moved = {
    a: G1.timesScalar(inG1(a), inverse(x)),
    b: G2.add(G2.timesScalar(inG2(b), x), G2.timesScalar(inG2(delta), (x * y) % fieldOrder)),
    c: G1.add(inG1(c), G1.timesScalar(inG1(a), y)),
  }
  const [[xr, xi], [yr, yi]] = G2.toObject(G2.toAffine(moved.b)) as readonly (readonly bigint[])[] as [
    [bigint, bigint],
    [bigint, bigint],
  ]
  return Proof.parse({
    a: G1.toObject(G1.toAffine(moved.a)).slice(0, 2),
    b: [
      [xi, xr],
      [yi, yr],
    ],
    c: G1.toObject(G1.toAffine(moved.c)).slice(0, 2),
  })
}

/** Modulo the field order, by Fermat. */
function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value % fieldOrder, fieldOrder - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % fieldOrder
    base = (base * base) % fieldOrder
  }
  return result
}

/** Whether the product of the Groth16 equations of all proofs holds: a batch with every coefficient 1. */
async function sumHolds(batch: readonly Submission.Submission[]): Promise<boolean> {
  const { alpha, beta, gamma, delta, ic } = VerificationKey.fromSnarkjs(circuits['eligibility-s'].verificationKey)
  const [constant, ...points] = ic
  if (!constant) throw new Error('The key has no points.')
  const pairs: [Bn254.G1, Bn254.G2][] = []
  for (const { proof, ...rest } of batch) {
    const signals = signalsOf({ proof, ...rest })
    const x = await Bn254.sum(
      constant,
      points.map((point, i) => ({ point, scalar: signals[i] ?? 0n })),
    )
    if (!x) throw new Error('The signals lead to infinity.')
    pairs.push([Bn254.negateG1(proof.a), proof.b], [alpha, beta], [x, gamma], [proof.c, delta])
  }
  return Bn254.pairingIsOne(pairs)
}
