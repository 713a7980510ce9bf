import * as Day from '@medseal/prover/protocol/Day'
import type * as FactModule from '../Fact.ts'
import type * as Holdings from '../Holdings.ts'
import type { Series } from '../Series.ts'
import * as Desk from './Desk.ts'

// What issuers gave, and what they are given for it.

export type RecordView = {
  readonly facts: readonly FactModule.Fact[]
  readonly series: readonly Series[]
}

/** An issuer by what the chain says of it. */
export type IssuerView = {
  readonly issuerId: string
  readonly stakeholderId: string
  readonly roles: readonly string[]
}

export async function credentials(desk: Desk.Desk): Promise<Holdings.Summary[]> {
  const { list } = await import('../Holdings.ts')
  return list(Desk.keeperOf(desk))
}

export async function receive(
  desk: Desk.Desk,
  text: string,
): Promise<Holdings.Summary & { readonly replaced: boolean }> {
  const { receive: take } = await import('../Holdings.ts')
  const now = new Date()
  const taken = await take(Desk.keeperOf(desk), await Desk.secretsOf(desk), {
    text,
    today: Day.ofUnixSeconds(now.getTime() / 1000),
    now: now.toISOString(),
  })
  desk.holdings.delete(taken.id)
  return taken
}

export async function removeCredential(desk: Desk.Desk, id: string): Promise<void> {
  const { remove } = await import('../Holdings.ts')
  await remove(Desk.keeperOf(desk), id)
  desk.holdings.delete(id)
}

export async function record(desk: Desk.Desk, id: string): Promise<RecordView> {
  const [{ ofLeaf }, Series] = await Promise.all([import('../Fact.ts'), import('../Series.ts')])
  const valueSets = await Desk.valueSets()
  const holding = await Desk.holdingOf(desk, id)
  const facts = holding.record.leaves.flatMap((leaf) => ofLeaf(leaf, valueSets) ?? [])
  return { facts, series: Series.of(facts) }
}

/** Who the issuers of the wallet's credentials are, where the chain can be asked. */
export async function issuers(desk: Desk.Desk): Promise<IssuerView[]> {
  const [Registry, { parameters }] = await Promise.all([
    import('@medseal/prover/chain/Registry'),
    import('@medseal/prover/generated/parameters'),
  ])
  const registry = await Registry.read(await Desk.networkOf(desk))
  return [...registry.issuers.values()].map(({ issuerId, stakeholderId, roles }) => ({
    issuerId: String(issuerId),
    stakeholderId: String(stakeholderId),
    roles: Object.entries(parameters.roles).flatMap(([role, bit]) => ((roles >> bit) & 1 ? [role] : [])),
  }))
}

/** The enrolment file for an invitation. */
export async function enrol(desk: Desk.Desk, invitation: string, { progress, signal }: Desk.Call): Promise<string> {
  const Enrolling = await import('../Enrolling.ts')
  return Enrolling.answer(await Desk.secretsOf(desk), {
    invitation,
    artifacts: await Desk.artifactsOf(desk),
    onPhase: ({ phase }) => progress({ phase }),
    signal,
  })
}
