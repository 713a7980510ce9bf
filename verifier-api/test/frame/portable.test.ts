import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { open } from '../../src/storage/open.ts'
import { openMemory } from '../memory.ts'
import * as Portable from '../Portable.ts'

// SQL that CockroachDB and YugabyteDB take, too
// ├── is all that the migrations are made of
// └── is what every test of the API is held to: what is refused throws where it is compiled

it('is all that the migrations are made of', async () => {
  Portable.watch()
  const storage = await open('pglite:memory')
  await storage.close()
  const tables = [...Portable.seen].filter((statement) => /^create table/.test(statement))
  expect(tables.length).toBeGreaterThanOrEqual(16)
  expect([...Portable.seen].flatMap(Portable.refusalsOf)).toEqual([])
})

it.each([
  'select pg_advisory_xact_lock(1)',
  'select pg_try_advisory_lock($1)',
  'create trigger a after insert on b execute function c()',
  'create or replace function a() returns trigger',
  'create table a (id bigserial primary key)',
  'create table a (id bigint generated always as identity)',
  'select * from a order by id limit $1 offset $2',
  'listen a',
  "select pg_notify('a', $1)",
  'lock table a in access exclusive mode',
  'do $$ begin end $$',
  'create extension pgcrypto',
  'alter table a add constraint b foreign key (c) references d deferrable initially deferred',
  'select ctid from a',
])('does not have: %s', (statement) => {
  expect(Portable.refusalsOf(statement)).not.toEqual([])
})

it('may name a column as it likes', () => {
  expect(Portable.refusalsOf('select "offset", "serial" from "trigger" where a = \'notify \'')).toEqual([])
})

it('throws where it is compiled', async () => {
  const storage = await openMemory()
  const { database } = storage
  expect(() => database.selectFrom('proofs').select('id').offset(1).compile()).toThrow(Portable.NotPortableError)
  await expect(sql`select pg_advisory_lock(1)`.execute(database)).rejects.toThrow(Portable.NotPortableError)
  await storage.close()
})
