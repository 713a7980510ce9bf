import type * as Artifacts from '@medseal/prover/Artifacts'
import type * as Answer from '@medseal/prover/chain/Answer'
import type * as Network from '@medseal/prover/chain/Network'
import type * as ValueSet from '@medseal/prover/protocol/ValueSet'
import type * as Keeper from '../Keeper.ts'
import type * as Moment from '../Moment.ts'
import type { Checked } from '../Review.ts'
import * as Store from '../Store.ts'
import * as Wallet from '../Wallet.ts'

/** What the worker has at hand while a wallet is open. All of it goes with the worker. */
export type Desk = {
  readonly origin: string
  store?: Promise<Store.Store>
  keeper?: Keeper.Keeper
  secrets?: Wallet.Secrets
  network?: Promise<Network.Network>
  artifacts?: Artifacts.Source
  /** Records opened so far, by credential. */
  readonly holdings: Map<string, Answer.Holding>
  /** Requests checked so far, by digest, each with its text and the moment it was checked at. */
  readonly checked: Map<string, { readonly checked: Checked; readonly text: string; readonly at: Moment.Moment }>
}

/** What a call may tell, and be told, while it is under way. */
export type Call = {
  readonly progress: (step: unknown) => void
  readonly signal: AbortSignal
}

export function create(origin: string): Desk {
  return { origin, holdings: new Map(), checked: new Map() }
}

export function storeOf(desk: Desk): Promise<Store.Store> {
  desk.store ??= Store.open()
  return desk.store
}

/** @throws {LockedError} */
export function keeperOf({ keeper }: Desk): Keeper.Keeper {
  if (!keeper) throw new LockedError()
  return keeper
}

export async function secretsOf(desk: Desk): Promise<Wallet.Secrets> {
  desk.secrets ??= await Wallet.secretsOf(keeperOf(desk))
  return desk.secrets
}

export async function networkOf(desk: Desk): Promise<Network.Network> {
  const Chain = await import('../Chain.ts')
  desk.network ??= Chain.connect(keeperOf(desk), desk.origin)
  // A failure is not kept.
  desk.network.catch(() => {
    delete desk.network
  })
  return desk.network
}

export async function artifactsOf(desk: Desk): Promise<Artifacts.Source> {
  const { source } = await import('../ArtifactsCache.ts')
  desk.artifacts ??= source(desk.origin)
  return desk.artifacts
}

export async function holdingOf(desk: Desk, id: string): Promise<Answer.Holding> {
  const known = desk.holdings.get(id)
  if (known) return known
  const Holdings = await import('../Holdings.ts')
  const holding = await Holdings.open(keeperOf(desk), await secretsOf(desk), id)
  desk.holdings.set(id, holding)
  return holding
}

export async function valueSets(): Promise<ValueSet.Index> {
  return (await import('../../shared/ValueSets.ts')).index
}

/** The wallet is locked. */
export class LockedError extends Error {
  override readonly name = 'Desk.LockedError'
  constructor() {
    super('The wallet is locked.')
  }
}
