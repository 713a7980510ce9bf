import { parameters } from '@medseal/prover/generated/parameters'
import * as Attribute from '@medseal/prover/protocol/Attribute'
import * as CodeSystem from '@medseal/prover/protocol/CodeSystem'
import * as Day from '@medseal/prover/protocol/Day'
import type * as Record from '@medseal/prover/protocol/Record'
import * as Unit from '@medseal/prover/protocol/Unit'
import * as Value from '@medseal/prover/protocol/Value'
import type * as ValueSet from '@medseal/prover/protocol/ValueSet'

/** A leaf of a record as people read it: plain data for a page. Secret, as the leaf is. */
export type Fact = {
  readonly category: CodeSystem.Category
  readonly system: CodeSystem.CodeSystem
  readonly code: string
  /** Name of the value set where the leaf says that a fact is in one. */
  readonly set?: string
  /** yyyy-mm-dd; null for demographics, which have no day. */
  readonly day: string | null
  readonly value: Shown
  /** The date was a month or a year, or was not told. */
  readonly partialDay: boolean
  /** The value is missing, unusable or a bound: it counts for no range. */
  readonly bounded: boolean
}

export type Shown =
  | { readonly kind: 'none' }
  | { readonly kind: 'decimal'; readonly decimal: string; readonly unit: string }
  | { readonly kind: 'date'; readonly day: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'prescription'; readonly daysSupply: number; readonly refills: number }

/** What a leaf says; undefined for the sentinel. */
export function ofLeaf(leaf: Pick<Record.Leaf, 'key' | 'value'>, valueSets: ValueSet.Index): Fact | undefined {
  const { category, system, code, dayField, partialDay, bounded } = Attribute.fieldsOf(leaf.key)
  const categoryName = CodeSystem.categoryFromNumber(category)
  const systemName = CodeSystem.fromNumber(system)
  if (!categoryName || !systemName) return undefined
  const isSet = systemName === CodeSystem.everSet || systemName === CodeSystem.activeSet
  const set = isSet ? valueSets.byNumber.get(Number(code))?.name : undefined
  const place = { category: categoryName, system: systemName, code }
  return {
    category: categoryName,
    system: systemName,
    code: CodeSystem.decode(systemName, code),
    ...(set !== undefined && { set }),
    day: categoryName === 'demographic' ? null : Day.format(Day.fromField(dayField)),
    value: bounded || isSet ? { kind: 'none' } : shown(place, leaf.value),
    partialDay,
    bounded,
  }
}

type Place = {
  readonly category: CodeSystem.Category
  readonly system: CodeSystem.CodeSystem
  readonly code: CodeSystem.CodeNumber
}

/** What a value is follows from category and code, as the FHIR importer wrote it. */
function shown({ category, system, code }: Place, value: Value.Value): Shown {
  if (value === Value.none) return { kind: 'none' }
  switch (category) {
    case 'demographic':
      return system === 'LOINC' && code === BigInt(parameters.birthDate.code) ? date(value) : text(value)
    case 'condition':
    case 'allergy':
      return text(value)
    case 'prescription':
    case 'dispense':
      return terms(value)
    case 'coverage':
      return date(value)
    case 'encounter':
      return { kind: 'code', code: CodeSystem.decode('SNOMED CT', value as bigint as CodeSystem.CodeNumber) }
    case 'charge':
      return { kind: 'decimal', decimal: Value.toDecimal(value), unit: '' }
    default: {
      const unit = system === 'LOINC' ? Unit.canonicalOf(code) : undefined
      return unit === undefined
        ? { kind: 'code', code: CodeSystem.decode('SNOMED CT', value as bigint as CodeSystem.CodeNumber) }
        : { kind: 'decimal', decimal: Value.toDecimal(value), unit }
    }
  }
}

function text(value: Value.Value): Shown {
  return { kind: 'text', text: CodeSystem.decodeText(value).toLowerCase() }
}

function date(value: Value.Value): Shown {
  try {
    return { kind: 'date', day: Day.format(Day.fromDateNumber(Number(value))) }
  } catch {
    return { kind: 'none' }
  }
}

/** The two of a prescription's packed terms that mean something to its patient. */
function terms(value: Value.Value): Shown {
  return {
    kind: 'prescription',
    refills: Number((value >> 13n) & 0x7fn),
    daysSupply: Number((value >> 20n) & 0x3ffn),
  }
}
