import type { Known } from './Narrowing.ts'

/** A request that reached this wallet, and how far it is: inbox, draft, outbox, receipt and log in one. Secret. */
export type Asked = {
  /** EIP-712 digest of the request: its name here and on chain. */
  readonly digest: string
  /** The request object as it came: everything is read from it again, and checked again before it is answered. */
  readonly object: string
  /** By its own, signed words. */
  readonly name: string
  /** Stakeholder number, decimal. */
  readonly recipientId: string
  readonly purpose: string
  readonly note?: string
  readonly policyNames: readonly string[]
  readonly consentRequired: boolean
  readonly program: boolean
  /** ISO 8601. */
  readonly openedAt: string
  readonly expiresAt: string
  /** What a met request makes known for certain. */
  readonly known: readonly Known[]
  readonly answer: Answer
  /** The last answer that came back from the outbox. Kept, since what was shown once cannot be taken back. */
  readonly returned?: Returned
}

/** Why an answer came back, ISO 8601 when, and whether its recipient may have read it all the same. */
export type Returned = { readonly why: 'late' | 'refused'; readonly at: string; readonly mayBeKnown: boolean }

export type Answer =
  | { readonly state: 'open' }
  | { readonly state: 'declined'; readonly at: string }
  /** Being proven, or broken off while it was: `proofs` are those of the first parts. */
  | {
      readonly state: 'proving'
      readonly at: string
      readonly credentials: readonly string[]
      readonly proofs: readonly string[]
    }
  /** Waits in the outbox. @see deadline ISO 8601; from then on it has to be proven anew. */
  | {
      readonly state: 'ready'
      readonly at: string
      readonly deadline: string
      readonly proofs: readonly string[]
      /** A sending has begun: it may have arrived, whatever became of the connection. */
      readonly tried?: true
    }
  | {
      readonly state: 'sent'
      readonly at: string
      readonly proofs: readonly string[]
      readonly receipts: readonly (Receipt | null)[]
      /** The API's id of each proof, and what it said last of it. */
      readonly states: readonly { readonly id: string; readonly state: string }[]
      /** Signed away, ISO 8601: whether a contract has heard of it is for the chain to say. */
      readonly revokedAt?: string
    }

/** The chain's own entry of an answer, found by this device. */
export type Receipt = { readonly transactionHash: string; readonly blockNumber: number; readonly at: string }

export function nameOf(digest: string): `asked/${string}` {
  return `asked/${digest}`
}

/** Whether the recipient has learned, will learn, or may have learned what the request asks. */
export function isAnswered({ answer, returned }: Asked): boolean {
  return answer.state === 'sent' || answer.state === 'ready' || returned?.mayBeKnown === true
}
