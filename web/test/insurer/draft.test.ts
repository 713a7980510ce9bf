import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as PolicyFile from '@medseal/prover/protocol/PolicyFile'
import { describe, expect, test } from 'vitest'
import * as Draft from '../../src/insurer/Draft.ts'

const folder = join(import.meta.dirname, '../../../samples/policies')
const samples = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)

describe.each(samples)('%s', (_, text) => {
  const policy = Draft.parse(text) ?? {}
  const formulas = all(Draft.objectOf(policy.require) ?? {})

  test('form and text are of one source: showing it changes nothing', () => {
    expect(PolicyFile.parse(Draft.textOf(policy))).toEqual(PolicyFile.parse(text))
    for (const formula of formulas) {
      expect(Draft.kindOf(formula)).toBeDefined()
      if (Draft.membersOf(formula).length > 0)
        expect(Draft.withMembers(formula, Draft.membersOf(formula))).toEqual(formula)
    }
  })

  test('whatever a formula is turned into is a formula of that kind', () => {
    for (const formula of formulas)
      for (const kind of [...Draft.groups, ...Draft.predicates]) {
        const turned = Draft.turnInto(formula, kind)
        expect(Draft.kindOf(turned)).toBe(kind)
        expect(() => PolicyFile.parse(Draft.textOf({ ...policy, require: turned }))).not.toThrow()
      }
  })
})

test('a new policy is one a file may hold', () => {
  expect(() => PolicyFile.parse(Draft.textOf(Draft.blank))).not.toThrow()
})

test('what is no object is not shown as a form', () => {
  for (const text of ['', '[]', '1', 'null', '{']) expect(Draft.parse(text)).toBeUndefined()
})

test('an emptied field leaves no key behind', () => {
  expect(Draft.withKey({ a: 1, b: 2 }, 'a', '')).toEqual({ b: 2 })
  expect(Draft.withKey({ a: 1 }, 'a', 3)).toEqual({ a: 3 })
})

function all(formula: Draft.Json): Draft.Json[] {
  return [formula, ...Draft.membersOf(formula).flatMap(all)]
}
