import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as Npm from './running.ts'

// npm start -- --bundle FILE --policy FILE
// ├── exits 0 when the record meets the policy, and says what it proved
// ├── exits 3 when it does not, and sends no proof
// └── exits 2 when a file or the call is wrong, and starts nothing

const folder = mkdtempSync(join(tmpdir(), 'medseal-own-'))
/** Where npm runs its scripts, wherever it is called. */
const root = join(import.meta.dirname, '../..')
const patient = (name: string) => join(root, `samples/patients/${name}.json`)
const file = (name: string) => join(folder, name)
const policy = file('policy.json')

beforeAll(() => {
  const text = {
    medseal: 'policy/1',
    name: 'Type 2 diabetes',
    issuers: ['hospital'],
    record: { maximumAgeDays: 30 },
    require: { any: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' } },
  }
  writeFileSync(policy, JSON.stringify(text))
  writeFileSync(file('not-a-policy.json'), JSON.stringify({ ...text, require: { most: [] } }))
  writeFileSync(file('not-a-bundle.json'), '{"resourceType":"Bundle"')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tell = (bundle: string, rule: string, ...more: readonly string[]) =>
  Npm.start(root, '--bundle', bundle, '--policy', rule, ...more)

it('exits 0 when the record meets the policy', async () => {
  const story = tell(patient('adela'), policy)
  expect(await story.exit, story.said()).toBe(0)
  expect(story.said()).toContain('the record meets the policy')
  expect(story.said()).toContain('one receipt, sound; no trail broken')
})

it('exits 3 when it does not, and no proof is made', async () => {
  const story = tell(patient('freya'), policy)
  expect(await story.exit, story.said()).toBe(3)
  expect(story.said()).toContain('the record does not meet the policy')
  expect(story.said()).toContain('Prove.NotMetError')
  expect(story.said()).not.toContain('one receipt')
})

it.each([
  ['a bundle that is not there', file('none.json'), policy, []],
  ['a policy that is not there', patient('adela'), file('none.json'), []],
  ['a bundle that is none', file('not-a-bundle.json'), policy, []],
  ['a policy that is none', patient('adela'), file('not-a-policy.json'), []],
  ['a day that is none', patient('adela'), policy, ['--today', '2026-02-30']],
] as const)('exits 2 for %s, and starts nothing', async (_, bundle, rule, more) => {
  const story = tell(bundle, rule, ...more)
  expect(await story.exit, story.said()).toBe(2)
  expect(story.said()).toContain('Error: ')
  expect(story.said()).not.toContain('a chain started')
})

it('exits 2 for a bundle without a policy, and says how it is called', async () => {
  const story = Npm.start(root, '--bundle', patient('adela'))
  expect(await story.exit).toBe(2)
  expect(story.said()).toContain('npm start')
})
