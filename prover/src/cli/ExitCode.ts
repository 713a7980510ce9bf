/** What the process ends with: the same for every command, so that a script can tell a refusal from a failure. */
export const done = 0
/** A defect, or something the machine did: no artifacts, no disk, no memory. */
export const failed = 1
/** The call or a file is wrong: nothing was done. */
export const wrong = 2
/** The answer is no: the record does not meet the policy, the proof is invalid, there are findings. */
export const no = 3
/** The chain cannot be reached, or a contract refuses. */
export const chain = 4
/** Cancelled by Ctrl-C: 128 + SIGINT. */
export const cancelled = 130

export const explained = `Exit codes:
  0    done; what was asked holds
  1    failed for another reason
  2    the call or a file is wrong
  3    no: the record does not meet the policy, the proof is invalid, there are findings
  4    the chain cannot be reached, or a contract refuses
  130  cancelled`

/** The code an error ends the process with, told by the module it belongs to and, where that is not enough, its name. */
export function of(error: unknown): number {
  if (!(error instanceof Error)) return failed
  if (error.name === 'AbortError') return cancelled
  const [module = ''] = error.name.split('.')
  return byName.get(error.name) ?? byModule.get(module) ?? failed
}

const byName = new Map<string, number>([
  ['Prove.NotMetError', no],
  ['Prove.UnsatisfiedError', no],
  ['Answer.RefusedError', no],
  ['Answer.NotValidNowError', no],
  ['Registry.MirrorError', no],
  ['Wallet.CredentialRefusedError', no],
  ['CoverageEligibilityResponse.RefusedReceiptError', no],
  ['Chain.OtherChainError', wrong],
  ['Chain.NotDeployedError', wrong],
])

/** Modules whose errors all speak of what the caller brought. */
const byModule = new Map<string, number>([
  ...['Arguments', 'File', 'Secret', 'IssuerDesk', 'Issue', 'Issuance', 'Holder', 'Credential', 'Record', 'Day'].map(
    (module) => [module, wrong] as const,
  ),
  ...['PolicyFile', 'PolicyFormula', 'PolicyPredicate', 'ValueSet', 'Attribute', 'Tree', 'Eligibility'].map(
    (module) => [module, wrong] as const,
  ),
  ...['Json', 'Bundle', 'Import', 'CodeSystem', 'PatientSummary', 'Device', 'Batch'].map(
    (module) => [module, wrong] as const,
  ),
  ...['CardText', 'CardIssuer', 'SmartHealthCard', 'JsonText', 'CoverageEligibilityResponse'].map(
    (module) => [module, wrong] as const,
  ),
  ['Chain', chain],
])
