/** What is in a file, wherever that is: a key of many megabytes need not be in memory as a whole. */
import { openPath } from '#files'

/** Bytes, or where they are read from: a Blob, which a browser keeps where it likes, or, in Node, a file on disk. */
export type Content = Uint8Array | Blob | { readonly path: string }

export type Reader = {
  readonly length: number
  /** @returns Bytes that may change with the next read. @throws {EndError} {UnreadableError} */
  readonly read: (from: number, length: number) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/** @throws {UnreadableError} */
export async function open(content: Content): Promise<Reader> {
  if (content instanceof Uint8Array) return inMemory(viewOf(content))
  return content instanceof Blob ? ofBlob(content) : readable(() => openPath(content.path))
}

/** @throws {UnreadableError} */
export async function bytesOf(content: Content): Promise<Uint8Array> {
  const { read, length, close } = await open(content)
  return read(0, length).finally(close)
}

/** Whether it can be read: a file on disk may be gone, and what a browser kept. */
export async function isReadable(content: Content): Promise<boolean> {
  try {
    const { read, length, close } = await open(content)
    await read(0, Math.min(1, length)).finally(close)
    return true
  } catch {
    return false
  }
}

/** Whether two are the same file, as far as that can be told without reading. */
export function isSame(one: Content, other: Content): boolean {
  return one === other || ('path' in one && 'path' in other && one.path === other.path)
}

/** Node's Buffer slices without copying, which nobody expects of an array of bytes. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A part of a file, so many bytes at a time, in their order. */
export async function readPieces(
  { read }: Reader,
  { start, length }: { readonly start: number; readonly length: number },
  bytes: number,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  for (let done = 0; done < length; done += bytes) take(await read(start + done, Math.min(bytes, length - done)))
}

function inMemory(bytes: Uint8Array): Reader {
  return {
    length: bytes.byteLength,
    read: async (from, length) => {
      if (from + length > bytes.byteLength) throw new EndError()
      return bytes.subarray(from, from + length)
    },
    close: async () => undefined,
  }
}

function ofBlob(blob: Blob): Reader {
  return {
    length: blob.size,
    read: async (from, length) => {
      if (from + length > blob.size) throw new EndError()
      return new Uint8Array(await readable(() => blob.slice(from, from + length).arrayBuffer()))
    },
    close: async () => undefined,
  }
}

async function readable<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (cause) {
    throw cause instanceof EndError ? cause : new UnreadableError({ cause })
  }
}

/** A file cannot be read, or not any more: it was removed, or a browser has lost it. */
export class UnreadableError extends Error {
  override readonly name = 'Content.UnreadableError'
  constructor({ cause }: { cause?: unknown } = {}) {
    super('A file that proofs are made with cannot be read.', { cause })
  }
}

/** A read beyond the end: the file is shorter than it says, or was when it was opened. */
export class EndError extends Error {
  override readonly name = 'Content.EndError'
  constructor() {
    super('A file ends before what was to be read of it.')
  }
}
