import { open } from 'node:fs/promises'
import { EndError, type Reader } from '../Content.ts'

/** A file on disk, read into one buffer again and again. */
export async function openPath(path: string): Promise<Reader> {
  const file = await open(path)
  const { size } = await file.stat().catch(async (cause) => {
    await file.close()
    throw cause
  })
  let buffer = new Uint8Array(0)
  return {
    length: size,
    async read(from, length) {
      if (buffer.byteLength < length) buffer = new Uint8Array(length)
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(buffer, done, length - done, from + done)
        if (bytesRead === 0) throw new EndError()
        done += bytesRead
      }
      return buffer.subarray(0, length)
    },
    close: () => file.close(),
  }
}
