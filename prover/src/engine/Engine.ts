import type * as Proof from '../Proof.ts'
import type { CircuitInput } from '../protocol/Eligibility.ts'
import type { Content } from './Content.ts'

/** What a proof passes through, in order. 'checking' is the prover verifying its own proof. */
export type Phase = 'loading' | 'witness' | 'proving' | 'checking'

/** @param progress.at `performance.now()` when the phase began, milliseconds. */
export type OnPhase = (progress: { readonly phase: Phase; readonly at: number }) => void

/** A circuit's files: circom's witness calculator, the solver its build derives, and the proving key. */
export const fileNames = ['wasm', 'solver', 'zkey'] as const
export type FileName = (typeof fileNames)[number]
export type Files<Name extends FileName = FileName> = { readonly [name in Name]: Content }

export type Job<Name extends FileName = FileName> = {
  /** The circuit's name: for errors. */
  readonly circuit: string
  readonly artifacts: Files<Name>
  readonly input: CircuitInput
  readonly onPhase?: OnPhase | undefined
  readonly signal?: AbortSignal | undefined
}

/** What makes Groth16 proofs: all the prover knows of how it is done, so that a faster one can take its place. */
export type Engine<Name extends FileName = FileName> = {
  readonly name: string
  /** Files that its jobs have to bring. */
  readonly needs: readonly Name[]
  /**
   * Proves, telling of 'witness' and 'proving'. Whether it succeeds, fails or is cancelled, it leaves nothing running
   * that keeps a process from ending.
   * @throws {UnsatisfiedError} {WorkersError} and the reason of `signal`, at once when it aborts.
   */
  prove(job: Job<Name>): Promise<{ readonly proof: Proof.Proof; readonly publicSignals: readonly bigint[] }>
  /** Ends what is kept warm; waits for proofs under way. The engine may be used again. */
  close(): Promise<void>
}

/** The outcome of some work, or the signal's reason as soon as it aborts. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The input does not satisfy the circuit. What fails, and where, is not told: it would tell of the record. */
export class UnsatisfiedError extends Error {
  override readonly name = 'Prove.UnsatisfiedError'
  constructor({ circuit }: { circuit: string }) {
    super(`The input does not satisfy circuit "${circuit}".`)
  }
}

/** The engine's workers did not start, or one died. Without this the proof would wait for ever. */
export class WorkersError extends Error {
  override readonly name = 'Engine.WorkersError'
  constructor({ problem }: { problem: 'did-not-start' | 'died' }) {
    const hint = "does the content-security policy allow worker-src 'self' blob:?"
    super(problem === 'died' ? "One of the prover's workers died." : `The prover's workers did not start: ${hint}`)
  }
}
