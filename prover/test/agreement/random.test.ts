/** CIR-11: evaluator, dry run and constraints say the same of random records and policies. */
import { expect, it } from 'vitest'
import * as DryRun from '../../src/protocol/DryRun.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Record from '../../src/protocol/Record.ts'
import * as ValueSet from '../../src/protocol/ValueSet.ts'
import { isFullDose, type Random, seeded } from '../random.ts'
import { type RandomCase, randomCase, valueSets } from './randomCase.ts'
import * as Scene from './scene.ts'

/** Cases in all, and one in how many of them goes through the circuit as well. */
const doses: readonly (readonly [circuit: Eligibility.Circuit, cases: number, every: number])[] = isFullDose
  ? [
      ['eligibility-s', 10_000, 1],
      ['eligibility-m', 10_000, 1],
      ['eligibility-l', 10_000, 1],
    ]
  : [
      ['eligibility-s', 1_000, 7],
      ['eligibility-m', 500, 8],
      ['eligibility-l', 200, 10],
    ]

it.each(doses)(
  'CIR-11 %s: %i random cases, evaluator and dry run agree; of one in %i the circuit too',
  { timeout: isFullDose ? 4 * 3_600_000 : 300_000 },
  async (circuit, cases, every) => {
    const random = seeded(`CIR-11 ${circuit}`)
    const tally = { met: 0, formulaFalse: 0, otherObstacle: 0, proven: 0, refused: 0, otherLeaves: 0 }
    for (let i = 0; i < cases; i++) {
      // By turns among those that go through the circuit, by chance among the others.
      const inCircuit = i % every === 0
      const sought = inCircuit ? (i / every) % 2 === 0 : random.integer(2) === 0
      const drawn = randomCase(random, circuit, sought)
      const { expected } = drawn
      if (i > 0 && i % 1_000 === 0) console.info(`CIR-11 ${circuit}: ${i} cases agree`)
      const place = `case ${i} of MEDSEAL_SEED=${random.seed}, ${circuit}`
      const record = recordOf(drawn, random)
      expect(DryRun.run(drawn.compiled, evidenceOf(drawn, record)).met, `${place}: ${told(drawn)}`).toBe(expected.met)
      tally[expected.met ? 'met' : expected.formula ? 'otherObstacle' : 'formulaFalse']++
      if (!inCircuit) continue
      const subject = Scene.scene({ ...drawn, policy: drawn.compiled, record })
      const input = Eligibility.toCircuitInput(subject, { circuit })
      expect(Scene.obeys(circuit, input), `${place}, in the circuit: ${told(drawn)}`).toBe(expected.met)
      tally[expected.met ? 'proven' : 'refused']++
      if (i % (5 * every) === 0) expect(await Scene.calculates(circuit, input), place).toBe(expected.met)
      if (expected.met || random.integer(2) === 0) continue
      // No other leaves make it true.
      const slots = input.slotUsed as readonly bigint[]
      const others = slots.map(() => random.integer(record.leaves.length))
      expect(Scene.obeys(circuit, Scene.opening(input, record, others)), `${place}, ${others}`).toBe(false)
      tally.otherLeaves++
    }
    console.info(`CIR-11 ${circuit}: ${JSON.stringify(tally)}`)
    expect(Math.min(tally.met, cases - tally.met) / cases).toBeGreaterThanOrEqual(0.2)
    const checked = tally.proven + tally.refused
    expect(Math.min(tally.proven, tally.refused) / checked).toBeGreaterThanOrEqual(0.2)
  },
)

function recordOf({ facts, asOf }: RandomCase, random: Random): Record.OpenRecord {
  return Record.build([...facts, ...ValueSet.match(facts, valueSets, { asOf })], { asOf, salt: () => random.bits(248) })
}

function evidenceOf(drawn: RandomCase, record: Record.Record): DryRun.Evidence {
  return { ...drawn, record, credential: drawn }
}

/** What a disagreement is about. Invented patients: it may be printed. */
function told({ policy, facts, today, asOf, complete }: RandomCase): string {
  const text = { policy, facts, today, asOf, complete }
  return JSON.stringify(text, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}
