import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../circuits/build/build.ts'
import * as Artifacts from '../src/Artifacts.ts'
import * as ArtifactsFetch from '../src/ArtifactsFetch.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'
import { type Files, fileNames } from '../src/engine/Engine.ts'

let enrolment: BuiltCircuit
let files: Files
beforeAll(async () => {
  enrolment = (await buildCircuits({ names: ['enrolment'] })).enrolment
  const bytes = fileNames.map((file) => [file, readFileSync(enrolment[file])])
  files = Object.fromEntries(bytes) as Files
})

const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

describe('Artifacts', () => {
  it('takes the pinned files as they are', () => {
    const taken = Artifacts.fromBytes('enrolment', files)
    expect(taken.circuit).toBe('enrolment')
    for (const file of fileNames) expect(Buffer.compare(taken[file], files[file])).toBe(0)
    expect(Buffer.isBuffer(taken.zkey)).toBe(false)
  })

  it('refuses each file with one bit changed, wherever it is, and names the file', () => {
    for (const file of fileNames) {
      const { length } = files[file]
      for (const at of [0, Math.floor(length / 2), length - 1]) {
        const changed = { ...files, [file]: flipped(files[file], at) }
        expect(() => Artifacts.fromBytes('enrolment', changed)).toThrow(
          `The ${file} of circuit "enrolment" is not the one this prover was built for`,
        )
      }
    }
    expect(() => Artifacts.fromBytes('enrolment', { ...files, zkey: files.zkey.slice(0, -1) })).toThrow(
      Artifacts.WrongHashError,
    )
    expect(() => Artifacts.fromBytes('eligibility-s', files)).toThrow(Artifacts.WrongHashError)
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

  it('tells which file was wrong, so that it can be forgotten, and asks for it again', async () => {
    const forget = vi.fn(async () => undefined)
    const load = vi.fn<Artifacts.Load>().mockResolvedValueOnce(flipped(files.solver, 9)).mockResolvedValue(files.solver)
    const source = Artifacts.cached(load, forget)
    await expect(source('enrolment', ['solver'])).rejects.toThrow(Artifacts.WrongHashError)
    expect(forget.mock.calls).toEqual([['enrolment', 'solver']])
    expect((await source('enrolment', ['solver'])).solver.length).toBe(files.solver.length)
  })
})

describe('ArtifactsNode', () => {
  it('reads a build, and says where there is none', async () => {
    const source = ArtifactsNode.fromPaths({ enrolment })
    expect((await source('enrolment', fileNames)).zkey.length).toBe(files.zkey.length)
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
      expect((await source('enrolment', ['solver', 'zkey'])).solver.length).toBe(files.solver.length)
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
