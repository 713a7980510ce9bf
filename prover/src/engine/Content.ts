/** What is in a file, wherever that is: so that a key of many megabytes is never in memory as a whole. */
import { openPath } from '#files'

/** Bytes, or where they are read from: a Blob, which a browser keeps where it likes, or, in Node, a file on disk. */
export type Content = Uint8Array | Blob | { readonly path: string }

export type Reader = {
  readonly length: number
  /** @returns Bytes that may change with the next read. @throws {EndError} */
  readonly read: (from: number, length: number) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

export async function open(content: Content): Promise<Reader> {
  if (content instanceof Uint8Array) return inMemory(content)
  return content instanceof Blob ? ofBlob(content) : openPath(content.path)
}

export async function bytesOf(content: Content): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const reader = await open(content)
  try {
    return (await reader.read(0, reader.length)).slice()
  } finally {
    await reader.close()
  }
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
      return new Uint8Array(await blob.slice(from, from + length).arrayBuffer())
    },
    close: async () => undefined,
  }
}

/** A read beyond the end: the file is shorter than it says, or was when it was opened. */
export class EndError extends Error {
  override readonly name = 'Content.EndError'
  constructor() {
    super('A file ends before what was to be read of it.')
  }
}
