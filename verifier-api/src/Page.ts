import { createHash } from 'node:crypto'
import { ApiError } from './errors.ts'

// Pages by key: a cursor says after which row the next page begins, so rows that come or go meanwhile move nothing.

/** What a route reads of its table: rows beyond `after` in the list's order, at most `limit`. */
export type Bounds = { readonly after: string | undefined; readonly limit: number }

type Query = { readonly limit: number; readonly cursor?: string | undefined }
type Page<row> = { readonly data: readonly row[]; readonly next: string | null }

/**
 * One page of a list whose rows are in the order of their ids:
 * `Page.read(Page.list('requests', principal.stakeholderId, query.state), query, (bounds) => …)`.
 */
export async function read<row extends { readonly id: string }>(
  list: List,
  query: Query,
  find: (bounds: Bounds) => Promise<readonly row[]>,
): Promise<Page<row>> {
  // One more than the page holds tells whether there is another page.
  const rows = await find({ after: after(list, query.cursor), limit: query.limit + 1 })
  return of(list, rows, query.limit, ({ id }) => id)
}

/** Name of a list with all that narrows it: a cursor of one list is refused by another. */
export type List = string

export function list(...parts: readonly (string | number | boolean | undefined)[]): List {
  return JSON.stringify(parts.map((part) => part ?? null))
}

/** Key of the last row of the page before; undefined for the first page. Throws ApiError where it is not of this list. */
export function after(of: List, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  const key = bytes.subarray(tagLength).toString('latin1')
  const isOurs = bytes.subarray(0, tagLength).equals(tagOf(of)) && bytes.toString('base64url') === cursor
  if (!isOurs || !/^[0-9A-Za-z_]{1,100}$/.test(key)) throw new ApiError('invalid-cursor', { field: 'cursor' })
  return key
}

/** The page that begins these rows, of which there is one more than `limit` where another page follows. */
export function of<row>(list: List, rows: readonly row[], limit: number, keyOf: (row: row) => string): Page<row> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const next = rows.length > limit && last !== undefined ? cursorOf(list, keyOf(last)) : null
  return { data, next }
}

function cursorOf(of: List, key: string): string {
  return Buffer.concat([tagOf(of), Buffer.from(key, 'latin1')]).toString('base64url')
}

/** No secret: whoever makes up a cursor only chooses where in their own list they read. */
function tagOf(of: List): Buffer {
  return createHash('sha256').update(of).digest().subarray(0, tagLength)
}

const tagLength = 8
