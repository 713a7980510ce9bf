import { parameters } from '../generated/parameters.ts'
import * as CodeSystem from '../protocol/CodeSystem.ts'
import * as Element from './Element.ts'

/** A code of a system that Medseal has a number for. */
export type Coding = { readonly system: CodeSystem.CodeSystem; readonly code: CodeSystem.CodeNumber }

/** What a CodeableConcept says, and what of it is lost. */
export type Concept = { readonly codings: readonly Coding[]; readonly lost: readonly Lost[] }

export type Lost = {
  readonly path: string
  readonly reason: 'unknown-system' | 'invalid-code' | 'ambiguous-code'
  /** The system that is not complete without it. */
  readonly system: CodeSystem.CodeSystem | undefined
}

/** Every different coding of a concept. @throws {Element.WrongTypeError} */
export function read(concept: Element.Element | undefined): Concept {
  const codings = new Map<string, Coding>()
  const lost: Lost[] = []
  for (const coding of concept ? Element.children(concept, 'coding') : []) {
    const uri = Element.text(coding, 'system')
    const code = Element.text(coding, 'code')
    const system = systemOf(uri)
    const number = system && code !== undefined ? encode(system, code) : undefined
    if (system && number !== undefined) codings.set(`${system} ${number}`, { system, code: number })
    else if (system)
      lost.push({ path: coding.path, reason: isAmbiguous(system, code) ? 'ambiguous-code' : 'invalid-code', system })
    else lost.push({ path: coding.path, ...unknownSystem(uri, code) })
  }
  return { codings: [...codings.values()], lost }
}

/** The codes of a concept that are of one system, as written: for statuses. @throws {Element.WrongTypeError} */
export function codesOf(concept: Element.Element, uri: string): readonly string[] {
  const codings = Element.children(concept, 'coding')
  const codes = codings
    .filter((coding) => Element.text(coding, 'system') === uri)
    .map((coding) => Element.text(coding, 'code'))
  return codes.filter((code) => code !== undefined)
}

/**
 * The system of a FHIR uri. Value sets are what the issuer finds, never what a document claims: their uris name no
 * system here.
 */
function systemOf(uri: string | undefined): CodeSystem.CodeSystem | undefined {
  if (uri === undefined) return undefined
  const system = CodeSystem.fromUri(otherUris.get(uri) ?? uri)
  return system === CodeSystem.everSet || system === CodeSystem.activeSet ? undefined : system
}

/** Of no system named, a code may be of any: then nobody knows which value sets it is in. */
function unknownSystem(uri: string | undefined, code: string | undefined): Pick<Lost, 'reason' | 'system'> {
  if (uri === undefined)
    return { reason: 'unknown-system', system: code === undefined ? undefined : CodeSystem.everSet }
  const meant = meantBy(uri)
  return meant ? { reason: 'invalid-code', system: meant } : { reason: 'unknown-system', system: anyOfHl7(uri) }
}

/**
 * The system a uri is meant to name that names none: a known one but for letter case, blanks, https, or a version or
 * an edition behind it. Nobody may guess which code that is, but a code of that system it is, and it is lost.
 */
function meantBy(uri: string): CodeSystem.CodeSystem | undefined {
  return systemsByPlainUri.get(plain(uri)) ?? systemsByPlainUri.get(plain(`urn:oid:${uri.trim()}`))
}

/** Two uris that differ in nothing that people mean by it are the same. SNOMED CT has its editions in its path. */
function plain(uri: string): string {
  const [address = ''] = uri.trim().toLowerCase().split(/[|#?]/)
  return address
    .replace(/^https:/, 'http:')
    .replace(/^http:\/\/www\./, 'http://')
    .replace(/\/+$/, '')
    .replace(/^(http:\/\/snomed\.info)\/.*$/, '$1/sct')
}

function encode(system: CodeSystem.CodeSystem, code: string): CodeSystem.CodeNumber | undefined {
  // No system of these has blanks in its codes, or other letters than the alphabet's own 26: they are slips, and the
  // base-40 number of a slip is a code that no value set lists. So are ICD's letters anywhere but in their places.
  if (!/^[!-~]+$/.test(code) || (isIcd10(system) && !icd10.test(code))) return undefined
  try {
    const written = system === 'NDC-11' ? elevenDigits(code) : code
    return written === undefined ? undefined : CodeSystem.encode(system, written)
  } catch (error) {
    if (error instanceof CodeSystem.InvalidCodeError) return undefined
    throw error
  }
}

/**
 * The eleven digits (5-4-2) of a National Drug Code. The dashed forms 4-4-2, 5-3-2, 5-4-1 and 5-4-2 say where the zero
 * goes. An asterisk holds the place of that zero in files of the FDA, with dashes or without; a twelfth digit, always a
 * leading zero, is of the VA's and of the coming 6-4-2 form (nlm.nih.gov/research/umls/rxnorm, NDC_Normalization_Code).
 */
function elevenDigits(code: string): string | undefined {
  const [, labeler = '', product = '', pack = ''] = dashed.exec(code) ?? undashed.exec(code) ?? []
  const segments = [labeler.slice(-5), product, pack].map((segment) => segment.replace('*', ''))
  // One zero is missing at most: nine digits are no code.
  if (segments.join('').length < 10) return undefined
  return segments.map((segment, i) => segment.padStart([5, 4, 2][i] ?? 0, '0')).join('')
}

const dashed = /^(0?\d{5}|\*?\d{4})-(\d{4}|\*?\d{3})-(\d{2}|\*?\d)$/
const undashed = /^(0?\d{5}|\*\d{4})(\d{4}|\*\d{3})(\d{2}|\*\d)$/

/** Ten digits without dashes are 4-4-2, 5-3-2 or 5-4-1: three different medicines. */
function isAmbiguous(system: CodeSystem.CodeSystem, code: string | undefined): boolean {
  return system === 'NDC-11' && code !== undefined && /^\d{10}$/.test(code)
}

/**
 * Other names of code systems: OIDs, as CDA documents name them and FHIR servers sometimes repeat, and HCPCS as claims
 * of CMS name it (hl7.org/fhir/R4/terminologies-systems.html, terminology.hl7.org).
 */
const otherUris: ReadonlyMap<string, string> = new Map([
  ['urn:oid:2.16.840.1.113883.6.96', 'http://snomed.info/sct'],
  ['urn:oid:2.16.840.1.113883.6.1', 'http://loinc.org'],
  ['urn:oid:2.16.840.1.113883.6.88', 'http://www.nlm.nih.gov/research/umls/rxnorm'],
  ['urn:oid:2.16.840.1.113883.6.90', 'http://hl7.org/fhir/sid/icd-10-cm'],
  ['urn:oid:2.16.840.1.113883.6.3', 'http://hl7.org/fhir/sid/icd-10'],
  ['urn:oid:2.16.840.1.113883.6.73', 'http://www.whocc.no/atc'],
  ['urn:oid:2.16.840.1.113883.6.69', 'http://hl7.org/fhir/sid/ndc'],
  ['urn:oid:2.16.840.1.113883.12.292', 'http://hl7.org/fhir/sid/cvx'],
  ['urn:oid:2.16.840.1.113883.6.12', 'http://www.ama-assn.org/go/cpt'],
  ['urn:oid:2.16.840.1.113883.6.285', 'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets'],
  [
    'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
  ],
  ['urn:oid:2.16.840.1.113883.6.4', 'http://www.cms.gov/Medicare/Coding/ICD10'],
  ['urn:oid:2.16.840.1.113883.5.4', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
])

const systemsByPlainUri: ReadonlyMap<string, CodeSystem.CodeSystem> = new Map(
  [...Object.values(parameters.systems).map(({ uri }) => uri), ...otherUris.keys()].flatMap((uri) => {
    const system = systemOf(uri)
    return system ? [[plain(uri), system] as const] : []
  }),
)

/** A letter, two places, and up to four more behind a dot: categories, and every code of WHO's and the US edition. */
const icd10 = /^[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4}|\.?-)?$/i

function isIcd10(system: CodeSystem.CodeSystem): boolean {
  return system === 'ICD-10-CM' || system === 'ICD-10'
}

/** Stands for all HL7 code systems: they share one completeness bit. */
function anyOfHl7(uri: string): CodeSystem.CodeSystem | undefined {
  const isHl7 = /^https?:\/\/(terminology\.hl7\.org|hl7\.org\/fhir)\/(?!sid\/)/.test(uri)
  return isHl7 ? 'HL7 AdministrativeGender' : undefined
}
