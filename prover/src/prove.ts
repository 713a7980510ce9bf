import type * as Artifacts from './Artifacts.ts'
import { type Engine, type OnPhase, UnsatisfiedError, unlessAborted } from './engine/Engine.ts'
import * as WasmEngine from './engine/wasmEngine.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import type * as Proof from './Proof.ts'
import type { Context } from './protocol/Context.ts'
import * as Eligibility from './protocol/Eligibility.ts'
import * as Holder from './protocol/Holder.ts'
import * as Issuer from './protocol/Issuer.ts'
import * as Occasion from './protocol/Occasion.ts'
import * as PolicyWords from './protocol/PolicyWords.ts'
import type { StatusRoot } from './protocol/StatusList.ts'
import * as Tree from './protocol/Tree.ts'
import * as Signals from './Signals.ts'
import { verify } from './verify.ts'

export type Options = {
  readonly artifacts: Artifacts.Source
  /** The project's own unless told; `engine/snarkjsEngine` is the reference. */
  readonly engine?: Engine
  readonly onPhase?: OnPhase
  readonly signal?: AbortSignal
  /**
   * Whether keys of class "development" will do. Their secrets are published, so that anybody can forge under them: say
   * true only where the proof goes to a local chain (id 31337) or to nobody. Nothing sets it by itself.
   */
  readonly allowDevelopmentKeys: boolean
}

/** A proof that its own prover has verified. Public, all of it. */
export type Proven<Name extends CircuitName> = {
  readonly circuit: Name
  readonly proof: Proof.Proof
  readonly signals: Signals.Signals<Name>
}

/**
 * Proves that a record meets a policy.
 * @param options.circuit Another of the family than the smallest that fits.
 * @throws {NotMetError} when the dry run says no: ask `Eligibility.dryRun` for the reasons, which stay on the device.
 * @throws {UnsatisfiedError} when the circuit says no all the same: credential revoked, holder, issuer or path wrong.
 * @throws {DevelopmentKeyError} {WrongSignalsError} {OwnProofInvalidError}, what `artifacts` throws, and the reason of
 * `signal`.
 */
export async function prove(
  subject: Eligibility.Case,
  {
    circuit = Eligibility.circuitFor(subject.policy.words),
    ...options
  }: Options & { readonly circuit?: Eligibility.Circuit },
): Promise<Proven<Eligibility.Circuit>> {
  refuseDevelopmentKey(circuit, options)
  options.signal?.throwIfAborted()
  if (!Eligibility.dryRun(subject).met) throw new NotMetError()
  const issuersRoot = issuersRootOf(subject)
  if (issuersRoot === undefined) throw new UnsatisfiedError({ circuit })
  const expected = {
    nullifier: Eligibility.nullifierOf(subject.secret, subject.scope),
    issuersRoot,
    policyHash: PolicyWords.hashOf(subject.policy.words),
    context: subject.context,
    occasion: Occasion.of(subject.scope, subject.today),
  }
  return run(circuit, Eligibility.toCircuitInput(subject, { circuit }), expected, options)
}

/**
 * Proves to know the secret behind a holder, for the issuer that is about to sign its first credential.
 * @throws {DevelopmentKeyError} {WrongSignalsError} {OwnProofInvalidError} and what `artifacts` throws.
 */
export async function proveEnrolment(
  subject: { readonly secret: Holder.HolderSecret; readonly issuerId: Issuer.IssuerId; readonly context: Context },
  options: Options,
): Promise<Proven<'enrolment'>> {
  refuseDevelopmentKey('enrolment', options)
  const { secret, issuerId, context } = subject
  const expected = { holder: Holder.at(secret, issuerId), issuerId, context }
  return run('enrolment', { holderSecret: secret, issuerId, context }, expected, options)
}

async function run<Name extends CircuitName>(
  circuit: Name,
  input: Eligibility.CircuitInput,
  expected: Signals.Signals<Name>,
  { artifacts: source, engine = defaultEngine, onPhase, signal }: Options,
): Promise<Proven<Name>> {
  onPhase?.({ phase: 'loading', at: performance.now() })
  const artifacts = await unlessAborted(signal, source(circuit, engine.needs))
  const { proof, publicSignals } = await engine.prove({ circuit, artifacts, input, onPhase, signal })
  onPhase?.({ phase: 'checking', at: performance.now() })
  const wanted = Signals.encode(circuit, expected)
  if (publicSignals.length !== wanted.length || wanted.some((each, i) => each !== publicSignals[i])) {
    throw new WrongSignalsError({ circuit })
  }
  const verdict = await verify(circuit, proof, publicSignals)
  signal?.throwIfAborted()
  if (!verdict.valid) throw new OwnProofInvalidError({ circuit })
  return { circuit, proof, signals: verdict.signals }
}

/** One for all who name none: its threads and keys stay for the next proof, and keep no process from ending. */
const defaultEngine = WasmEngine.create()

function refuseDevelopmentKey(circuit: CircuitName, { allowDevelopmentKeys }: Options): void {
  if (circuits[circuit].class === 'development' && !allowDevelopmentKeys) throw new DevelopmentKeyError({ circuit })
}

/** The root the case's own issuer and status word lead to; undefined where a path does not hold what it should. */
function issuersRootOf({ issuer, issuerPath, status }: Eligibility.Case): bigint | undefined {
  const statusRoot = Tree.rootOf(status.path, status.word)
  if (statusRoot === undefined) return undefined
  return Tree.rootOf(issuerPath, Issuer.toLeaf(issuer, statusRoot as StatusRoot))
}

/** The record does not meet the policy today. No reason is given: it would be a medical value. */
export class NotMetError extends Error {
  override readonly name = 'Prove.NotMetError'
  constructor() {
    super('The record does not meet the policy today.')
  }
}

/** The circuit's key is for development: anybody can forge under it. */
export class DevelopmentKeyError extends Error {
  override readonly name = 'Prove.DevelopmentKeyError'
  constructor({ circuit }: { circuit: CircuitName }) {
    super(`The key of circuit "${circuit}" is a development key, which counts on local chains only.`)
  }
}

/** The proof shows other public signals than were asked for. */
export class WrongSignalsError extends Error {
  override readonly name = 'Prove.WrongSignalsError'
  constructor({ circuit }: { circuit: CircuitName }) {
    super(`The proof of circuit "${circuit}" has other public signals than the case: it is not handed out.`)
  }
}

/** The prover's own proof does not verify under the pinned key. */
export class OwnProofInvalidError extends Error {
  override readonly name = 'Prove.OwnProofInvalidError'
  constructor({ circuit }: { circuit: CircuitName }) {
    super(`The proof of circuit "${circuit}" does not verify under the pinned key: it is not handed out.`)
  }
}
