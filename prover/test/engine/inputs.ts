/** An input of each circuit that is met; salts are by chance. */

import * as Eligibility from '../../src/protocol/Eligibility.ts'
import type { Policy } from '../../src/protocol/Policy.ts'
import { clinic } from '../clinic.ts'

export const names = ['enrolment', 'eligibility-s', 'eligibility-m', 'eligibility-l'] as const
export type Name = (typeof names)[number]

/** Fits the smallest circuit. */
const adult: Policy = {
  medseal: 'policy/1',
  name: 'Adult',
  issuers: ['hospital'],
  record: { maximumAgeDays: 30 },
  require: { age: { min: 18 } },
}

export function inputOf(circuit: Name): Eligibility.CircuitInput {
  if (circuit === 'enrolment') return { holderSecret: 5n, issuerId: 7n, context: 9n }
  const policy = circuit === 'eligibility-s' ? adult : 'glp1-type-2-diabetes'
  return Eligibility.toCircuitInput(clinic({ policy, patient: 'adela' }).subject, { circuit })
}
