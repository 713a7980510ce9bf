import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { open, type Storage } from '../src/storage/open.ts'
import * as Portable from './Portable.ts'

const root = join(import.meta.dirname, '../..')

/** A migrated database in memory. Making one takes seconds, so the first is kept and the others begin as its copy. */
export async function openMemory(): Promise<Storage> {
  Portable.watch()
  const kept = join(root, '.cache/pglite', `${version()}.tar`)
  if (existsSync(kept)) return await open('pglite:memory', { dump: new Blob([readFileSync(kept)]) })
  const storage = await open('pglite:memory')
  if (storage.engine.kind !== 'pglite') return storage
  const dump = await storage.engine.pglite.dumpDataDir('none')
  mkdirSync(join(root, '.cache/pglite'), { recursive: true })
  writeFileSync(`${kept}.${process.pid}`, new Uint8Array(await dump.arrayBuffer()))
  renameSync(`${kept}.${process.pid}`, kept)
  return storage
}

/** Of all that a copy is made of: PGlite and the tables. */
function version(): string {
  const require = createRequire(import.meta.url)
  const hash = createHash('sha256')
  hash.update(readFileSync(join(require.resolve('@electric-sql/pglite'), '../../package.json')))
  const migrations = join(import.meta.dirname, '../src/storage/migrations')
  for (const name of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, name)))
  return hash.digest('hex').slice(0, 32)
}
