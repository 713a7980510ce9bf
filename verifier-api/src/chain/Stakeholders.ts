import * as AuditLog from '@medseal/prover/chain/AuditLog'
import { parameters } from '@medseal/prover/generated/parameters'
import type { Selectable } from 'kysely'
import type * as Resource from '../resources/Stakeholder.ts'
import type { Db } from '../Services.ts'
import type { Database } from '../storage/Database.ts'

type Row = Selectable<Database['stakeholders']>

/** Follows what an entry of the StakeholderRegistry says of somebody's standing. */
export async function apply(db: Db, entry: Pick<AuditLog.Entry, 'action' | 'subject' | 'details'>): Promise<void> {
  const id = BigInt(entry.subject).toString()
  switch (entry.action) {
    case 'stakeholder.added': {
      const row = { id, ...added(entry), suspended: false }
      await db.insertInto('stakeholders').values(row).execute()
      return
    }
    case 'stakeholder.keyAccepted': {
      const [key] = decode(entry, ['address']) as [string]
      await change(db, id, { key: key.toLowerCase() })
      return
    }
    case 'stakeholder.suspended':
      await change(db, id, { suspended: true })
      return
    case 'stakeholder.unsuspended':
      await change(db, id, { suspended: false })
      return
    case 'issuer.removed':
      await change(db, id, { issuer_id: null })
  }
}

/** From all entries that are kept: after some were taken back. */
export async function rebuild(db: Db): Promise<void> {
  await db.deleteFrom('stakeholders').execute()
  const standing = ['stakeholder.added', 'stakeholder.keyAccepted', 'stakeholder.suspended', 'stakeholder.unsuspended']
  const entries = await db
    .selectFrom('audit_entries')
    .select(['action', 'subject', 'details'])
    .where('contract', '=', 'StakeholderRegistry')
    .where('action', 'in', [...standing, 'issuer.removed'])
    .orderBy('position')
    .execute()
  for (const entry of entries) await apply(db, entry)
}

export function toResource({ id, key, roles, suspended, issuer_id }: Row): Resource.Stakeholder {
  const names = Object.entries(parameters.roles).flatMap(([role, bit]) => ((roles >> bit) & 1 ? [role] : []))
  return { id, object: 'stakeholder', key, roles: names, suspended, issuerId: issuer_id }
}

async function change(db: Db, id: string, changes: Partial<Omit<Row, 'id'>>): Promise<void> {
  await db.updateTable('stakeholders').set(changes).where('id', '=', id).execute()
}

function added(entry: Pick<AuditLog.Entry, 'details'>): Pick<Row, 'key' | 'roles' | 'issuer_id'> {
  const [addition] = decode(entry, [additionType, 'uint256']) as [[string, string, bigint, string, bigint]]
  const [key, , roles, , issuerId] = addition
  return { key: key.toLowerCase(), roles: Number(roles), issuer_id: issuerId === 0n ? null : `${issuerId}` }
}

function decode(entry: Pick<AuditLog.Entry, 'details'>, types: readonly string[]): unknown[] {
  return AuditLog.decode(entry as AuditLog.Entry, types)
}

const additionType = 'tuple(address,address,uint16,bytes32,uint256,uint32,uint256)'
