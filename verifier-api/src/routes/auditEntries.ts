import type { Selectable } from 'kysely'
import { z } from 'zod'
import { contractNames } from '../chain/Stretch.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as AuditEntry from '../resources/AuditEntry.ts'
import * as Common from '../resources/Common.ts'
import type { Services } from '../Services.ts'
import type { Database } from '../storage/Database.ts'

const query = Common.pageQuery.extend({
  contract: z.enum(contractNames).optional(),
  action: z
    .string()
    .regex(/^[a-zA-Z.]{1,60}$/)
    .optional(),
  subject: Common.word.optional(),
  order: z.enum(['asc', 'desc']).default('asc'),
})

export function routes({ database }: Services): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/audit-entries',
      tag: 'audit entries',
      summary: "The contracts' audit trails",
      description: "In the chain's order. Each trail chains by its heads: whoever reads all of it can check that.",
      access: 'public',
      query,
      answers: { 200: Common.pageOf(AuditEntry.auditEntry) },
      handle: async ({ query: { limit, cursor, order, ...filters } }) => {
        const { contract, action, subject } = filters
        const list = Page.list('audit-entries', contract, action, subject, order)
        const after = Page.after(list, cursor)
        let rows = database.selectFrom('audit_entries').selectAll()
        if (contract !== undefined) rows = rows.where('contract', '=', contract)
        if (action !== undefined) rows = rows.where('action', '=', action)
        if (subject !== undefined) rows = rows.where('subject', '=', subject)
        if (after !== undefined) rows = rows.where('position', order === 'asc' ? '>' : '<', after)
        const found = await rows
          .orderBy('position', order)
          .limit(limit + 1)
          .execute()
        const { data, next } = Page.of(list, found, limit, ({ position }) => position)
        return { status: 200, body: { data: data.map(toResource), next } }
      },
    }),
  ]
}

function toResource(row: Selectable<Database['audit_entries']>): AuditEntry.AuditEntry {
  const { id, contract, sequence, action, subject, details, head } = row
  return {
    id,
    object: 'audit_entry',
    contract,
    sequence,
    action,
    subject,
    details,
    head,
    blockNumber: row.block_number,
    transactionHash: row.transaction_hash,
    timestamp: row.timestamp.toISOString(),
  }
}
