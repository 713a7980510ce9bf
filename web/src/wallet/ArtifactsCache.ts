import * as Artifacts from '@medseal/prover/Artifacts'
import { UnavailableError } from '@medseal/prover/ArtifactsFetch'
import type { FileName } from '@medseal/prover/engine/Engine'
import { type CircuitName, circuits } from '@medseal/prover/generated/circuits'
import { reach } from './Chain.ts'

const name = 'medseal-artifacts'

/** Artifacts of this origin, kept by the browser from the first proof on. Checked against the pinned hashes each time. */
export function source(origin: string): Artifacts.Source {
  // What is not right must not be found again.
  const forget = async (circuit: CircuitName, file: FileName) => {
    const cache = await openCache()
    await cache?.delete(urlOf(origin, circuit, file))
  }
  return Artifacts.cached((circuit, file) => load(origin, circuit, file), forget)
}

/** The pinned hash goes along, so that no cache on the way serves those of another version. */
function urlOf(origin: string, circuit: CircuitName, file: FileName): string {
  return `${origin}/artifacts/${circuit}.${file}?sha256=${circuits[circuit].hashes[file]}`
}

async function load(origin: string, circuit: CircuitName, file: FileName): Promise<Blob> {
  const url = urlOf(origin, circuit, file)
  const cache = await openCache()
  const kept = await cache?.match(url)
  if (kept) return kept.blob()
  // This cache is the only one asked: bytes that were wrong must not come out of another again.
  const response = await reach(() => fetch(url, { cache: 'no-store' }))
  if (!response.ok) throw new UnavailableError({ circuit, file, status: response.status })
  // A full device proves all the same, and fetches again the next time.
  const blob = await response.blob()
  await cache?.put(url, new Response(blob)).catch(() => undefined)
  return blob
}

/** There is none in a page that is not served securely. */
async function openCache(): Promise<Cache | undefined> {
  return typeof caches === 'undefined' ? undefined : await caches.open(name).catch(() => undefined)
}
