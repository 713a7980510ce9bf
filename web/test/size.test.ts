import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, it } from 'vitest'
import * as Build from '../../samples/Build.ts'

/** Bytes, gzipped, that a page may take before somebody can press its first button. */
const most = 300_000

/**
 * What a newcomer opens in each room: its frame, and the page at its address. Workers are in no manifest, and no first
 * button waits for one: the wallet's starts when one is pressed, the auditor's replays beside a frame that is there.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  app: ['Landing.tsx'],
  auditor: ['Auditor.tsx', 'Timeline.tsx'],
  insurer: ['Insurer.tsx', 'Requests.tsx'],
  issuer: ['Issuer.tsx', 'DeskPage.tsx'],
  patient: ['Room.tsx', 'Home.tsx'],
  registrar: ['Registrar.tsx', 'Stakeholders.tsx'],
}

/** Of Vite's manifest: a file that was built, and what it cannot begin without. */
type Chunk = { readonly file: string; readonly imports?: readonly string[]; readonly css?: readonly string[] }

let folder: string
let manifest: Readonly<Record<string, Chunk>>

beforeAll(async () => {
  folder = await Build.pages()
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))
})

it('looks at every room there is', () => {
  const source = join(import.meta.dirname, '../src')
  const folders = readdirSync(source).filter((name) => existsSync(join(source, name, 'routes.tsx')))
  expect(Object.keys(rooms).filter((name) => name !== 'app')).toEqual(folders.sort())
})

it.each([
  ...Object.entries(rooms),
  // Where a patient's first visit begins: the link.
  ['patient', ['Room.tsx', 'RequestPage.tsx']] as const,
])('%s %j: is there before 300 kB, gzipped', (room, pages) => {
  const chunks = ['index.html', ...pages.map((page) => `src/${room}/${page}`)]
  const files = new Set(chunks.flatMap((chunk) => filesOf(chunk)))
  const sizes = ['index.html', ...files].map(
    (file) => [file, gzipSync(readFileSync(join(folder, file))).length] as const,
  )
  const total = sizes.reduce((sum, [, size]) => sum + size, 0)
  expect(total, JSON.stringify(sizes)).toBeLessThan(most)
  // Something was counted: a page without its styles or a library's code would be a fault of this test.
  expect(total).toBeGreaterThan(100_000)
})

/** A chunk's file and styles, and those of all that it imports before it runs. */
function filesOf(name: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(name)) return []
  seen.add(name)
  const chunk = manifest[name]
  if (!chunk) throw new Error(`The manifest has no ${name}.`)
  const { file, imports = [], css = [] } = chunk
  return [file, ...css, ...imports.flatMap((each) => filesOf(each, seen))]
}
