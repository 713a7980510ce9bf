import type * as Artifacts from '@medseal/prover/Artifacts'
import * as Bn254 from '@medseal/prover/Bn254'
import * as Answer from '@medseal/prover/chain/Answer'
import type { OnPhase } from '@medseal/prover/engine/Engine'
import * as WasmEngine from '@medseal/prover/engine/wasmEngine'
import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as Prove from '@medseal/prover/prove'
import * as Chain from './Chain.ts'
import * as PatientKey from './PatientKey.ts'
import type { Checked } from './Review.ts'
import type { Secrets } from './Wallet.ts'

/** Kept warm: a wallet that proves once proves again. */
export const engine = WasmEngine.create()

/** Loads what proves, and what checks the proof, while there is a network. */
export async function prepare(): Promise<void> {
  await Promise.all([engine.prepare(), Bn254.prepare()])
}

/** How long an answer is good, once it is proven: time for an outbox to find the network again. */
export const lifetimeSeconds = 7_200n

/**
 * Proves one part of a checked request, without any network.
 * @returns The proof file's text.
 * @throws {Answer.NotValidNowError} and what `Prove.prove` throws.
 */
export async function prove(
  checked: Checked,
  holding: Answer.Holding,
  secrets: Secrets,
  {
    part,
    now,
    artifacts,
    onPhase,
    signal,
  }: {
    readonly part: number
    /** Unix seconds, as the chain would have them by now. */
    readonly now: bigint
    readonly artifacts: Artifacts.Source
    readonly onPhase?: OnPhase
    readonly signal?: AbortSignal
  },
): Promise<string> {
  const { incoming, setting, verifierVersions, object } = checked
  const policy = incoming.policies[part]
  const circuit = object.dcql_query.credentials[part]?.meta.circuit
  const verifierVersion = circuit && verifierVersions.get(circuit)
  if (!policy || verifierVersion === undefined) throw new NoSuchPartError()
  const { recipientId } = incoming.request
  const patientKey = PatientKey.of(secrets, { ...setting, recipientId }).address
  const prepared = Answer.assemble(
    holding,
    incoming,
    { ...setting, now, verifierVersion },
    { policy, part, patientKey: patientKey as `0x${string}`, lifetimeSeconds },
  )
  const proven = await Prove.prove(prepared.subject, {
    artifacts,
    engine,
    circuit: prepared.circuit,
    allowDevelopmentKeys: setting.chainId === Chain.localChainId,
    ...(onPhase && { onPhase }),
    ...(signal && { signal }),
  })
  return Form.write(ProofFile.kind.tag, ProofFile.fieldsOf(Answer.complete(prepared, proven)))
}

/** The request has no such part. */
export class NoSuchPartError extends Error {
  override readonly name = 'Proving.NoSuchPartError'
  constructor() {
    super('The request has no such part.')
  }
}
