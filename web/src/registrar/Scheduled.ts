import * as AuditLog from '@medseal/prover/chain/AuditLog'

/** A stakeholder to be, as the StakeholderRegistry takes it. */
export type Addition = {
  readonly key: string
  readonly payout: string
  readonly roles: number
  readonly licenceHash: string
  readonly issuerId: bigint
  readonly validUntil: bigint
  readonly statusRoot: bigint
}

export type Scheduled = { readonly id: string; readonly addition: Addition; readonly eta: bigint }

const additionType =
  'tuple(address key, address payout, uint16 roles, bytes32 licenceHash, uint256 issuerId, uint32 validUntil, uint256 statusRoot)'

/** Additions that were announced and neither withdrawn nor carried out. */
export function pending(entries: readonly AuditLog.Entry[]): readonly Scheduled[] {
  const open = new Map<string, Scheduled>()
  for (const entry of entries) {
    if (entry.action === 'stakeholder.scheduled') {
      const [addition, eta] = AuditLog.decode(entry, [additionType, 'uint64']) as [Parameters<typeof plain>[0], bigint]
      open.set(entry.subject, { id: entry.subject, addition: plain(addition), eta })
    }
    if (entry.action === 'stakeholder.cancelled') open.delete(entry.subject)
    if (entry.action === 'stakeholder.added') {
      const [added] = AuditLog.decode(entry, [additionType, 'uint256']) as [Parameters<typeof plain>[0], bigint]
      const key = textOf(plain(added))
      for (const [id, { addition }] of open) if (textOf(addition) === key) open.delete(id)
    }
  }
  return [...open.values()]
}

function plain({
  key,
  payout,
  roles,
  licenceHash,
  issuerId,
  validUntil,
  statusRoot,
}: Omit<Addition, 'roles'> & { readonly roles: bigint }): Addition {
  return { key, payout, roles: Number(roles), licenceHash, issuerId, validUntil, statusRoot }
}

function textOf(addition: Addition): string {
  return Object.values(addition).join('/')
}
