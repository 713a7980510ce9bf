import type * as Network from '@medseal/prover/chain/Network'
import type * as Submission from '@medseal/prover/chain/Submission'
import type * as ValueSet from '@medseal/prover/protocol/ValueSet'
import type { Kysely, Transaction } from 'kysely'
import type { Config } from './config.ts'
import type { Log } from './Log.ts'
import type { Metrics } from './Metrics.ts'
import type { Event } from './resources/Webhook.ts'
import type { Database } from './storage/Database.ts'

/** A database, or a transaction of it. */
export type Db = Kysely<Database> | Transaction<Database>

/** What the routes and the workers stand on. Comes in through `createApp`, so that a test may bring its own. */
export type Services = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Kysely<Database>
  /**
   * Runs `work` in one transaction, again where the database asks for it (40001, 40P01): it must change nothing outside
   * the database. Whatever is asked of `database` or sent as a job within it is part of it.
   */
  readonly transaction: <T>(work: (db: Transaction<Database>) => Promise<T>) => Promise<T>
  readonly network: Network.Network
  /** What policies are compiled against: `exchange/ValueSets.load`. */
  readonly valueSets: ValueSet.Index
  readonly verification: Verification
  readonly jobs: Jobs
  readonly webhooks: Webhooks
  /** What readiness asks besides the database, by name. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>
}

/** Checks proofs off chain, in workers, many at once where many wait. */
export type Verification = {
  /** Whether the proof holds for the signals the contract would compute. Rejects with ApiError 'unavailable' when full. */
  readonly verify: (submission: Submission.Submission) => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Named jobs that survive a crash: done at least once, so what they do must bear being done again. */
export type Jobs = {
  /** In the caller's transaction where `db` is one: then the job is there exactly when its cause is. */
  readonly send: (
    name: JobName,
    payload: Readonly<Record<string, string>>,
    options?: { db?: Db; afterSeconds?: number; singletonKey?: string },
  ) => Promise<void>
  readonly work: (name: JobName, run: (payload: Readonly<Record<string, string>>) => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
}

/** verify: one proof. relay: everything that waits. webhook: one message. */
export type JobName = 'verify' | 'relay' | 'webhook' | 'cleanup'

export type Webhooks = {
  /** Queues an event for the stakeholder's endpoints, in the caller's transaction. `data` is a resource's JSON. */
  readonly emit: (db: Db, stakeholderId: string, event: Event, data: object) => Promise<void>
}
