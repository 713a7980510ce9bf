/**
 * Every sample policy on every sample patient and every synthetic bundle: what was read off the documents by hand is
 * what the evaluator, the dry run and the circuit say.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import * as Stage from '../../../samples/Stage.ts'
import type * as Issue from '../../src/issue.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import { evaluate } from '../evaluator.ts'
import { byBundles, bySamples, haveFolder, mustHaveFolder, samples } from '../expectations.ts'
import { isMet, nameOf, type Outcomes, outcomes } from '../outcomes.ts'
import * as SampleCase from './sampleCase.ts'
import * as Scene from './scene.ts'

const valueSets = [...Stage.valueSets().byName.values()]

it.runIf(mustHaveFolder)('the FHIR bundles are there, as MEDSEAL_REQUIRE says they must be', () => {
  expect(haveFolder).toBe(true)
})

describe('the table', () => {
  const everything = [...bySamples, ...byBundles].map(([file, day]) => ({ file, day }))
  const names = new Set(everything.map(({ file }) => nameOf(file)))

  it('has every sample policy', () => {
    const files = readdirSync(join(samples, '../policies')).map((file) => file.replace('.json', ''))
    expect(outcomes.map(({ policy }) => policy).sort()).toEqual(files.sort())
  })

  it.each(outcomes)(
    'names documents that there are, each once, for $id $policy',
    ({ meets, misses, byOneClause = [] }) => {
      const named = [...Object.keys(meets), ...Object.keys(misses)]
      expect(new Set(named).size).toBe(named.length)
      expect(Object.keys(misses)).toEqual(expect.arrayContaining([...byOneClause]))
      const days = new Set(everything.map(({ file, day }) => `${nameOf(file)} ${day}`))
      for (const key of named) expect(names.has(key) || days.has(key) ? key : `nobody is ${key}`).toBe(key)
    },
  )

  it.each(outcomes)('accepts two of the sample patients at least and refuses two, for $id $policy', (row) => {
    const met = bySamples.filter(([file, day]) => isMet(row, file, day)).length
    expect(met).toBeGreaterThanOrEqual(2)
    expect(bySamples.length - met).toBeGreaterThanOrEqual(2)
  })
})

describe.each(SampleCase.documents)('$file as of $day', (document) => {
  let content: Issue.Content
  let subject: Omit<Eligibility.Case, 'policy'>
  beforeAll(() => {
    content = SampleCase.contentOf(document)
    subject = SampleCase.caseOf(content)
  })

  const rows = outcomes.map((row) => [row.id, whyOf(row, document), row] as const)
  it.each(rows)('%s: %s', async (_, __, row) => {
    const expected = isMet(row, document.file, document.day)
    const policy = SampleCase.policies.get(row.policy)
    if (!policy) throw new Error(`${row.policy} is not compiled.`)
    const { today, credential } = subject
    const circumstances = { today, asOf: content.asOf, valueSets, complete: credential.complete }
    expect(evaluate(policy.policy, content.attributes, circumstances).met).toBe(expected)
    const outcome = Eligibility.dryRun({ ...subject, policy })
    expect(outcome.met).toBe(expected)
    if (row.byOneClause?.includes(nameOf(document.file))) {
      expect(outcome.obstacles).toEqual([])
      expect(outcome.clauses.filter(({ holds }) => !holds)).toHaveLength(1)
    }
    const circuit = Eligibility.circuitFor(policy.words)
    const input = Eligibility.toCircuitInput({ ...subject, policy })
    expect(await Scene.calculates(circuit, input)).toBe(expected)
    expect(Scene.obeys(circuit, input)).toBe(expected)
  })
})

function whyOf({ meets, misses, others, ...row }: Outcomes, { file, day }: SampleCase.Document): string {
  const why = { ...misses, ...meets }
  const [, other] = others
  const met = isMet({ meets, misses, others, ...row }, file, day)
  return `${met ? 'yes' : 'no'}, ${why[`${nameOf(file)} ${day}`] ?? why[nameOf(file)] ?? other}`
}
