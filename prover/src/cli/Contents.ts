import * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Day from '../protocol/Day.ts'
import type * as Record from '../protocol/Record.ts'
import * as Unit from '../protocol/Unit.ts'
import * as Value from '../protocol/Value.ts'

/** An attribute for its owner's eyes. */
export type Fact = {
  readonly category: string
  readonly system: string
  readonly code: string
  /** Undefined for demographics, which have none. */
  readonly day?: string
  /** A decimal with its unit, a date, a code or a word. Undefined where there is none that can be read alone. */
  readonly value?: string
  readonly remarks: readonly ('date not whole' | 'value not comparable' | 'active')[]
}

export function ofAttributes(attributes: readonly Attribute.Attribute[]): Fact[] {
  return attributes.map(({ category, system, code, day, value, partialDay, bounded, active }) =>
    factOf({ category, system, code, day, value, partialDay, bounded, active }),
  )
}

/** Of a record as it was issued; the sentinel is no fact. */
export function ofRecord({ leaves }: Record.Record): Fact[] {
  return leaves.slice(1).map(({ key, value }) => {
    const { category, system, code, dayField, partialDay, bounded } = Attribute.fieldsOf(key)
    return factOf({
      category: CodeSystem.categoryFromNumber(category),
      system: CodeSystem.fromNumber(system),
      code,
      day: Day.fromField(dayField),
      value,
      partialDay,
      bounded,
      active: false,
    })
  })
}

type Raw = Pick<Attribute.Attribute, 'code' | 'day' | 'value' | 'partialDay' | 'bounded' | 'active'> & {
  readonly category: CodeSystem.Category | undefined
  readonly system: CodeSystem.CodeSystem | undefined
}

function factOf(raw: Raw): Fact {
  const { category, system, code, day, partialDay, bounded, active } = raw
  const shown = readableOf(raw)
  return {
    category: category ?? 'unknown',
    system: system ?? 'unknown',
    code: system === undefined ? String(code) : CodeSystem.decode(system, code),
    ...(category !== 'demographic' && { day: Day.format(day) }),
    ...(shown !== undefined && { value: shown }),
    remarks: [
      ...(partialDay ? (['date not whole'] as const) : []),
      ...(bounded ? (['value not comparable'] as const) : []),
      ...(active ? (['active'] as const) : []),
    ],
  }
}

/** What the value is follows from its code; what a prescription packs is not unpacked. */
function readableOf({ category, system, code, value, bounded }: Raw): string | undefined {
  if (bounded || value === Value.none) return undefined
  const unit = system === 'LOINC' ? Unit.canonicalOf(code) : undefined
  if (unit !== undefined) return `${Value.toDecimal(value)} ${unit}`
  if (category === 'demographic' && value < 100_000_000n) return Day.format(Day.fromDateNumber(Number(value)))
  if (category === 'prescription' || category === 'dispense') return undefined
  return value < longestConcept ? value.toString() : CodeSystem.decodeText(value)
}

/** SNOMED CT's identifiers have at most 18 digits; the least text in base 40 is greater. */
const longestConcept = 10n ** 18n
