import type { ColumnType, Generated } from 'kysely'

/**
 * The tables, as kysely sees them. All but `api_keys`, `webhook_*`, `challenges`, `sessions`, drafts of `requests` and
 * texts of `policies` can be rebuilt from the chain. SQL that PostgreSQL, CockroachDB and YugabyteDB take alike: keys
 * made by the application, no triggers, no sequences. Numbers beyond 2^31 are decimal text, JSON is text.
 */
export type Database = {
  readonly policies: Policies
  readonly requests: Requests
  readonly proofs: Proofs
  readonly transactions: Transactions
  readonly blocks: Blocks
  readonly followed: Followed
  readonly leases: Leases
  readonly audit_entries: AuditEntries
  readonly stakeholders: Stakeholders
  readonly receipts: Receipts
  readonly api_keys: ApiKeys
  readonly challenges: Challenges
  readonly sessions: Sessions
  readonly idempotency_keys: IdempotencyKeys
  readonly webhook_endpoints: WebhookEndpoints
  readonly webhook_messages: WebhookMessages
}

/** Set by the application when a row is made, never changed. */
type Created = ColumnType<Date, Date, never>

/** Texts of policies a recipient works with. The chain knows some of their hashes. */
type Policies = {
  /** pol_… */
  readonly id: string
  /** Decimal. Who keeps it. One text per keeper and hash. */
  readonly stakeholder_id: string
  /** 0x and 64 digits. */
  readonly hash: string
  readonly name: string
  /** The policy file, as compiled. */
  readonly text: string
  readonly created_at: Created
}

/** draft: waits for the recipient's signature. withdrawn: the API no longer serves it; the chain still would take it. */
export type RequestState = 'draft' | 'open' | 'withdrawn'

type Requests = {
  /** req_…, at least 128 random bits: whoever knows it may read the request's object. */
  readonly id: string
  readonly stakeholder_id: string
  /** EIP-712 digest, unique. */
  readonly digest: string
  /** Fields of the signed request, as in files. */
  readonly request: string
  /** The presentation object its nonce commits to, without its note. */
  readonly object: string
  /** Sealed: it may name a patient. null where the object has none. */
  readonly note: string | null
  readonly signature: string | null
  readonly state: RequestState
  readonly expires_at: Date
  readonly created_at: Created
}

/**
 * received: acknowledged, not yet looked at. verified: holds off chain, waits for the relayer. rejected: does not.
 * sent: in a signed transaction. included: its receipt is on chain. final: so deep that it stays. refused: the chain
 * would not take it, `reason` is its error's name.
 */
export type ProofState = 'received' | 'verified' | 'rejected' | 'sent' | 'included' | 'final' | 'refused'

type Proofs = {
  /** prf_… */
  readonly id: string
  readonly request_id: string
  readonly stakeholder_id: string
  readonly part: number
  /** 0x and 64 digits. */
  readonly nullifier: string
  /** The submission, as in files. */
  readonly submission: string
  /** SHA-256 of the submission in canonical form: the same answer twice is one row. Unique. */
  readonly digest: string
  readonly state: ProofState
  readonly reason: string | null
  /** The transaction that carries it now. */
  readonly transaction_id: string | null
  readonly created_at: Created
  readonly updated_at: Date
}

/** signed: written down before it is sent. replaced: another one of the same nonce was included. */
export type TransactionState = 'signed' | 'included' | 'final' | 'replaced'

/** What the relayers sent: kept before it is broadcast, so that a crash sends the same again, not another. */
type Transactions = {
  /** txn_… */
  readonly id: string
  readonly relayer: string
  /** Unique with `relayer` and `hash`. */
  readonly nonce: number
  readonly hash: string
  /** Signed, 0x. */
  readonly raw: string
  readonly state: TransactionState
  readonly block_number: number | null
  readonly created_at: Created
  readonly updated_at: Date
}

/** The last blocks followed, so that a reorganisation is noticed. */
type Blocks = { readonly number: number; readonly hash: string; readonly timestamp: string }

/** How far the chain is followed, and whether it can be relied on. One row. */
type Followed = {
  /** Always 'chain'. */
  readonly id: string
  /** chainId:EligibilityRegistry, lower case: another deployment is followed from its start. */
  readonly deployment: string
  /** The last block followed; fromBlock - 1 before the first. */
  readonly number: number
  /** Highest block whose receipts were announced to webhooks as included. */
  readonly announced: number
  /** Highest block whose receipts were announced as final. */
  readonly finalized: number
  /** What the RPC says does not fit together: nothing is followed until it does. null: well. */
  readonly fault: string | null
  /** The last time the chain was read to its tip. */
  readonly updated_at: Date
}

/** What one process of several does at a time: to follow the chain, to relay for one key. */
type Leases = {
  readonly name: string
  /** The process, by a random name. */
  readonly holder: string
  readonly expires_at: Date
}

type AuditEntries = {
  /** aud_<contract>_<sequence>, e.g. aud_PolicyRegistry_3. */
  readonly id: string
  /** blockNumber x 2^20 + logIndex as 16 hexadecimal digits: the chain's order. Unique. */
  readonly position: string
  readonly contract: string
  readonly sequence: string
  readonly action: string
  /** 0x and 64 digits. */
  readonly subject: string
  readonly details: string
  readonly head: string
  readonly block_number: number
  readonly transaction_hash: string
  readonly timestamp: Date
}

/** As the StakeholderRegistry stands at the last block followed. */
type Stakeholders = {
  /** Decimal. */
  readonly id: string
  /** Lower case. */
  readonly key: string
  readonly roles: number
  readonly suspended: boolean
  /** Decimal; null where it issues no records. */
  readonly issuer_id: string | null
}

type Receipts = {
  /** rcp_<sequence> of the EligibilityRegistry's entry. */
  readonly id: string
  readonly position: string
  readonly request_digest: string
  readonly stakeholder_id: string
  readonly policy_hash: string
  readonly part: number
  readonly nullifier: string
  readonly block_number: number
  readonly transaction_hash: string
  readonly timestamp: Date
}

type ApiKeys = {
  /** key_… */
  readonly id: string
  readonly stakeholder_id: string
  readonly name: string
  /** SHA-256 of the key: it has 256 random bits, so no slow hash is needed. Unique. */
  readonly hash: string
  /** Blank-separated. */
  readonly scopes: string
  readonly expires_at: Date | null
  readonly last_used_at: Date | null
  readonly created_at: Created
}

/** Nonces that signed in, until they would have ended anyway: each is good once. */
type Challenges = { readonly nonce: string; readonly expires_at: Date }

type Sessions = {
  /** SHA-256 of the token. */
  readonly hash: string
  readonly stakeholder_id: string
  /** The key that signed in: a session ends when the stakeholder's key is another. */
  readonly key: string
  readonly expires_at: Date
}

type IdempotencyKeys = {
  /** SHA-256 of caller, method, path and key. */
  readonly id: string
  /** SHA-256 of the body: the same key for another body is refused. */
  readonly fingerprint: string
  /** null while the first is at work. */
  readonly status: number | null
  readonly body: string | null
  readonly created_at: Created
}

type WebhookEndpoints = {
  /** whk_… */
  readonly id: string
  readonly stakeholder_id: string
  readonly url: string
  /** Blank-separated event types; * is all. */
  readonly events: string
  /** whsec_…, encrypted under the API's own key. */
  readonly secret: string
  /** Signs as well until then, after a rotation. */
  readonly previous_secret: string | null
  readonly previous_until: Date | null
  readonly disabled: Generated<boolean>
  readonly created_at: Created
}

type WebhookMessages = {
  /** msg_… */
  readonly id: string
  readonly endpoint_id: string
  readonly event: string
  readonly body: string
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly attempts: number
  readonly last_status: number | null
  readonly next_attempt_at: Date
  readonly created_at: Created
}
