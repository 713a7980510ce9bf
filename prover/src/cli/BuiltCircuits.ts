import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Artifacts from '../Artifacts.ts'
import * as ArtifactsNode from '../ArtifactsNode.ts'
import { fileNames } from '../engine/Engine.ts'
import { type CircuitName, circuits } from '../generated/circuits.ts'

/** Where `npm run build` puts circuits: <name>/<hash of the sources>/circuit.wasm, .solver, .zkey and .json. */
const ofRepository = join(import.meta.dirname, '../../../.cache/circuits')

export const names = Object.keys(circuits) as readonly CircuitName[]

/** Artifacts of a folder: <circuit>.solver and so on, or the layout of the repository's build. */
export function source(folder?: string): Artifacts.Source {
  const found = names.flatMap((name) => {
    const paths = find(name, folder)
    return paths ? [[name, paths] as const] : []
  })
  return ArtifactsNode.fromPaths(Object.fromEntries(found))
}

/** Where a circuit's files are; undefined where there are none. Whether they are the pinned ones is for their reader. */
export function find(name: CircuitName, folder = ofRepository): ArtifactsNode.Paths | undefined {
  const flat = pathsIn(folder, name)
  // Not everybody needs every file: what is missing is said when it is asked for.
  if (existsSync(flat.zkey)) return flat
  const builds = existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : []
  const build = builds.find((hash) => isPinned(name, join(folder, name, hash)))
  if (build === undefined) return undefined
  return pathsIn(join(folder, name, build), 'circuit')
}

function pathsIn(folder: string, name: string): ArtifactsNode.Paths {
  const paths = fileNames.map((file) => [file, join(folder, `${name}.${file}`)])
  return Object.fromEntries(paths) as ArtifactsNode.Paths
}

/** Several versions may have been built: the one this prover was generated from counts. */
function isPinned(name: CircuitName, build: string): boolean {
  const summary = join(build, 'circuit.json')
  if (!existsSync(summary)) return false
  const { hashes } = JSON.parse(readFileSync(summary, 'utf8'))
  return fileNames.every((file) => hashes[file] === circuits[name].hashes[file])
}
