import * as Bn254 from './Bn254.ts'
import { type CircuitName, circuits } from './generated/circuits.ts'
import * as Proof from './Proof.ts'
import * as Signals from './Signals.ts'
import * as VerificationKey from './VerificationKey.ts'

export type Verdict<Name extends CircuitName = CircuitName> =
  | { readonly valid: true; readonly signals: Signals.Signals<Name> }
  | {
      readonly valid: false
      readonly reason: 'malformed-proof' | 'wrong-signal-count' | 'signal-out-of-field' | 'invalid-proof'
    }

/**
 * Whether a proof shows a circuit's statement for these public signals. Proof and signals may come from anybody:
 * whatever they are, the answer is a verdict.
 * @param proof `{ a, b, c }` as `Proof.parse` takes it.
 * @param publicSignals A list in the compiled circuit's order: bigints, decimal or 0x strings.
 * @param options.verificationKey Another key than the pinned one, in snarkjs's form: checked by `KeyCheck`, not here.
 */
export async function verify<Name extends CircuitName>(
  circuit: Name,
  proof: unknown,
  publicSignals: unknown,
  { verificationKey = circuits[circuit].verificationKey }: { verificationKey?: VerificationKey.Snarkjs } = {},
): Promise<Verdict<Name>> {
  const key = VerificationKey.fromSnarkjs(verificationKey)
  const parsed = attempt(() => Proof.parse(proof))
  if (!parsed) return { valid: false, reason: 'malformed-proof' }
  const numbers = attempt(() => readNumbers(publicSignals))
  if (numbers?.length !== circuits[circuit].publicSignals.length) return { valid: false, reason: 'wrong-signal-count' }
  const inField = numbers.filter(Signals.isInField)
  if (inField.length !== numbers.length) return { valid: false, reason: 'signal-out-of-field' }
  if (!(await Bn254.isInSubgroup(parsed.b))) return { valid: false, reason: 'malformed-proof' }
  if (!(await satisfies(key, parsed, inField))) return { valid: false, reason: 'invalid-proof' }
  return { valid: true, signals: Signals.decode(circuit, inField) }
}

/**
 * Groth16's equation, e(A, B) = e(alpha, beta) e(x, gamma) e(C, delta), with x the key's combination of the signals.
 * snarkjs's own `groth16.verify` is the same over the same curve, but starts workers and leaves them.
 * @param proof Points on their curves and in the subgroup. @param signals Below the field order, as many as the key has.
 */
export async function satisfies(
  { alpha, beta, gamma, delta, ic }: VerificationKey.VerificationKey,
  proof: Proof.Proof,
  signals: readonly bigint[],
): Promise<boolean> {
  const [constant, ...points] = ic
  if (!constant || points.length !== signals.length) return false
  const terms = points.map((point, i) => ({ point, scalar: signals[i] ?? 0n }))
  const x = await Bn254.sum(constant, terms)
  return Bn254.pairingIsOne([
    [Bn254.negateG1(proof.a), proof.b],
    [alpha, beta],
    // Paired with infinity, gamma contributes nothing.
    ...(x ? [[x, gamma] as const] : []),
    [proof.c, delta],
  ])
}

function readNumbers(values: unknown): readonly unknown[] {
  if (!Array.isArray(values)) return []
  return Array.from(values, Proof.numberOf)
}

/** Undefined where `read` throws: what comes from outside may throw anything, even while it is looked at. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
