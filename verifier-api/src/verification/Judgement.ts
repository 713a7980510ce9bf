import type * as Submission from '@medseal/prover/chain/Submission'
import * as Submissions from '@medseal/prover/chain/Submission'
import { circuits } from '@medseal/prover/generated/circuits'
import * as Proof from '@medseal/prover/Proof'
import type { Circuit } from '@medseal/prover/protocol/Eligibility'
import * as Signals from '@medseal/prover/Signals'
import * as VerificationKey from '@medseal/prover/VerificationKey'
import * as Groth16 from './Groth16.ts'
import * as Mcl from './Mcl.ts'

/**
 * Whether each submission's proof holds for the signals that the contract would compute from it.
 * @param submissions To one circuit.
 */
export async function judge(submissions: readonly Submission.Submission[]): Promise<readonly boolean[]> {
  const circuit = submissions[0]?.circuit
  const check = circuit && (await checkerOf(circuit))
  if (!check) return submissions.map(() => false)
  const statements = submissions.map((submission) => statementOf(circuit, submission))
  const answers = check(statements.filter((statement) => statement !== undefined)).values()
  return statements.map((statement) => statement !== undefined && answers.next().value === true)
}

/** Undefined where the contract would refuse the call, or the circuit has no such signals: that is no fault of ours. */
function statementOf(circuit: Circuit, submission: Submission.Submission): Groth16.Statement | undefined {
  try {
    const proof = Proof.parse(submission.proof)
    return { proof, signals: Signals.encode(circuit, Submissions.signalsOf(submission)) }
  } catch {
    return undefined
  }
}

const checkers = new Map<string, Groth16.Check>()

async function checkerOf(circuit: Circuit): Promise<Groth16.Check | undefined> {
  if (!Object.hasOwn(circuits, circuit)) return undefined
  const known = checkers.get(circuit)
  if (known) return known
  const key = VerificationKey.fromSnarkjs(circuits[circuit].verificationKey)
  const checker = Groth16.createCheck(await Mcl.start(), key)
  checkers.set(circuit, checker)
  return checker
}
