import { describe, expect, it } from 'vitest'
import * as CodeSystem from '../../prover/src/protocol/CodeSystem.ts'
import * as Random from '../../prover/src/protocol/Random.ts'
import * as Record from '../../prover/src/protocol/Record.ts'
import * as Tree from '../../prover/src/protocol/Tree.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

/** Every code of ICD-10's form of 3 to 5 characters, dots dropped: a letter, two digits, up to two more digits. */
function* icd10Codes(): Generator<string> {
  const digits = [...'0123456789']
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
    for (const category of digits.flatMap((a) => digits.map((b) => `${letter}${a}${b}`))) {
      yield category
      for (const subcategory of digits) {
        yield `${category}${subcategory}`
        for (const further of digits) yield `${category}${subcategory}${further}`
      }
    }
  }
}

describe('Salts', () => {
  const stride = Verdict.isFullDose ? 1 : 100
  it(`PRV-1 one in ${stride} of all ICD-10 codes, hashed without the salt, is neither leaf nor node of its path`, {
    timeout: Verdict.timeout,
  }, () => {
    const code = 'E11'
    const attributes = [
      Subject.attribute({ category: 'condition', system: 'ICD-10', code: CodeSystem.encode('ICD-10', code) }),
      Subject.birth('1980-02-29'),
    ]
    const { record } = Subject.scene({ policy: Subject.policy([Subject.predicate('ANY')]), attributes })
    const index = record.leaves.length - 1
    const leaf = Record.leafAt(record, index)
    // An onlooker who has leaf and path and knows all of the attribute but its code: day, value, neighbour, sum.
    const seen = new Set([Record.root(record) as bigint, ...Tree.open(record.tree, index).children.flat()])
    seen.delete(0n)
    const guess = (guessed: string, salt: bigint) => {
      const key = (leaf.key & ~(((1n << 64n) - 1n) << 32n)) | (CodeSystem.encode('ICD-10', guessed) << 32n)
      return Record.hashOf({ ...leaf, key: key as typeof leaf.key, salt })
    }
    let tried = 0
    let matches = 0
    let position = 0
    for (const guessed of icd10Codes()) {
      if (guessed !== code && position++ % stride !== 0) continue
      if (seen.has(guess(guessed, 0n))) matches++
      tried++
    }
    expect(tried).toBeGreaterThanOrEqual(Verdict.isFullDose ? 288_600 : 2886)
    expect(matches).toBe(0)
    // With the salt the guess would be found, so the search looks for the right thing.
    expect(seen.has(guess(code, leaf.salt))).toBe(true)
    expect(seen.has(guess('E10', leaf.salt))).toBe(false)
  })

  const salts = Verdict.isFullDose ? 1_000_000 : 100_000
  it(`PRV-1 no two of ${salts} salts are equal, and they fill 248 bits`, () => {
    const found = new Set<bigint>()
    let or = 0n
    let and = (1n << 248n) - 1n
    for (let i = 0; i < salts; i++) {
      const salt = Random.salt()
      found.add(salt)
      or |= salt
      and &= salt
    }
    expect(found.size).toBe(salts)
    expect(or).toBe((1n << 248n) - 1n)
    expect(and).toBe(0n)
  })

  it('PRV-1 every leaf of a record has a salt of its own, and a record made again has others', () => {
    const attributes = Array.from({ length: 200 }, (_, i) => Subject.attribute({ day: Subject.daysAgo(i) }))
    const records = [1, 2].map(() => Record.build(attributes, { asOf: Subject.today }))
    const all = records.flatMap(({ leaves }) => leaves.map(({ salt }) => salt))
    expect(new Set(all).size).toBe(402)
    const hashes = records.flatMap(({ leaves }) => leaves.map(Record.hashOf))
    expect(new Set(hashes).size).toBe(402)
  })
})
