import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Day from '../../prover/src/protocol/Day.ts'
import * as Eligibility from '../../prover/src/protocol/Eligibility.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

let circuit: Forge.BuiltTarget
let chain: Forge.Chain
beforeAll(async () => {
  circuit = Forge.open('eligibility-s')
  chain = await Forge.openChain()
})
afterAll(async () => {
  await chain.close()
  await endWorkers()
})

type Date = { readonly year: number; readonly month: number; readonly day: number }
const text = ({ year, month, day }: Date) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** Completed years, counted on the calendar: a 29 February is completed on 1 March of a common year. */
function completedYears(born: Date, on: Date): number {
  const hasHadBirthday = on.month > born.month || (on.month === born.month && on.day >= born.day)
  return on.year - born.year - (hasHadBirthday ? 0 : 1)
}

/** Records are signed once for a birth date and a day, whatever is asked of them. */
const scenes = new Map<string, Eligibility.Case>()

function on(born: Date, today: Date, limit: { min?: number; max?: number }, partialDay = false) {
  const name = `${text(born)} ${text(today)} ${partialDay}`
  const policy = Subject.policy([Subject.age(limit)])
  const known = scenes.get(name)
  const subject = known
    ? { ...known, policy }
    : Subject.scene({
        policy,
        attributes: [Subject.birth(text(born), { partialDay })],
        today: Day.parse(text(today)),
        statement: { complete: { ...Subject.complete, since: Day.parse('1900-01-01') } },
      })
  scenes.set(name, subject)
  return { subject, witness: circuit.calculate(Subject.toInput(subject, 'eligibility-s')) }
}

function says(born: Date, today: Date, limit: { min?: number; max?: number }, expected: boolean, partialDay = false) {
  const what = `born ${text(born)}, on ${text(today)}, ${JSON.stringify(limit)}`
  const { subject, witness } = on(born, today, limit, partialDay)
  if (expected) Verdict.accepted(circuit, witness, what)
  else Verdict.refused(circuit, witness, /clause\./, what)
  expect(Eligibility.dryRun(subject).met, what).toBe(expected)
}

const neighbours = (date: Date) =>
  [-1, 0, 1].map((change): Date => {
    const { year, month, dayOfMonth } = Day.toCivil((Day.parse(text(date)) + change) as Day.Day)
    return { year, month, day: dayOfMonth }
  })

describe('Ages', () => {
  it('CIR-10 births from 1900 to 1969 have their age, and pass no limit as large numbers', {
    timeout: Verdict.timeout,
  }, () => {
    const random = Verdict.seeded(10)
    for (let year = 1900; year < 1970; year += Verdict.isFullDose ? 1 : 6) {
      const born = { year, month: 1 + Math.floor(random() * 12), day: 1 + Math.floor(random() * 28) }
      const today = { year: 2026, month: 6, day: 15 }
      const age = completedYears(born, today)
      says(born, today, { min: age }, true)
      says(born, today, { min: age + 1 }, false)
      says(born, today, { max: age }, true)
      says(born, today, { max: age - 1 }, false)
      says(born, today, { max: 17 }, false)
    }
    says({ year: 1970, month: 1, day: 1 }, { year: 2026, month: 1, day: 1 }, { min: 56, max: 56 }, true)
    says({ year: 1969, month: 12, day: 31 }, { year: 2026, month: 1, day: 1 }, { min: 56, max: 56 }, true)
  })

  it('CIR-10 a limit turns on the birthday: the day before, of and after', () => {
    for (const born of [
      { year: 2008, month: 11, day: 15 },
      { year: 1961, month: 1, day: 1 },
      { year: 1999, month: 12, day: 31 },
      { year: 1955, month: 3, day: 1 },
    ]) {
      for (const limit of [18, 65]) {
        const birthday = { ...born, year: born.year + limit }
        for (const today of neighbours(birthday)) {
          const age = completedYears(born, today)
          says(born, today, { min: limit }, age >= limit)
          says(born, today, { max: limit - 1 }, age < limit)
        }
      }
    }
  })

  it('CIR-10 who is born on 29 February completes a year on that day, or on 1 March where there is none', () => {
    const born = { year: 2000, month: 2, day: 29 }
    for (const year of [2017, 2018, 2019, 2020, 2024]) {
      for (const [month, day] of [[2, 28], [3, 1], ...(year % 4 === 0 ? [[2, 29] as const] : [])] as const) {
        const today = { year, month, day }
        const age = completedYears(born, today)
        says(born, today, { min: 18 }, age >= 18)
        says(born, today, { min: age, max: age }, true)
        says(born, today, { min: age + 1 }, false)
        says(born, today, { max: age - 1 }, false)
      }
    }
  })

  it('CIR-10 a birth date known to the month meets no upper limit, whatever it is', () => {
    const born = { year: 2020, month: 5, day: 31 }
    const today = { year: 2026, month: 11, day: 15 }
    says(born, today, { max: 17 }, true)
    says(born, today, { max: 17 }, false, true)
    says(born, today, { min: 1, max: 150 }, false, true)
    says(born, today, { min: 6 }, true, true)
    says(born, today, { min: 7 }, false, true)
  })

  it('CIR-10 proofs of an age one day early are refused, on the birthday accepted', async () => {
    const born = { year: 2008, month: 11, day: 15 }
    const [before, of] = neighbours({ ...born, year: 2026 }) as [Date, Date]
    await Verdict.provenAndRefused(circuit, on(born, before, { min: 18 }).witness, chain)
    await Verdict.provenAndAccepted(circuit, on(born, of, { min: 18 }).witness, chain)
  })
})
