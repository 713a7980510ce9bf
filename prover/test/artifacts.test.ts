import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type BuiltCircuit, buildCircuits } from '../../circuits/build/build.ts'
import * as Artifacts from '../src/Artifacts.ts'
import * as ArtifactsFetch from '../src/ArtifactsFetch.ts'
import * as ArtifactsNode from '../src/ArtifactsNode.ts'

let enrolment: BuiltCircuit
let files: { wasm: Uint8Array; zkey: Uint8Array }
beforeAll(async () => {
  enrolment = (await buildCircuits({ names: ['enrolment'] })).enrolment
  files = { wasm: readFileSync(enrolment.wasm), zkey: readFileSync(enrolment.zkey) }
})

const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

describe('Artifacts', () => {
  it('takes the pinned files as they are', () => {
    const { circuit, wasm, zkey } = Artifacts.fromBytes('enrolment', files)
    expect(circuit).toBe('enrolment')
    expect(Buffer.compare(wasm, files.wasm)).toBe(0)
    expect(Buffer.compare(zkey, files.zkey)).toBe(0)
    expect(Buffer.isBuffer(zkey)).toBe(false)
  })

  it('refuses either file with one bit changed, wherever it is, and names the file', () => {
    for (const file of ['wasm', 'zkey'] as const) {
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

  it('loads a circuit once, for all who ask, and forgets a failure', async () => {
    const load = vi.fn<Artifacts.Source>().mockRejectedValueOnce(new Error('offline'))
    load.mockImplementation(async (circuit) => Artifacts.fromBytes(circuit, files))
    const source = Artifacts.cached(load)
    await expect(source('enrolment')).rejects.toThrow('offline')
    const [one, other] = await Promise.all([source('enrolment'), source('enrolment')])
    expect(one).toBe(other)
    expect(load).toHaveBeenCalledTimes(2)
  })
})

describe('ArtifactsNode', () => {
  it('reads a build, and says where there is none', async () => {
    const source = ArtifactsNode.fromPaths({ enrolment })
    expect((await source('enrolment')).zkey.length).toBe(files.zkey.length)
    await expect(source('eligibility-s')).rejects.toThrow(ArtifactsNode.NotBuiltError)
    const swapped = ArtifactsNode.fromPaths({ enrolment: { wasm: enrolment.zkey, zkey: enrolment.wasm } })
    await expect(swapped('enrolment')).rejects.toThrow(Artifacts.WrongHashError)
  })
})

describe('ArtifactsFetch', () => {
  it('fetches by hash, and refuses what is not the pinned file', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      const file = request.url?.includes('.zkey') ? 'zkey' : 'wasm'
      if (request.url?.startsWith('/missing/')) response.writeHead(404).end()
      else if (request.url?.startsWith('/wrong/')) response.end(flipped(files[file], 9))
      else response.end(files[file])
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const source = ArtifactsFetch.fromUrl(`${base}/right`)
      expect((await source('enrolment')).wasm.length).toBe(files.wasm.length)
      expect(asked.toSorted()).toEqual([
        `/right/enrolment.wasm?sha256=${enrolment.hashes.wasm}`,
        `/right/enrolment.zkey?sha256=${enrolment.hashes.zkey}`,
      ])
      await expect(ArtifactsFetch.fromUrl(`${base}/wrong/`)('enrolment')).rejects.toThrow(Artifacts.WrongHashError)
      await expect(ArtifactsFetch.fromUrl(`${base}/missing`)('enrolment')).rejects.toThrow('the server answers 404')
    } finally {
      server.close()
    }
  })
})
