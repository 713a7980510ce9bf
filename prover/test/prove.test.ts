import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildCircuits } from '../../circuits/build/build.ts'
import type * as Artifacts from '../src/Artifacts.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'
import type { Engine, Phase } from '../src/engine/Engine.ts'
import * as SnarkjsEngine from '../src/engine/snarkjsEngine.ts'
import type { Context } from '../src/protocol/Context.ts'
import * as Eligibility from '../src/protocol/Eligibility.ts'
import * as Holder from '../src/protocol/Holder.ts'
import * as Issuer from '../src/protocol/Issuer.ts'
import * as Occasion from '../src/protocol/Occasion.ts'
import * as StatusList from '../src/protocol/StatusList.ts'
import * as Tree from '../src/protocol/Tree.ts'
import * as Prove from '../src/prove.ts'
import { verify } from '../src/verify.ts'
import { clinic } from './clinic.ts'

let artifacts: Artifacts.Source
beforeAll(async () => {
  artifacts = ArtifactsNode.fromPaths(await buildCircuits())
})
afterEach(() => vi.restoreAllMocks())

const adela = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
const enrolment = {
  secret: adela.subject.secret,
  issuerId: Issuer.idOf(adela.hospital.issuer.publicKey),
  context: 77n as Context,
}
const local = () => ({ artifacts, allowDevelopmentKeys: true })

/** An engine that does not prove: it answers with a proof made for something else. */
function answering(answer: Awaited<ReturnType<Engine['prove']>>): Engine {
  return { name: 'answering', needs: [], prove: async () => answer, close: async () => undefined }
}

describe('prove', () => {
  it('shows that Adela meets the policy for GLP-1, under the signals the contracts will compute', async () => {
    const { circuit, proof, signals } = await Prove.prove(adela.subject, local())
    expect(circuit).toBe('eligibility-m')
    expect(signals).toEqual({
      nullifier: Eligibility.nullifierOf(adela.subject.secret, adela.subject.scope),
      issuersRoot: Tree.root(adela.issuersTree),
      policyHash: adela.policy.hash,
      context: adela.subject.context,
      occasion: Occasion.of(adela.subject.scope, adela.today),
    })
    expect(await verify(circuit, proof, Object.values(signals))).toMatchObject({ valid: true, signals })
  })

  it('shows that Dorian meets the policy for Wegovy, in the large circuit if told so', async () => {
    const dorian = clinic({ policy: 'wegovy-cardiovascular', patient: 'dorian' })
    const proven = await Prove.prove(dorian.subject, { ...local(), circuit: 'eligibility-l' })
    expect(proven.circuit).toBe('eligibility-l')
    expect(proven.signals.policyHash).toBe(dorian.policy.hash)
  })

  it('CIR-15 proves a small policy in s, m and l: one policy hash, one nullifier, and no proof passes for another size', async () => {
    const { subject } = clinic({
      patient: 'adela',
      policy: {
        medseal: 'policy/1',
        name: 'HbA1c of 6.5 % or more',
        issuers: ['hospital'],
        record: { maximumAgeDays: 30 },
        require: {
          any: { category: 'observation', system: 'LOINC', code: '4548-4' },
          value: { min: '6.5', unit: '%' },
        },
      },
    })
    expect(Eligibility.circuitFor(subject.policy.words)).toBe('eligibility-s')
    const small = await Prove.prove(subject, local())
    const medium = await Prove.prove(subject, { ...local(), circuit: 'eligibility-m' })
    expect(medium.signals).toEqual(small.signals)
    const signals = Object.values(small.signals)
    for (const circuit of ['eligibility-m', 'eligibility-l'] as const) {
      expect(await verify(circuit, small.proof, signals)).toEqual({ valid: false, reason: 'invalid-proof' })
    }
  })

  it('says that the policy is not met, and nothing else', async () => {
    const clara = clinic({ policy: 'glp1-type-2-diabetes', patient: 'clara' })
    const error = await Prove.prove(clara.subject, local()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Prove.NotMetError)
    expect(Object.keys(error as object)).toEqual(['name'])
    expect(error).toHaveProperty('message', 'The record does not meet the policy today.')
    expect(error).not.toHaveProperty('cause')
  })

  it('refuses a revoked credential in one sentence, and writes nothing to the console', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    )
    const { subject, hospital, issued } = clinic({ policy: 'glp1-type-2-diabetes', patient: 'adela' })
    StatusList.revoke(hospital.status, [issued.credential.statusIndex])
    const tree = Tree.build([Issuer.toLeaf(hospital.issuer, StatusList.root(hospital.status))])
    const revoked: Eligibility.Case = {
      ...subject,
      issuerPath: Tree.open(tree, 0),
      status: StatusList.open(hospital.status, issued.credential.statusIndex),
    }
    const error = await Prove.prove(revoked, local()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'Prove.UnsatisfiedError',
      message: 'The input does not satisfy circuit "eligibility-m".',
    })
    expect(error).not.toHaveProperty('cause')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })

  it('refuses a case whose paths do not hold together', async () => {
    const { subject } = adela
    const moved = { ...subject, issuerPath: { ...subject.issuerPath, index: 2 } }
    await expect(Prove.prove(moved, local())).rejects.toThrow('does not satisfy')
    const otherSecret = { ...subject, secret: 1n as Holder.HolderSecret }
    await expect(Prove.prove(otherSecret, local())).rejects.toThrow('does not satisfy')
  })

  it('tells its phases in order', async () => {
    const phases: { phase: Phase; at: number }[] = []
    await Prove.proveEnrolment(enrolment, { ...local(), onPhase: (progress) => phases.push(progress) })
    expect(phases.map(({ phase }) => phase)).toEqual(['loading', 'witness', 'proving', 'checking'])
    expect(phases.map(({ at }) => at)).toEqual(phases.map(({ at }) => at).toSorted((one, other) => one - other))
  })

  it('KEY-3 refuses development keys unless told that the chain is local, before anything is loaded', async () => {
    const source = vi.fn<Artifacts.Source>()
    const options = { artifacts: source, allowDevelopmentKeys: false }
    await expect(Prove.prove(adela.subject, options)).rejects.toThrow(Prove.DevelopmentKeyError)
    await expect(Prove.proveEnrolment(enrolment, options)).rejects.toThrow(Prove.DevelopmentKeyError)
    expect(source).not.toHaveBeenCalled()
  })

  it('hands out no proof that it cannot verify, or that shows other signals', async () => {
    const { proof, signals } = await Prove.proveEnrolment(enrolment, local())
    const publicSignals = Object.values(signals)
    expect(signals.holder).toBe(Holder.at(enrolment.secret, enrolment.issuerId))
    const wrong = { proof: { ...proof, a: proof.c }, publicSignals }
    await expect(Prove.proveEnrolment(enrolment, { ...local(), engine: answering(wrong) })).rejects.toThrow(
      Prove.OwnProofInvalidError,
    )
    const other = { ...enrolment, context: 78n as Context }
    await expect(
      Prove.proveEnrolment(other, { ...local(), engine: answering({ proof, publicSignals }) }),
    ).rejects.toThrow(Prove.WrongSignalsError)
  })

  it('stops for an abort before, and while, artifacts load', async () => {
    const reason = new Error('enough')
    const never: Artifacts.Source = () => new Promise(() => undefined)
    const options = { artifacts: never, allowDevelopmentKeys: true }
    const before = Prove.prove(adela.subject, { ...options, signal: AbortSignal.abort(reason) })
    await expect(before).rejects.toBe(reason)
    const controller = new AbortController()
    const while_ = Prove.proveEnrolment(enrolment, { ...options, signal: controller.signal })
    controller.abort(reason)
    await expect(while_).rejects.toBe(reason)
  })

  it('proves in the calling thread too', async () => {
    const engine = SnarkjsEngine.create({ singleThread: true })
    expect((await Prove.proveEnrolment(enrolment, { ...local(), engine })).signals.context).toBe(77n)
  })
})
