import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '../Asked.ts'
import * as Chain from '../Chain.ts'
import * as Holdings from '../Holdings.ts'
import * as Keeper from '../Keeper.ts'
import * as Moment from '../Moment.ts'
import * as Narrowing from '../Narrowing.ts'
import type { Objection } from '../Objection.ts'
import * as Review from '../Review.ts'
import * as Timing from '../Timing.ts'
import * as Desk from './Desk.ts'

// What recipients ask. Nothing of a request leaves this module before it has been checked.

export type RequestView =
  | { readonly fit: false; readonly objections: readonly Objection[] }
  | {
      readonly fit: true
      readonly asked: Asked.Asked
      /** What the chain says the recipient is. */
      readonly roles: readonly string[]
      readonly parts: readonly Review.Part[]
      /** What this answer would narrow down, with the recipient's earlier ones. */
      readonly narrowed: readonly Narrowing.Narrowed[]
      /** Milliseconds; unknown before the first proof. */
      readonly estimate: number | undefined
    }

/** The request behind a link, as the API has it. @throws {Chain.UnreachableError} {NoSuchRequestError} */
export async function fetchRequest(desk: Desk.Desk, id: string): Promise<string> {
  const response = await Chain.reach(() => fetch(`${desk.origin}/v1/requests/${encodeURIComponent(id)}/object`))
  if (response.status === 404 || response.status === 410 || response.status === 409) throw new NoSuchRequestError()
  if (!response.ok) throw new Chain.UnreachableError({ cause: response.status })
  return response.text()
}

/** Checks a request and, when nothing stands against it, keeps it and says what it comes to. */
export async function review(desk: Desk.Desk, text: string): Promise<RequestView> {
  const keeper = Desk.keeperOf(desk)
  const [network, valueSets] = await Promise.all([Desk.networkOf(desk), Desk.valueSets()])
  const outcome = await Chain.reachable(() => Review.check(text, { network, valueSets, origin: desk.origin })).catch(
    (cause: unknown) => checkedBefore(desk, text, cause),
  )
  if ('objections' in outcome) return { fit: false, objections: outcome.objections }
  const isNew = desk.checked.get(outcome.digest)?.checked !== outcome
  if (isNew) desk.checked.set(outcome.digest, { checked: outcome, text, at: Moment.now() })
  const before = await Keeper.read<Asked.Asked>(keeper, Asked.nameOf(outcome.digest))
  const asked = before ?? askedOf(outcome, text)
  if (!before) await Keeper.write(keeper, { put: { [Asked.nameOf(asked.digest)]: asked } })
  const parts = Review.partsOf(outcome, await holdingsOf(desk), valueSets)
  // What a proof will take is fetched while the patient reads: proving then needs no network.
  void preload(desk, parts)
  const circuits = parts.map(({ circuit }) => circuit)
  return {
    fit: true,
    asked,
    roles: outcome.roles,
    parts,
    narrowed: await narrowedWith(keeper, asked),
    estimate: await Timing.estimate(keeper, circuits),
  }
}

/**
 * With the network cut, what the chain said of these very bytes while this wallet was open: it is what a proof without
 * a network is made against, and a record that was taken meanwhile is tried out on it.
 */
function checkedBefore(desk: Desk.Desk, text: string, cause: unknown): Review.Checked {
  const found = [...desk.checked.values()].find((one) => one.text === text)
  if (!found || !(cause instanceof Chain.UnreachableError)) throw cause
  return found.checked
}

/** Every request this wallet has kept, latest first. */
export async function asked(desk: Desk.Desk): Promise<Asked.Asked[]> {
  const all = await Keeper.list<Asked.Asked>(Desk.keeperOf(desk), 'asked/')
  return [...all.values()].sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1))
}

export async function decline(desk: Desk.Desk, digest: string): Promise<void> {
  await change(desk, digest, { state: 'declined', at: new Date().toISOString() })
}

/** Takes a request out of the wallet, and what was said of it. */
export async function forgetRequest(desk: Desk.Desk, digest: string): Promise<void> {
  await Keeper.write(Desk.keeperOf(desk), { remove: [Asked.nameOf(digest)] })
}

/** What each recipient's answers narrow down together, by recipient. */
export async function narrowed(
  desk: Desk.Desk,
): Promise<{ readonly recipientId: string; readonly narrowed: readonly Narrowing.Narrowed[] }[]> {
  const all = (await asked(desk)).filter(Asked.isAnswered)
  return [...new Set(all.map(({ recipientId }) => recipientId))].map((recipientId) => ({
    recipientId,
    narrowed: Narrowing.narrowed(all.filter((one) => one.recipientId === recipientId).map(({ known }) => known)),
  }))
}

/** The server names other contracts, and the patient takes them for right. */
export async function acceptNetwork(desk: Desk.Desk): Promise<void> {
  await Chain.repin(Desk.keeperOf(desk), desk.origin)
  delete desk.network
}

/** @throws {NoSuchRequestError} */
export async function askedOfDigest(desk: Desk.Desk, digest: string): Promise<Asked.Asked> {
  const found = await Keeper.read<Asked.Asked>(Desk.keeperOf(desk), Asked.nameOf(digest))
  if (!found) throw new NoSuchRequestError()
  return found
}

/** Puts an answer in the place of the one before, which may have come back. @throws {Store.FullError} */
export async function change(
  desk: Desk.Desk,
  digest: string,
  answer: Asked.Answer,
  returned?: Asked.Returned,
): Promise<Asked.Asked> {
  const before = await askedOfDigest(desk, digest)
  // Known once is known for good.
  const mayBeKnown = returned?.mayBeKnown || before.returned?.mayBeKnown === true
  const next = { ...before, answer, ...(returned && { returned: { ...returned, mayBeKnown } }) }
  await Keeper.write(Desk.keeperOf(desk), { put: { [Asked.nameOf(digest)]: next } })
  return next
}

async function narrowedWith(keeper: Keeper.Keeper, asked: Asked.Asked): Promise<Narrowing.Narrowed[]> {
  const all = await Keeper.list<Asked.Asked>(keeper, 'asked/')
  const others = [...all.values()].filter(
    (one) => one.recipientId === asked.recipientId && one.digest !== asked.digest && Asked.isAnswered(one),
  )
  const before = Narrowing.narrowed(others.map(({ known }) => known)).map((one) => JSON.stringify(one))
  const after = Narrowing.narrowed([...others.map(({ known }) => known), asked.known])
  return after.filter((one) => !before.includes(JSON.stringify(one)))
}

async function holdingsOf(desk: Desk.Desk) {
  const found = new Map<string, Awaited<ReturnType<typeof Desk.holdingOf>>>()
  for (const { id } of await Holdings.list(Desk.keeperOf(desk))) found.set(id, await Desk.holdingOf(desk, id))
  return found
}

async function preload(desk: Desk.Desk, parts: readonly Review.Part[]): Promise<void> {
  const source = await Desk.artifactsOf(desk)
  await import('./answering.ts')
  const { engine, prepare } = await import('../Proving.ts')
  await prepare().catch(() => undefined)
  for (const circuit of new Set(parts.map((part) => part.circuit))) {
    await source(circuit, engine.needs).catch(() => undefined)
  }
}

function askedOf({ digest, object, incoming }: Review.Checked, text: string): Asked.Asked {
  const { request, policies } = incoming
  const { note } = object.medseal_request
  return {
    digest,
    object: text,
    name: object.client_metadata.client_name,
    recipientId: String(request.recipientId),
    purpose: request.purpose,
    ...(note !== undefined && { note }),
    policyNames: PresentationRequest.policiesOf(object).map(({ name }) => name),
    consentRequired: request.consentRequired,
    program: request.program !== 0n,
    openedAt: new Date().toISOString(),
    expiresAt: new Date(Number(request.expiresAt) * 1000).toISOString(),
    known: policies.flatMap(Narrowing.knownBy),
    answer: { state: 'open' },
  }
}

/** There is no such request, or no longer. */
export class NoSuchRequestError extends Error {
  override readonly name = 'Requests.NoSuchRequestError'
  constructor() {
    super('There is no such request.')
  }
}
