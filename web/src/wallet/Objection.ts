import type * as RequestCheck from '@medseal/prover/chain/RequestCheck'
import type * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'

/** Why this wallet shows a request to nobody and answers nothing. */
export type Objection = RequestCheck.Objection | PresentationRequest.Objection | 'unreadable' | 'policy-not-understood'

/** All there are, so that a test can hold every language to having a sentence for each. */
export const all = Object.keys({
  'wrong-policy-count': true,
  'policy-hash-mismatch': true,
  'needle-narrow-value-range': true,
  expired: true,
  'program-with-several-policies': true,
  'other-chain': true,
  'other-consumer': true,
  'unknown-recipient': true,
  'recipient-suspended': true,
  'purpose-not-allowed': true,
  signature: true,
  'unfit-program': true,
  'circuit-mismatch': true,
  'other-origin': true,
  unreadable: true,
  'policy-not-understood': true,
} satisfies Record<Objection, true>) as Objection[]
