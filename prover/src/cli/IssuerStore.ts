import { rmSync, writeFileSync } from 'node:fs'
import * as IssuerFile from '../files/IssuerFile.ts'
import * as File from './File.ts'

/**
 * Changes what an issuer keeps: two commands at once must not give the same nonce or index, or lose a revocation. The
 * file is written before this returns, so that nothing leaves the issuer's hands that it does not remember.
 * @throws {BusyError} and what reading and writing throw, and `change`; then the file is as it was.
 */
export async function change<T>(path: string, act: (desk: IssuerFile.Desk) => T | Promise<T>): Promise<T> {
  return hold(path, async () => {
    const desk = File.readJson(path, [IssuerFile.kind])
    const result = await act(desk)
    File.writeJson(path, IssuerFile.kind.tag, IssuerFile.fieldsOf(desk), { force: true, secret: true })
    return result
  })
}

async function hold<T>(path: string, act: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    // A folder that is not there is for the reader of the file to tell.
    if (isTaken) throw new BusyError({ path, lock })
    return act()
  }
  try {
    return await act()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Another command is changing the issuer's file, or one was killed while it did. */
export class BusyError extends Error {
  override readonly name = 'IssuerDesk.BusyError'
  constructor({ path, lock }: { path: string; lock: string }) {
    super(`"${path}" is in use by another command. If there is none, remove "${lock}".`)
  }
}
