import * as Audit from '@medseal/prover/chain/Audit'
import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import type * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import * as Nodes from './Nodes.ts'

/** Everything the room shows, as plain data: a worker makes it and the page gets a copy. */
export type Replay = {
  readonly chainId: bigint
  readonly addresses: Network.Network['addresses']
  readonly report: Audit.Report
  /** What each receipt's proof speaks of, in the order of the report. */
  readonly signals: readonly ReturnType<typeof Audit.signalsOf>[]
  readonly entries: readonly AuditLog.Entry[]
  readonly trails: readonly Trail[]
  readonly issuers: readonly Issuer[]
  /** Of the issuer tree, leaves first; only nodes that are not empty. */
  readonly nodes: readonly Nodes.Level[]
  readonly root: bigint
}

/** One contract's hash chain. */
export type Trail = {
  readonly contract: Network.ContractName
  readonly entries: number
  readonly head: bigint
  /** Positions among its own entries. */
  readonly breaks: readonly number[]
}

export type Issuer = Omit<Registry.Issuer, 'status'> & {
  readonly leaf: bigint
  /** Whether the published words make the root that the chain has. */
  readonly fits: boolean
  /** Words with a revocation in them. */
  readonly words: readonly StatusList.Change[]
}

/** What the worker tells on the way. */
export type Told =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly replay: Replay }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }

/** Reads the chain and replays it. */
export async function run(
  network: Network.Network,
  onProgress: (progress: { done: number; total: number }) => void,
): Promise<Replay> {
  const trail = await Audit.read(network)
  const { entries, heads } = trail
  const total = entries.filter(({ action }) => action === 'eligibility.verified').length
  onProgress({ done: 0, total })
  const report = await Audit.judge(network, trail, { onReceipt: (done) => onProgress({ done, total }) })
  const registry = Registry.create()
  for (const entry of entries) if (entry.contract === 'StakeholderRegistry') Registry.apply(registry, entry)
  const trails = Audit.contracts.map((contract) => ({
    contract,
    entries: entries.filter((entry) => entry.contract === contract).length,
    head: heads.get(contract) ?? 0n,
    breaks: Audit.breaksOf(contract, trail),
  }))
  const issuers = [...registry.issuers.values()].map(plain)
  const { chainId, addresses } = network
  const signals = report.receipts.map((receipt) => Audit.signalsOf(network, receipt))
  const nodes = Nodes.of(issuers.map(({ position, leaf }) => [position, leaf] as const))
  return { chainId, addresses, report, signals, entries, trails, issuers, nodes, root: Registry.currentRoot(registry) }
}

function plain({ status, ...issuer }: Registry.Issuer): Issuer {
  return {
    ...issuer,
    leaf: Registry.leafOf({ ...issuer, status }),
    fits: StatusList.root(status) === issuer.statusRoot,
    words: status.words.flatMap((word, position) => (word === 0n ? [] : [{ position, word }])),
  }
}
