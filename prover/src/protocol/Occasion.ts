import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as Day from './Day.ts'
import type { Scope } from './Scope.ts'

/** scope 160 | yyyymmdd 27 | day 20 | venue 40: what the contract says of one use. Public signal. */
export type Occasion = bigint & Brand<'Occasion'>

/** @param today Day of the proof: the contract takes its own day, one either way. */
export function of(scope: Scope, today: Day.Day): Occasion {
  const { date, day, venue } = parameters.occasion
  const dated = (scope << BigInt(date)) | BigInt(Day.toDateNumber(today))
  return (((dated << BigInt(day)) | Day.toField(today)) << BigInt(venue)) as Occasion
}
