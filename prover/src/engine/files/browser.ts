import type { Reader } from '../Content.ts'

/** A page has no paths: its files are Blobs. */
export async function openPath(_: string): Promise<Reader> {
  throw new NoPathsError()
}

/** Only Node reads files by their paths. */
export class NoPathsError extends Error {
  override readonly name = 'Content.NoPathsError'
  constructor() {
    super('A browser reads no file by its path.')
  }
}
