/** A record matched against older sets than the policy asks for: the dry run and the circuit's header refuse it. */
import { describe, expect, it } from 'vitest'
import * as files from '../../../samples/files.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type { Formula, Policy } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as PolicyFile from '../../src/protocol/PolicyFile.ts'
import * as PolicyText from '../../src/protocol/PolicyText.ts'
import * as Record from '../../src/protocol/Record.ts'
import * as Scene from './scene.ts'

const today = Day.parse('2026-10-01')
const valueSets = files.valueSets()
const noStroke: Formula = { none: { category: 'condition', set: 'stroke' } }

const policyOf = (require: Formula, setsEdition?: number): Policy => ({
  medseal: 'policy/1',
  name: 'edition',
  issuers: ['hospital'],
  record: { maximumAgeDays: 0, completeFrom: { date: '1970-01-01' }, ...(setsEdition && { setsEdition }) },
  require,
})

/** An empty record, complete for conditions and sets, matched against this edition. */
function caseOf(policy: Policy, matchedWith: number): Eligibility.Case {
  return Scene.scene({
    policy: PolicyCompiler.compile(policy, { valueSets }),
    record: Record.build([], { asOf: today }),
    today,
    asOf: today,
    expires: today,
    complete: {
      categories: ['condition'],
      systems: ['value set (ever)', 'value set (active)'],
      setsEdition: matchedWith,
      since: Day.earliest,
    },
    issuerRoles: ['hospital'],
  })
}

describe('the edition a record was matched with', () => {
  it.each([
    [2, 1, false],
    [2, 2, true],
    [2, 3, true],
    [7, 6, false],
    [7, 7, true],
  ])('policy asks for %i, record matched with %i: %s', (asked, matchedWith, isMet) => {
    const subject = caseOf(policyOf(noStroke, asked), matchedWith)
    expect(Eligibility.dryRun(subject)).toMatchObject({ met: isMet, obstacles: isMet ? [] : ['sets-edition'] })
    const input = Eligibility.toCircuitInput(subject, { circuit: 'eligibility-s' })
    expect(Scene.obeys('eligibility-s', input)).toBe(isMet)
  })

  it('is asked for alike by the file and by the text a wallet compiles again', () => {
    const policy = policyOf(noStroke, 2)
    const compiled = PolicyCompiler.compile(policy, { valueSets })
    for (const again of [PolicyText.parse(PolicyText.print(policy)), PolicyFile.parse(PolicyFile.format(policy))]) {
      expect(PolicyCompiler.compile(again, { valueSets }).hash).toBe(compiled.hash)
    }
    expect(PolicyText.print(policy)).toContain('The value sets are of edition 2 or later')
    const [unstated, tooLow] = [policyOf(noStroke), policyOf(noStroke, 1)]
    for (const refused of [unstated, tooLow]) {
      const text = PolicyText.print(refused)
      expect(() => PolicyCompiler.compile(PolicyText.parse(text), { valueSets })).toThrow('record.setsEdition')
    }
  })
})
