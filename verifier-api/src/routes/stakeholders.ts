import { sql } from 'kysely'
import { z } from 'zod'
import * as Stakeholders from '../chain/Stakeholders.ts'
import { ApiError } from '../errors.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Stakeholder from '../resources/Stakeholder.ts'
import type { Services } from '../Services.ts'

/** Decimal text sorts as numbers do once it is as long as the longest. */
const byNumber = sql<string>`lpad(id, 78, '0')`

export function routes({ database }: Services): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/stakeholders',
      tag: 'stakeholders',
      summary: 'Everybody the registrar has verified',
      access: 'public',
      query: Common.pageQuery.extend({ key: Common.address.optional() }),
      answers: { 200: Common.pageOf(Stakeholder.stakeholder) },
      handle: async ({ query: { limit, cursor, key } }) => {
        const list = Page.list('stakeholders', key?.toLowerCase())
        const after = Page.after(list, cursor)
        const rows = await database
          .selectFrom('stakeholders')
          .selectAll()
          .$if(key !== undefined, (q) => q.where('key', '=', key?.toLowerCase() ?? ''))
          .$if(after !== undefined, (q) => q.where(byNumber, '>', after?.padStart(78, '0') ?? ''))
          .orderBy(byNumber)
          .limit(limit + 1)
          .execute()
        const { data, next } = Page.of(list, rows, limit, ({ id }) => id)
        return { status: 200, body: { data: data.map(Stakeholders.toResource), next } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/stakeholders/{id}',
      tag: 'stakeholders',
      summary: 'One of them',
      access: 'public',
      params: z.object({ id: Common.stakeholderId }),
      answers: { 200: Stakeholder.stakeholder },
      handle: async ({ params: { id } }) => {
        const row = await database.selectFrom('stakeholders').selectAll().where('id', '=', id).executeTakeFirst()
        if (!row) throw new ApiError('not-found')
        return { status: 200, body: Stakeholders.toResource(row) }
      },
    }),
  ]
}
