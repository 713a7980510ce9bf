import * as Artifacts from '@medseal/prover/Artifacts'
import { UnavailableError } from '@medseal/prover/ArtifactsFetch'
import { type CircuitName, circuits } from '@medseal/prover/generated/circuits'
import { reach } from './Chain.ts'

const name = 'medseal-artifacts'

/** Artifacts of this origin, kept by the browser from the first proof on. Checked against the pinned hashes each time. */
export function source(origin: string): Artifacts.Source {
  return Artifacts.cached(async (circuit) => {
    const urls = { wasm: urlOf(origin, circuit, 'wasm'), zkey: urlOf(origin, circuit, 'zkey') }
    const [wasm, zkey] = await Promise.all([load(circuit, 'wasm', urls.wasm), load(circuit, 'zkey', urls.zkey)])
    try {
      return Artifacts.fromBytes(circuit, { wasm, zkey })
    } catch (cause) {
      // What is not right must not be found again.
      const cache = await openCache()
      await Promise.all(Object.values(urls).map((url) => cache?.delete(url)))
      throw cause
    }
  })
}

/** The pinned hash goes along, so that no cache on the way serves those of another version. */
function urlOf(origin: string, circuit: CircuitName, file: 'wasm' | 'zkey'): string {
  return `${origin}/artifacts/${circuit}.${file}?sha256=${circuits[circuit].hashes[file]}`
}

async function load(circuit: CircuitName, file: 'wasm' | 'zkey', url: string): Promise<Uint8Array> {
  const cache = await openCache()
  const kept = await cache?.match(url)
  if (kept) return new Uint8Array(await kept.arrayBuffer())
  // This cache is the only one asked: bytes that were wrong must not come out of another again.
  const response = await reach(() => fetch(url, { cache: 'no-store' }))
  if (!response.ok) throw new UnavailableError({ circuit, file, status: response.status })
  // A full device proves all the same, and fetches again the next time.
  await cache?.put(url, response.clone()).catch(() => undefined)
  return new Uint8Array(await response.arrayBuffer())
}

/** There is none in a page that is not served securely. */
async function openCache(): Promise<Cache | undefined> {
  return typeof caches === 'undefined' ? undefined : await caches.open(name).catch(() => undefined)
}
