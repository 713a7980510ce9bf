import { AbiCoder, type Contract, keccak256 } from 'ethers'

export type AuditEntry = {
  readonly action: string
  readonly subject: string
  readonly head: bigint
  readonly details: string
}

/** All entries of a contract, oldest first. */
export async function auditEntries(contract: Contract): Promise<readonly AuditEntry[]> {
  const logs = await contract.queryFilter('AuditEntry', 0)
  return logs.map((log) => {
    const args = contract.interface.decodeEventLog('AuditEntry', log.data, log.topics)
    return { action: args.action, subject: args.subject, head: args.head, details: args.details }
  })
}

/** The head after each entry, computed from actions, subjects and details alone. */
export function recomputedHeads(entries: readonly AuditEntry[]): readonly bigint[] {
  const heads: bigint[] = []
  for (const { action, subject, details } of entries) {
    const previous = heads.at(-1) ?? 0n
    const hash = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ['uint256', 'bytes32', 'bytes32', 'bytes32'],
        [previous, action, subject, keccak256(details)],
      ),
    )
    heads.push((((previous >> 200n) + 1n) << 200n) | BigInt.asUintN(200, BigInt(hash)))
  }
  return heads
}
