import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'

/** A code as the 64-bit number that keys and ranges are made of. Sorts as the code sorts. */
export type CodeNumber = bigint & Brand<'CodeNumber'>

export type CodeSystem = keyof typeof parameters.systems
export type Category = keyof typeof parameters.categories

/** An inclusive range of codes of one system: a single code, or all codes with one prefix. */
export type CodeRange = { readonly low: CodeNumber; readonly high: CodeNumber }

/** Number of the value sets a fact has ever been in, and of those it is in as of the record's date. */
export const everSet = 'value set (ever)' satisfies CodeSystem
export const activeSet = 'value set (active)' satisfies CodeSystem

/**
 * Digits of base 40, in order. The blank pads on the right and sorts lowest, so that a prefix is one range;
 * 40^12 < 2^64, hence at most twelve characters.
 */
export const alphabet = ' -/_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const longest = 12

export function numberOf(system: CodeSystem): number {
  return parameters.systems[system].number
}

export function categoryNumber(category: Category): number {
  return parameters.categories[category]
}

/**
 * The system a FHIR `Coding.system` names, or undefined where Medseal has no number for it. Value sets are none: a
 * document that could name one would put its patient into it.
 */
export function fromUri(uri: string): CodeSystem | undefined {
  const system = systemsByUri.get(uri)
  return system === everSet || system === activeSet ? undefined : system
}

export function fromNumber(number: number): CodeSystem | undefined {
  return systemsByNumber.get(number)
}

export function categoryFromNumber(number: number): Category | undefined {
  return categoriesByNumber.get(number)
}

/**
 * A code's number: numeric systems as the number itself (LOINC without its dash), the others in base 40.
 * @throws {InvalidCodeError} when the system cannot have such a code.
 */
export function encode(system: CodeSystem, code: string): CodeNumber {
  if (parameters.systems[system].coding === 'base40') return encodeText(code, system)
  const digits = system === 'LOINC' ? code.replace(/^(\d+)-(\d)$/, '$1$2') : code
  if (!/^\d{1,19}$/.test(digits) || (system === 'LOINC' && digits === code)) throw new InvalidCodeError({ system })
  const number = BigInt(digits)
  if (number >= 1n << 64n) throw new InvalidCodeError({ system })
  return number as CodeNumber
}

/** The code a number stands for, as its system writes it (letters upper-cased, dots dropped). */
export function decode(system: CodeSystem, number: CodeNumber): string {
  if (parameters.systems[system].coding === 'base40') return decodeText(number)
  const digits = number.toString()
  return system === 'LOINC' ? `${digits.slice(0, -1)}-${digits.slice(-1)}` : digits
}

/** The range of one code. */
export function single(system: CodeSystem, code: string): CodeRange {
  const number = encode(system, code)
  return { low: number, high: number }
}

/**
 * The range of all codes that start with `prefix`, e.g. E11 or C10AA.
 * @throws {InvalidCodeError} for a numeric system: its numbers have no prefix hierarchy.
 */
export function prefixed(system: CodeSystem, prefix: string): CodeRange {
  if (parameters.systems[system].coding !== 'base40') throw new InvalidCodeError({ system })
  const low = encodeText(prefix, system)
  const span = 40n ** BigInt(longest - normalise(prefix).length)
  return { low, high: (low + span - 1n) as CodeNumber }
}

/** A short text in base 40: codes of lettered systems, statuses, sexes. @throws {InvalidCodeError} */
export function encodeText(text: string, system?: CodeSystem): CodeNumber {
  const characters = normalise(text)
  if (characters.length === 0 || characters.length > longest) throw new InvalidCodeError({ system })
  let number = 0n
  for (const character of characters.padEnd(longest, ' ')) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) throw new InvalidCodeError({ system })
    number = number * 40n + BigInt(digit)
  }
  return number as CodeNumber
}

export function decodeText(number: bigint): string {
  let text = ''
  for (let rest = number, i = 0; i < longest; i++, rest /= 40n) text = alphabet[Number(rest % 40n)] + text
  return text.trimEnd()
}

function normalise(code: string): string {
  return code.toUpperCase().replaceAll('.', '')
}

const systems = Object.entries(parameters.systems) as [CodeSystem, (typeof parameters.systems)[CodeSystem]][]
const systemsByUri = new Map<string, CodeSystem>(systems.map(([name, { uri }]) => [uri, name]))
const systemsByNumber = new Map<number, CodeSystem>(systems.map(([name, { number }]) => [number, name]))
const categoriesByNumber = new Map<number, Category>(
  (Object.entries(parameters.categories) as [Category, number][]).map(([name, number]) => [number, name]),
)

/** The system has no such code. The code itself is not repeated: it may be a diagnosis. */
export class InvalidCodeError extends Error {
  override readonly name = 'CodeSystem.InvalidCodeError'
  constructor({ system }: { system?: CodeSystem | undefined }) {
    super(`Not a code ${system ? `of ${system}` : 'of at most 12 letters, digits, "-", "/" or "_"'}.`)
  }
}
