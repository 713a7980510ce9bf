import * as Hash from '../protocol/Hash.ts'
import type { IssuerId } from '../protocol/Issuer.ts'
import * as StatusList from '../protocol/StatusList.ts'
import * as Tree from '../protocol/Tree.ts'
import * as AuditLog from './AuditLog.ts'
import type * as Network from './Network.ts'

/** A mirror of the StakeholderRegistry, folded from its audit entries: what wallets prove against and auditors replay. */
export type Registry = {
  readonly issuers: Map<bigint, Issuer>
  readonly stakeholders: Map<bigint, Stakeholder>
  readonly tree: Tree.Tree
  /** Each root by when it became current, last first gone. */
  readonly roots: RootSpan[]
}

export type Stakeholder = { readonly roles: number; readonly key: string; readonly suspended: boolean }

/** An issuer as its leaf has it; the leaf is 0 while it is suspended and once it is removed. */
export type Issuer = {
  readonly stakeholderId: bigint
  readonly position: number
  readonly issuerId: IssuerId
  readonly roles: number
  /** Last valid day + 2^17. */
  readonly validUntil: number
  /** As its leaf has it. */
  readonly statusRoot: bigint
  /** The words published so far. No contract checks that they make `statusRoot`: see `find`. */
  readonly status: StatusList.StatusList
  readonly active: boolean
  /** For good, and whatever becomes of the stakeholder. */
  readonly removed: boolean
}

/** A stretch of time in which a root was current. */
export type RootSpan = {
  readonly root: bigint
  readonly epoch: bigint
  /** Unix seconds. */
  readonly since: bigint
  until?: bigint
}

/** How long a replaced root of the current epoch stays valid, in seconds. */
export const rootGrace = 3600n

export function create(): Registry {
  const tree = Tree.build([])
  return { issuers: new Map(), stakeholders: new Map(), tree, roots: [{ root: Tree.root(tree), epoch: 0n, since: 0n }] }
}

/** The registry as the chain tells it up to a block. */
export async function read(network: Network.Network, options: { toBlock?: number | 'latest' } = {}): Promise<Registry> {
  const registry = create()
  for (const entry of await AuditLog.read(network, ['StakeholderRegistry'], options)) apply(registry, entry)
  return registry
}

/**
 * Follows one entry.
 * @throws {MirrorError} when the chain's root is not the one its own entries lead to: then nothing may be relied on.
 */
export function apply(registry: Registry, entry: AuditLog.Entry): void {
  const id = BigInt(entry.subject)
  switch (entry.action) {
    case 'stakeholder.added':
      add(registry, id, entry)
      return
    case 'stakeholder.keyAccepted': {
      const [key] = AuditLog.decode(entry, ['address']) as [string]
      change(registry, id, { key })
      return
    }
    case 'stakeholder.suspended':
    case 'stakeholder.unsuspended': {
      const suspended = entry.action === 'stakeholder.suspended'
      change(registry, id, { suspended })
      changeIssuer(registry, id, entry, { active: !suspended && registry.issuers.get(id)?.removed === false })
      return
    }
    case 'issuer.removed':
      changeIssuer(registry, id, entry, { active: false, removed: true })
      return
    case 'issuer.extended': {
      const [, , validUntil] = AuditLog.decode(entry, ['uint256', 'uint64', 'uint32']) as [bigint, bigint, bigint]
      changeIssuer(registry, id, entry, { validUntil: Number(validUntil) })
      return
    }
    case 'issuer.status':
    case 'issuer.statusOverruled':
      followStatus(registry, id, entry)
  }
}

/**
 * Whether a proof against this root would be accepted now: the rule of `StakeholderRegistry.isValidRoot`.
 * @param now Unix seconds, not before the last entry applied.
 */
export function isValidRoot(registry: Registry, root: bigint, now: bigint): boolean {
  const current = registry.roots.at(-1)
  if (!current || root === 0n) return false
  if (current.root === root) return true
  const last = registry.roots.findLast((span) => span.root === root)
  return last?.until !== undefined && last.epoch === current.epoch && now < last.until + rootGrace
}

export function currentRoot(registry: Registry): bigint {
  return Tree.root(registry.tree)
}

/**
 * An active issuer by its id, with the path of its leaf. One whose published words do not make its root is not found
 * until it mends that: nothing can be proven under a list that is not public, and nobody else is the worse for it.
 */
export function find(registry: Registry, issuerId: IssuerId): { issuer: Issuer; path: Tree.Path } | undefined {
  for (const issuer of registry.issuers.values()) {
    const isServed = issuer.active && StatusList.root(issuer.status) === issuer.statusRoot
    if (isServed && issuer.issuerId === issuerId) return { issuer, path: Tree.open(registry.tree, issuer.position) }
  }
  return undefined
}

/** How many active issuers have one of these roles: a patient hides among so many. */
export function crowdOf(registry: Registry, rolesMask: bigint): number {
  return [...registry.issuers.values()].filter((i) => i.active && (BigInt(i.roles) & rolesMask) !== 0n).length
}

function add(registry: Registry, id: bigint, entry: AuditLog.Entry): void {
  const [addition, position] = AuditLog.decode(entry, [additionType, 'uint256']) as [Addition, bigint]
  const [key, , roles, , issuerId, validUntil, statusRoot] = addition
  registry.stakeholders.set(id, { roles: Number(roles), key, suspended: false })
  if (issuerId === 0n) return
  registry.issuers.set(id, {
    stakeholderId: id,
    position: Number(position),
    issuerId: issuerId as IssuerId,
    roles: Number(roles),
    validUntil: Number(validUntil),
    statusRoot,
    status: StatusList.create(),
    active: true,
    removed: false,
  })
  replaceLeaf(registry, id, entry, latestEpoch(registry))
}

function change(registry: Registry, id: bigint, changes: Partial<Stakeholder>): void {
  const known = registry.stakeholders.get(id)
  if (!known) throw new MirrorError({ rule: 'unknown-stakeholder' })
  registry.stakeholders.set(id, { ...known, ...changes })
}

function changeIssuer(registry: Registry, id: bigint, entry: AuditLog.Entry, changes: Partial<Issuer>): void {
  const known = registry.issuers.get(id)
  if (!known) return // Not everybody who is suspended issues records.
  registry.issuers.set(id, { ...known, ...changes })
  const [root, epoch] = AuditLog.decode(entry, ['uint256', 'uint64']) as [bigint, bigint]
  replaceLeaf(registry, id, entry, epoch, root)
}

function followStatus(registry: Registry, id: bigint, entry: AuditLog.Entry): void {
  const types = ['uint256', 'uint64', 'uint256', 'uint16[]', 'uint256[]']
  const [root, epoch, statusRoot, positions, words] = AuditLog.decode(entry, types) as [
    bigint,
    bigint,
    bigint,
    bigint[],
    bigint[],
  ]
  const issuer = registry.issuers.get(id)
  if (!issuer) throw new MirrorError({ rule: 'unknown-issuer' })
  StatusList.apply(
    issuer.status,
    positions.map((position, i) => ({ position: Number(position), word: words[i] ?? 0n })),
  )
  registry.issuers.set(id, { ...issuer, statusRoot })
  replaceLeaf(registry, id, entry, epoch, root)
}

function replaceLeaf(registry: Registry, id: bigint, entry: AuditLog.Entry, epoch: bigint, expected?: bigint): void {
  const issuer = registry.issuers.get(id)
  if (!issuer) throw new MirrorError({ rule: 'unknown-issuer' })
  Tree.update(registry.tree, issuer.position, issuer.active ? leafOf(issuer) : 0n)
  const root = Tree.root(registry.tree)
  if (expected !== undefined && expected !== root) throw new MirrorError({ rule: 'issuers-root' })
  const last = registry.roots.at(-1)
  if (last) last.until = entry.timestamp
  registry.roots.push({ root, epoch, since: entry.timestamp })
}

/** The leaf of an active issuer. */
export function leafOf(issuer: Issuer): bigint {
  const packed = (BigInt(issuer.roles) << 20n) | BigInt(issuer.validUntil)
  return Hash.tagged('ISSUER_LEAF', issuer.issuerId, packed, issuer.statusRoot)
}

function latestEpoch(registry: Registry): bigint {
  return registry.roots.at(-1)?.epoch ?? 0n
}

const additionType = 'tuple(address,address,uint16,bytes32,uint256,uint32,uint256)'
type Addition = [string, string, bigint, string, bigint, bigint, bigint]

/** What the chain published does not fit together, or this mirror missed some of it. */
export class MirrorError extends Error {
  override readonly name = 'Registry.MirrorError'
  constructor({ rule }: { rule: 'unknown-stakeholder' | 'unknown-issuer' | 'issuers-root' }) {
    super(`The registry's entries do not lead to what it says: rule "${rule}".`)
  }
}
