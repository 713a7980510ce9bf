import type * as Attribute from '../protocol/Attribute.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Day from '../protocol/Day.ts'
import * as Value from '../protocol/Value.ts'
import * as DateTime from './DateTime.ts'
import * as Element from './Element.ts'
import * as Omission from './Omission.ts'
import * as Resource from './Resource.ts'

const birthDate = CodeSystem.encode('LOINC', '21112-8')
const sex = CodeSystem.encode('LOINC', '46098-0')
const dateOfDeath = CodeSystem.encode('LOINC', '81954-0')

const genders = ['male', 'female', 'other', 'unknown']

/** Demographics: birth date, sex, and date of death where there is one. @throws {Element.WrongTypeError} */
export function read(patient: Element.Element, context: Resource.Context): Resource.Reading {
  const { path } = patient
  const reason = Resource.obstacle(patient, context)
  if (reason) return Resource.leftOut(context, { path, reason, spoils: Resource.spoiling('demographic') })
  const replaced = replacement(patient)
  if (replaced) return Resource.leftOut(context, { path, reason: replaced, spoils: Omission.everything })
  const facts = [birthDateOf(patient, context), sexOf(patient, context), deathOf(patient, context)]
  return {
    ...Resource.emptyReading,
    taken: 1,
    attributes: facts.flatMap(({ attribute }) => attribute ?? []),
    remarks: facts.flatMap(({ remark }) => remark ?? []),
  }
}

/**
 * Both are modifiers (hl7.org/fhir/R4/patient-definitions.html): a Patient not in use may have been created in error,
 * and of one replaced by another the other is the patient, of whom there may be more to say.
 */
function replacement(patient: Element.Element): Omission.Reason | undefined {
  if (Element.children(patient, 'link').some((link) => Element.text(link, 'type') === 'replaced-by'))
    return 'other-subject'
  return Element.flag(patient, 'active') === false ? 'unknown-status' : undefined
}

type Fact = { readonly attribute?: Attribute.Attribute; readonly remark?: Omission.Remark }

function birthDateOf(patient: Element.Element, context: Resource.Context): Fact {
  const written = Element.text(patient, 'birthDate')
  return written === undefined ? {} : dateFact(written, { code: birthDate, path: `${patient.path}.birthDate`, context })
}

function sexOf(patient: Element.Element, context: Resource.Context): Fact {
  const gender = Element.text(patient, 'gender')
  if (gender === undefined) return {}
  if (genders.includes(gender)) return { attribute: demographic(context, { code: sex, value: Value.ofText(gender) }) }
  return {
    attribute: demographic(context, { code: sex }),
    remark: Resource.remark(context, { path: `${patient.path}.gender`, reason: 'unusable-value' }),
  }
}

/** A death without a date is a death all the same: an attribute whose value is not known. */
function deathOf(patient: Element.Element, context: Resource.Context): Fact {
  const withheld = ['deceasedDateTime', 'deceasedBoolean'].find((name) => Element.isWithheld(patient, name))
  if (withheld !== undefined) {
    const path = `${patient.path}.${withheld}`
    return { remark: Resource.remark(context, { path, reason: 'no-value', categories: ['demographic'] }) }
  }
  const written = Element.text(patient, 'deceasedDateTime')
  if (written !== undefined) {
    return dateFact(written, { code: dateOfDeath, path: `${patient.path}.deceasedDateTime`, context })
  }
  if (Element.flag(patient, 'deceasedBoolean') !== true) return {}
  return {
    attribute: demographic(context, { code: dateOfDeath, partialDay: true }),
    remark: Resource.remark(context, { path: `${patient.path}.deceasedBoolean`, reason: 'no-value' }),
  }
}

function dateFact(
  written: string,
  {
    code,
    path,
    context,
  }: { readonly code: CodeSystem.CodeNumber; readonly path: string; readonly context: Resource.Context },
): Fact {
  const date = DateTime.read(written, context)
  if (date === 'after-as-of') return { remark: Resource.remark(context, { path, reason: date }) }
  // Ages are only counted from 1800 on, and nobody older is a patient.
  if (date === 'invalid-date' || date.day < Day.fromCivil(1800, 1, 1)) {
    return { remark: Resource.remark(context, { path, reason: 'invalid-date', categories: ['demographic'] }) }
  }
  return { attribute: demographic(context, { code, value: Value.ofDate(date.day), partialDay: date.partialDay }) }
}

/** Demographics have no day of their own: they sit before every dated attribute. */
function demographic(
  { fact }: Resource.Context,
  {
    code,
    value,
    partialDay = false,
  }: {
    readonly code: CodeSystem.CodeNumber
    readonly value?: Value.Value
    readonly partialDay?: boolean
  },
): Attribute.Attribute {
  return {
    category: 'demographic',
    system: 'LOINC',
    code,
    day: Day.earliest,
    partialDay,
    value: value ?? Value.none,
    bounded: value === undefined,
    detail: 0n,
    active: false,
    fact: `${fact}#${CodeSystem.decode('LOINC', code)}`,
    time: '',
  }
}
