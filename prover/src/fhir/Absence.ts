import type * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Coding from './Coding.ts'
import type * as Element from './Element.ts'
import * as Omission from './Omission.ts'

// Some documents say "no known allergy" by an AllergyIntolerance, and likewise of other things. Such a resource is no
// fact: it gives no attribute, and where it says that there is none, the category can be complete. Where it says that
// nothing is known, or that what is known was left out, the category is not.

/** The categories of which a document may state that there is nothing. */
export type AbsenceCategory = 'condition' | 'prescription' | 'allergy' | 'immunization' | 'procedure'

const ips = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips'

type Codes = { readonly [code: string]: Omission.Reason }

/**
 * Codes of SNOMED CT, from the International Patient Summary's value set "Absent or Unknown SNOMED" (HL7/fhir-ips,
 * 1.1.0), of allergies also HL7 Switzerland's (hl7ch, CHAllergyIntoleranceValueSet) and 160244002, which 716186003
 * replaced.
 */
const snomed: { readonly [category in AbsenceCategory]: Codes } = {
  allergy: {
    '716186003': 'no-known-allergy',
    '160244002': 'no-known-allergy',
    '409137002': 'no-known-allergy-of-a-kind',
    '428607008': 'no-known-allergy-of-a-kind',
    '429625007': 'no-known-allergy-of-a-kind',
    '428197003': 'no-known-allergy-of-a-kind',
    '716220001': 'no-known-allergy-of-a-kind',
    '1003774007': 'no-known-allergy-of-a-kind',
  },
  condition: { '160245001': 'no-known-condition' },
  prescription: { '787481004': 'no-known-medicine' },
  immunization: { '787482006': 'no-known-immunization' },
  procedure: { '787480003': 'no-known-procedure' },
}

/**
 * Codes of the International Patient Summary (hl7.org/fhir/uv/ips/STU1.1/CodeSystem-absent-unknown-uv-ips.html). Of
 * allergies it says that none are known. All its other "no-known" codes are defined as "none known, or those known
 * are not relevant for the purpose of this record": facts may have been left out on purpose.
 */
const summary: { readonly [category in AbsenceCategory]: Codes } = {
  allergy: {
    'no-known-allergies': 'no-known-allergy',
    'no-known-medication-allergies': 'no-known-allergy-of-a-kind',
    'no-known-environmental-allergies': 'no-known-allergy-of-a-kind',
    'no-known-food-allergies': 'no-known-allergy-of-a-kind',
    'no-allergy-info': 'no-information',
  },
  condition: { 'no-known-problems': 'none-relevant', 'no-problem-info': 'no-information' },
  prescription: { 'no-known-medications': 'none-relevant', 'no-medication-info': 'no-information' },
  immunization: { 'no-known-immunizations': 'none-relevant', 'no-immunization-info': 'no-information' },
  procedure: { 'no-known-procedures': 'none-relevant', 'no-procedure-info': 'no-information' },
}

/**
 * Why a resource of this code is no fact: it states an absence. Undefined where it states none; "contradicted" where
 * it names something all the same. Of several statements the one that says least counts.
 * @throws {Element.WrongTypeError}
 */
export function statedBy(code: Element.Element | undefined, category: AbsenceCategory): Omission.Reason | undefined {
  if (!code) return undefined
  const { codings, lost } = Coding.read(code)
  const reasons = [
    ...codings.map((coding) => reasonOf(coding, category)),
    ...Coding.codesOf(code, ips).map((name) =>
      Object.hasOwn(summary[category], name) ? summary[category][name] : undefined,
    ),
  ].filter((reason) => reason !== undefined)
  if (reasons.length === 0) return undefined
  // A code of a system unknown here is the same statement in other words; one that cannot be read may name something.
  const names = codings.some((coding) => reasonOf(coding, category) === undefined)
  if (names || lost.some(({ reason }) => reason !== 'unknown-system')) return 'contradicted'
  return reasons.find((reason) => !Omission.isExplained(reason)) ?? reasons.find(isOfAKind) ?? reasons[0]
}

function reasonOf({ system, code }: Coding.Coding, category: AbsenceCategory): Omission.Reason | undefined {
  return system === 'SNOMED CT' ? snomed[category][CodeSystem.decode(system, code)] : undefined
}

function isOfAKind(reason: Omission.Reason): boolean {
  return reason === 'no-known-allergy-of-a-kind'
}

/** The category of which there is nothing at all, by each reason that says so. "No known food allergy" says less. */
const deniedBy: { readonly [reason in Omission.Reason]?: AbsenceCategory } = {
  'no-known-allergy': 'allergy',
  'no-known-condition': 'condition',
  'no-known-medicine': 'prescription',
  'no-known-immunization': 'immunization',
  'no-known-procedure': 'procedure',
}

/**
 * The same omissions, where a statement that there is none of a category stands beside one: that statement is then
 * contradicted, and the category not complete. The fact stays in the record. Nobody can tell which of the two is out
 * of date, so nobody may sign on such a document that nothing else is missing; who keeps it has to mend it.
 * What has ended contradicts nothing: no allergy is known to somebody whose allergy is resolved.
 */
export function contradicted(
  omissions: readonly Omission.Omission[],
  attributes: readonly Attribute.Attribute[],
): readonly Omission.Omission[] {
  const standing = new Set<string>(attributes.filter(stands).map(({ category }) => category))
  return omissions.map((omission) => {
    const category = deniedBy[omission.reason]
    if (!category || !standing.has(category)) return omission
    return { ...omission, reason: 'contradicted', spoils: { categories: [category], systems: [] } }
  })
}

/** Whether a fact holds as of the record's date, or may. What was done cannot end. */
function stands({ category, active, bounded }: Attribute.Attribute): boolean {
  if (category === 'immunization' || category === 'procedure') return true
  // A condition or an allergy without a clinical status is the only one of its kind without a value.
  return active || (bounded && category !== 'prescription')
}
