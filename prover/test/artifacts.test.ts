import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../circuits/build/build.ts'
import * as Artifacts from '../src/Artifacts.ts'
import * as ArtifactsFetch from '../src/ArtifactsFetch.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'
import * as Content from '../src/engine/Content.ts'
import { type FileName, fileNames } from '../src/engine/Engine.ts'

let enrolment: BuiltCircuit
let files: Readonly<Record<FileName, Uint8Array<ArrayBuffer>>>
let paths: Readonly<Record<FileName, { readonly path: string }>>
beforeAll(async () => {
  enrolment = (await buildCircuits({ names: ['enrolment'] })).enrolment
  files = Object.fromEntries(
    fileNames.map((file) => [file, new Uint8Array(readFileSync(enrolment[file]))]),
  ) as typeof files
  paths = Object.fromEntries(fileNames.map((file) => [file, { path: enrolment[file] }])) as typeof paths
})

const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

const sourceOf = (given: Readonly<Record<FileName, Content.Content>>) =>
  Artifacts.cached(async (_, file) => given[file])

describe('Artifacts', () => {
  it('takes the pinned files, wherever they are', async () => {
    const blobs = Object.fromEntries(fileNames.map((file) => [file, new Blob([files[file]])])) as Record<FileName, Blob>
    for (const given of [files, blobs, paths]) {
      const taken = await sourceOf(given)('enrolment', fileNames)
      expect(taken.circuit).toBe('enrolment')
      for (const file of fileNames) {
        expect(taken[file]).toBe(given[file])
        expect(Buffer.compare(await Content.bytesOf(taken[file]), files[file])).toBe(0)
      }
    }
  })

  it('refuses each file with one bit changed, wherever it is, and names the file', async () => {
    for (const file of fileNames) {
      const { length } = files[file]
      for (const at of [0, Math.floor(length / 2), length - 1]) {
        const changed = { ...files, [file]: flipped(files[file], at) }
        await expect(sourceOf(changed)('enrolment', fileNames)).rejects.toThrow(
          `The ${file} of circuit "enrolment" is not the one this prover was built for`,
        )
      }
    }
    const short = { ...files, zkey: files.zkey.slice(0, -1) }
    await expect(sourceOf(short)('enrolment', ['zkey'])).rejects.toThrow(Artifacts.WrongHashError)
    await expect(sourceOf(files)('eligibility-s', ['zkey'])).rejects.toThrow(Artifacts.WrongHashError)
  })

  it('loads a file once, for all who ask, none that nobody asked for, and forgets a failure', async () => {
    const load = vi.fn<Artifacts.Load>().mockRejectedValueOnce(new Error('offline'))
    load.mockImplementation(async (_, file) => files[file])
    const source = Artifacts.cached(load)
    await expect(source('enrolment', ['zkey'])).rejects.toThrow('offline')
    const [one, other] = await Promise.all([source('enrolment', ['zkey']), source('enrolment', ['zkey'])])
    expect(one.zkey).toBe(other.zkey)
    expect(load).toHaveBeenCalledTimes(2)
    await source('enrolment', ['solver', 'zkey'])
    expect(load.mock.calls.map(([, file]) => file)).toEqual(['zkey', 'zkey', 'solver'])
  })

  it('asks again for a file that cannot be read any more', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'medseal-artifacts-')), 'solver')
    writeFileSync(path, files.solver)
    const load = vi.fn<Artifacts.Load>(async () => ({ path }))
    const source = Artifacts.cached(load)
    await source('enrolment', ['solver'])
    await source('enrolment', ['solver'])
    expect(load).toHaveBeenCalledTimes(1)
    rmSync(path)
    await expect(source('enrolment', ['solver'])).rejects.toThrow(Content.UnreadableError)
    writeFileSync(path, files.solver)
    await source('enrolment', ['solver'])
    expect(load).toHaveBeenCalledTimes(3)
  })

  it('tells which file was wrong, so that it can be forgotten, and asks for it again', async () => {
    const forget = vi.fn(async () => undefined)
    const load = vi.fn<Artifacts.Load>().mockResolvedValueOnce(flipped(files.solver, 9)).mockResolvedValue(files.solver)
    const source = Artifacts.cached(load, forget)
    await expect(source('enrolment', ['solver'])).rejects.toThrow(Artifacts.WrongHashError)
    expect(forget.mock.calls).toEqual([['enrolment', 'solver']])
    expect((await source('enrolment', ['solver'])).solver).toBe(files.solver)
  })
})

describe('ArtifactsNode', () => {
  it('reads a build, and says where there is none', async () => {
    const source = ArtifactsNode.fromPaths({ enrolment })
    expect((await source('enrolment', fileNames)).zkey).toEqual(paths.zkey)
    await expect(source('eligibility-s', ['zkey'])).rejects.toThrow(ArtifactsNode.NotBuiltError)
    const { wasm, solver, zkey } = enrolment
    const swapped = ArtifactsNode.fromPaths({ enrolment: { wasm, solver: zkey, zkey: solver } })
    await expect(swapped('enrolment', ['zkey'])).rejects.toThrow(Artifacts.WrongHashError)
  })
})

describe('ArtifactsFetch', () => {
  it('fetches by hash, and refuses what is not the pinned file', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      const file = fileNames.find((name) => request.url?.includes(`.${name}`)) ?? 'zkey'
      if (request.url?.startsWith('/missing/')) response.writeHead(404).end()
      else if (request.url?.startsWith('/wrong/')) response.end(flipped(files[file], 9))
      else response.end(files[file])
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const source = ArtifactsFetch.fromUrl(`${base}/right`)
      const { solver } = await source('enrolment', ['solver', 'zkey'])
      expect(Buffer.compare(await Content.bytesOf(solver), files.solver)).toBe(0)
      expect(asked.toSorted()).toEqual([
        `/right/enrolment.solver?sha256=${enrolment.hashes.solver}`,
        `/right/enrolment.zkey?sha256=${enrolment.hashes.zkey}`,
      ])
      const [wrong, missing] = ['wrong/', 'missing'].map((folder) => ArtifactsFetch.fromUrl(`${base}/${folder}`))
      await expect(wrong?.('enrolment', ['zkey'])).rejects.toThrow(Artifacts.WrongHashError)
      await expect(missing?.('enrolment', ['zkey'])).rejects.toThrow('the server answers 404')
    } finally {
      server.close()
    }
  })
})
