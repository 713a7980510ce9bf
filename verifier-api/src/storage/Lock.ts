import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Holds a folder until it is released or the process ends, however it ends. */
export type Lock = { readonly release: () => void }

/**
 * Takes the folder for this process alone. PGlite has no lock of its own, and two openers lose each other's rows.
 *
 * The lock is the kernel's, on the file `<folder>.lock`, taken by way of SQLite's exclusive transaction because Node
 * has no call for it: kill -9 frees it at once, and no stall, suspended machine or foreign clock can make it look
 * abandoned, as locks go that are kept alive by a timer.
 */
export function take(folder: string): Lock {
  mkdirSync(join(folder, '..'), { recursive: true, mode: 0o700 })
  const file = new DatabaseSync(`${folder.replace(/\/+$/, '')}.lock`, { timeout: 0 })
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    throw new FolderTakenError({ folder, cause })
  }
  return { release: () => file.isOpen && file.close() }
}

/** Another process, or this one a second time, has the embedded database open. */
export class FolderTakenError extends Error {
  override readonly name = 'Lock.FolderTakenError'
  constructor({ folder, cause }: { folder: string; cause: unknown }) {
    super(
      `The embedded database in ${folder} is open already. One process may have it; for more, set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    )
  }
}
