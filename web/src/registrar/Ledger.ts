import * as AuditLog from '@medseal/prover/chain/AuditLog'
import * as Network from '@medseal/prover/chain/Network'
import * as Registry from '@medseal/prover/chain/Registry'
import { decodeBytes32String, id as keccakOf } from 'ethers'
import * as Chain from '../shared/chain/Chain.ts'
import * as Scheduled from './Scheduled.ts'

// What the room reads from the chain. Imported where it is wanted: the room opens before all of this is there.

/** In the order of `IVerifierRegistry.VerifierState`. */
const states = ['none', 'pending', 'active', 'retiring', 'retired', 'killed'] as const
/** In the order of `IVerifierRegistry.VerifierClass`. */
const classes = ['development', 'production'] as const

export type Verifier = {
  /** The circuit's name as bytes32. */
  readonly kind: string
  readonly circuit: string
  readonly version: bigint
  readonly address: string
  readonly state: (typeof states)[number]
  readonly class: (typeof classes)[number]
  readonly attestations: bigint
  readonly changesAt: bigint
  readonly keyHash: string
}

/** The registrar's address. */
export async function registrar(): Promise<string> {
  return Network.contract(await Chain.network(), 'StakeholderRegistry').getFunction('registrar')()
}

/** The StakeholderRegistry as its own entries tell it. */
export async function registry() {
  const network = await Chain.network()
  const entries = await AuditLog.read(network, ['StakeholderRegistry'])
  const registry = Registry.create()
  for (const entry of entries) Registry.apply(registry, entry)
  const contract = Network.contract(network, 'StakeholderRegistry')
  const delaySeconds: bigint = await contract.getFunction('ADDITION_DELAY')()
  const now = await Network.now(network)
  return { registry, scheduled: Scheduled.pending(entries), delaySeconds, now }
}

/** Each pair ever registered, from the entries; its standing, from the contract. */
export async function verifiers(): Promise<readonly Verifier[]> {
  const network = await Chain.network()
  const entries = await AuditLog.read(network, ['VerifierRegistry'])
  const contract = Network.contract(network, 'VerifierRegistry')
  const pairs = entries
    .filter(({ action }) => action === 'verifier.registered')
    .map((entry) => AuditLog.decode(entry, ['bytes32', 'uint32']) as [string, bigint])
  return Promise.all(
    pairs.map(async ([kind, version]) => {
      const entry = await contract.getFunction('entry')(kind, version)
      return {
        kind,
        circuit: decodeBytes32String(kind),
        version,
        address: entry.verifier,
        state: states[Number(entry.state)] ?? 'none',
        class: classes[Number(entry.class)] ?? 'development',
        attestations: entry.attestations,
        changesAt: entry.changesAt,
        keyHash: entry.keyHash,
      }
    }),
  )
}

/** What goes on chain of a licence. */
export function licenceHash(licence: string): string {
  return keccakOf(licence)
}
