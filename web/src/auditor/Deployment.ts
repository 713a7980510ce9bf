import type * as Network from '@medseal/prover/chain/Network'
import type { Deployment } from '@medseal/prover/files/DeploymentFile'
import { useSyncExternalStore } from 'react'

// Which contracts are replayed. The server names some; an auditor who has a deployment file of their own holds it against
// them. Kept while the page is open.

let own: Deployment | undefined
const listeners = new Set<() => void>()

/** The auditor's own, if they gave one. */
export function useOwn(): Deployment | undefined {
  return useSyncExternalStore(subscribe, () => own)
}

/** @throws {Form.BrokenError} */
export async function parse(text: string): Promise<Deployment> {
  const [Form, { kind }] = await Promise.all([
    import('@medseal/prover/files/Form'),
    import('@medseal/prover/files/DeploymentFile'),
  ])
  return Form.read(text, [kind])
}

export function choose(deployment: Deployment | undefined): void {
  own = deployment
  for (const listener of listeners) listener()
}

/** One text for each deployment. */
export function nameOf({ chainId, fromBlock, addresses }: Deployment): string {
  return [chainId, fromBlock, ...contracts.map((name) => addresses[name])].join('/').toLowerCase()
}

export type Difference = { readonly of: string; readonly own: string; readonly named: string }

/** What the server names otherwise. Its first block counts too: a later one would hide what was before. */
export function differences(own: Deployment, named: Deployment): readonly Difference[] {
  const pairs = [
    ['Chain', own.chainId, named.chainId],
    ['First block', own.fromBlock, named.fromBlock],
    ...contracts.map((name) => [name, own.addresses[name], named.addresses[name]] as const),
  ] as const
  return pairs
    .map(([of, mine, theirs]) => ({ of, own: String(mine).toLowerCase(), named: String(theirs).toLowerCase() }))
    .filter((pair) => pair.own !== pair.named)
}

/** @throws {OtherError} */
export function compare(own: Deployment, named: Deployment): void {
  const different = differences(own, named).map(({ of }) => of)
  if (different.length > 0) throw new OtherError({ different })
}

const contracts: readonly Network.ContractName[] = [
  'StakeholderRegistry',
  'VerifierRegistry',
  'PolicyRegistry',
  'ConsentRegistry',
  'NullifierStore',
  'EligibilityRegistry',
]

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The server names another deployment than the auditor's file. */
export class OtherError extends Error {
  override readonly name = 'Deployment.OtherError'
  constructor({ different }: { different: readonly string[] }) {
    super(`Nothing was replayed: this server names another deployment than your file (${different.join(', ')}).`)
  }
}
