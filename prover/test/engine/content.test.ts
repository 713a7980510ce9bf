import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import * as Content from '../../src/engine/Content.ts'
import { NoPathsError, openPath } from '../../src/engine/files/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'medseal-content-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251)
const onDisk = (name: string) => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return { path }
}
// A view that does not begin where its memory does.
const view = Uint8Array.of(1, 2, 3, ...bytes).subarray(3)

describe('Content', () => {
  it.each([
    ['bytes', () => bytes],
    ['a view', () => view],
    ['a Blob', () => new Blob([bytes])],
    ['a path', () => onDisk('whole')],
  ] as const)('is read part by part, and as a whole: %s', async (_, content) => {
    const file = await Content.open(content())
    expect(file.length).toBe(bytes.length)
    for (const [from, length] of [
      [0, 1],
      [999, 1],
      [500, 0],
      [3, 700],
      [0, 1_000],
    ] as const) {
      expect([...(await file.read(from, length))]).toEqual([...bytes.subarray(from, from + length)])
    }
    await expect(file.read(990, 11)).rejects.toThrow(Content.EndError)
    const pieces: number[][] = []
    await Content.readPieces(file, { start: 10, length: 25 }, 10, (piece) => pieces.push([...piece]))
    expect(pieces.map(({ length }) => length)).toEqual([10, 10, 5])
    expect(pieces.flat()).toEqual([...bytes.subarray(10, 35)])
    await file.close()
    expect([...(await Content.bytesOf(content()))]).toEqual([...bytes])
  })

  it('is told that a file on disk ends early, when it was cut off after it was opened', async () => {
    const content = onDisk('cut')
    const file = await Content.open(content)
    truncateSync(content.path, 400)
    await expect(file.read(300, 200)).rejects.toThrow(Content.EndError)
    await file.close()
  })

  it('is no Buffer, whose slices are no copies, and begins where it should', async () => {
    const padded = Buffer.concat([Buffer.of(1, 2, 3), bytes])
    const file = await Content.open(padded.subarray(3))
    for (const part of [await file.read(0, 5), await Content.bytesOf(padded.subarray(3))]) {
      expect(Buffer.isBuffer(part)).toBe(false)
      expect([...part.slice(0, 5)]).toEqual([0, 1, 2, 3, 4])
    }
  })

  it('is told that there is no such file, and that there was one', async () => {
    const content = onDisk('gone')
    expect(await Content.isReadable(content)).toBe(true)
    rmSync(content.path)
    expect(await Content.isReadable(content)).toBe(false)
    await expect(Content.open(content)).rejects.toThrow(Content.UnreadableError)
    await expect(Content.bytesOf(content)).rejects.toThrow(Content.UnreadableError)
    expect(await Content.isReadable(bytes)).toBe(true)
    expect(await Content.isReadable(new Blob([]))).toBe(true)
  })

  it('is the same by identity, or by its path', () => {
    expect(Content.isSame(bytes, bytes)).toBe(true)
    expect(Content.isSame(bytes, bytes.slice())).toBe(false)
    expect(Content.isSame({ path: '/a' }, { path: '/a' })).toBe(true)
    expect(Content.isSame({ path: '/a' }, { path: '/b' })).toBe(false)
    expect(Content.isSame({ path: '/a' }, bytes)).toBe(false)
  })

  it('has no paths in a browser', async () => {
    await expect(openPath('/key')).rejects.toThrow(NoPathsError)
  })
})
