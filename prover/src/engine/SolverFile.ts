/**
 * The file of a solver: how a circuit's wires follow from its inputs, as steps that each append numbers to a list.
 *
 * The list begins with 1 and the inputs. A sum appends a b + c, where a, b and c are sums of coefficients times numbers
 * of the list; `inverses` appends those of the last numbers, 0 for 0; `bits` the lowest bits of the last number, which
 * must be below that power of two. The last sums are checks: they must be 0. A wire's value is a number of the list.
 *
 * Layout: the letters "slvr"; then numbers as unsigned LEB128. Version. Inputs: how many signals, each with the bytes of
 * its name, the name, and how many values it has. Coefficients: how many, and 32 bytes each, little-endian. How many
 * steps, and those: a kind (0 sum, 1 inverses, 2 bits), and for a sum how many terms a, b and c have, and the terms, each
 * a coefficient's index and how far back in the list its number lies; for the others how many numbers they append. How
 * many checks there are, how many wires, and each wire's place in the list.
 */
export const version = 1

/** A coefficient's index, and a place in the list. */
export type Term = readonly [coefficient: number, place: number]
export type Sum = {
  readonly kind: 'sum'
  readonly a: readonly Term[]
  readonly b: readonly Term[]
  readonly c: readonly Term[]
}
export type Step = Sum | { readonly kind: 'inverses' | 'bits'; readonly count: number }

export type Signal = { readonly name: string; readonly count: number }

export type Program = {
  readonly signals: readonly Signal[]
  /** Below the field's order. */
  readonly coefficients: readonly bigint[]
  readonly steps: readonly Step[]
  readonly checks: number
  /** Of each wire, its place in the list. */
  readonly wires: readonly number[]
}

/** Sums that follow each other, or one of the other steps. */
export type Run = { readonly kind: Step['kind']; readonly count: number }

/** What a solver does, packed: as many words as there are terms, where programs have hundreds of thousands. */
export type Packed = {
  /** Values, of all signals together. */
  readonly inputs: number
  readonly coefficients: Uint8Array
  readonly runs: readonly Run[]
  /** A coefficient's index and a place in the list for each term, in turn. */
  readonly terms: Uint32Array
  /** Where a, b and c of each sum end, in terms. */
  readonly ends: Uint32Array
  /** Length of the list. */
  readonly length: number
  readonly checks: number
  readonly wires: Uint32Array
}

const magic = 0x72766c73
/** Of the list: more than a kernel's memory has room for. */
const mostNumbers = 2 ** 24
const kinds = ['sum', 'inverses', 'bits'] as const

export function write({ signals, coefficients, steps, checks, wires }: Program): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  const number = (value: number) => {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    bytes.push(rest)
  }
  for (let i = 0; i < 4; i++) bytes.push((magic >> (8 * i)) & 0xff)
  number(version)
  number(signals.length)
  for (const { name, count } of signals) {
    const text = new TextEncoder().encode(name)
    number(text.length)
    for (const byte of text) bytes.push(byte)
    number(count)
  }
  number(coefficients.length)
  for (const coefficient of coefficients) {
    for (let i = 0n; i < 32n; i++) bytes.push(Number((coefficient >> (8n * i)) & 0xffn))
  }
  number(steps.length)
  let length = 1 + signals.reduce((sum, { count }) => sum + count, 0)
  for (const step of steps) {
    number(kinds.indexOf(step.kind))
    if (step.kind === 'sum') {
      const forms = [step.a, step.b, step.c]
      for (const form of forms) number(form.length)
      for (const [coefficient, place] of forms.flat()) {
        number(coefficient)
        number(length - place)
      }
      length++
    } else {
      number(step.count)
      length += step.count
    }
  }
  number(checks)
  number(wires.length)
  for (const place of wires) number(place)
  return Uint8Array.from(bytes)
}

/** What inputs it takes, in their order. @throws {FormatError} */
export function readSignals(bytes: Uint8Array): readonly Signal[] {
  return signalsOf(reader(bytes))
}

/** @throws {FormatError} wherever the steps could not be taken. */
export function read(bytes: Uint8Array): Packed {
  const from = reader(bytes)
  const inputs = signalsOf(from).reduce((sum, { count }) => sum + count, 0)
  const coefficients = from.bytes(32 * from.number())
  const known = coefficients.byteLength / 32
  const { runs, length, ...sums } = stepsOf(from, { first: 1 + inputs, known })
  const checks = from.number()
  if (checks > (runs.at(-1)?.kind === 'sum' ? (runs.at(-1)?.count as number) : 0)) throw new FormatError()
  const wires = new Uint32Array(from.count())
  for (let wire = 0; wire < wires.length; wire++) wires[wire] = below(from.number(), length)
  if (!from.isAtEnd()) throw new FormatError()
  return { inputs, coefficients, runs, ...sums, length, checks, wires }
}

type Reader = ReturnType<typeof reader>

function reader(bytes: Uint8Array) {
  let at = 0
  /** Below 2^28. */
  const number = () => {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = at < bytes.byteLength ? (bytes[at++] as number) : 0x80
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new FormatError()
  }
  return {
    number,
    /** Of things that take a byte at least. */
    count: () => {
      const value = number()
      if (value > bytes.byteLength - at) throw new FormatError()
      return value
    },
    bytes: (length: number) => {
      if (length > bytes.byteLength - at) throw new FormatError()
      at += length
      return bytes.subarray(at - length, at)
    },
    isAtEnd: () => at === bytes.byteLength,
  }
}

function signalsOf(from: Reader): readonly Signal[] {
  const letters = from.bytes(4)
  if (new DataView(letters.buffer, letters.byteOffset).getUint32(0, true) !== magic) throw new FormatError()
  if (from.number() !== version) throw new FormatError()
  return Array.from({ length: from.count() }, () => {
    const name = new TextDecoder().decode(from.bytes(from.number()))
    return { name, count: from.number() }
  })
}

function stepsOf(from: Reader, { first, known }: { readonly first: number; readonly known: number }) {
  const runs: { kind: Step['kind']; count: number }[] = []
  let length = first
  let terms = new Uint32Array(2 ** 16)
  let ends = new Uint32Array(2 ** 12)
  let [written, ended] = [0, 0]
  for (let steps = from.count(); steps > 0; steps--) {
    const kind = kinds[from.number()]
    if (kind === undefined) throw new FormatError()
    if (kind !== 'sum') {
      const count = from.number()
      if (count === 0 || (kind === 'inverses' ? count > length : count > 254)) throw new FormatError()
      runs.push({ kind, count })
      length += below(count, mostNumbers - length)
      continue
    }
    const last = runs.at(-1)
    if (last?.kind === 'sum') last.count++
    else runs.push({ kind, count: 1 })
    const counts = [from.count(), from.count(), from.count()]
    const total = counts.reduce((sum, count) => sum + count, 0)
    if (ended + 3 > ends.length) ends = grown(ends)
    for (let part = 0, end = written / 2; part < 3; part++) {
      end += counts[part] as number
      ends[ended++] = end
    }
    while (written + 2 * total > terms.length) terms = grown(terms)
    for (let term = 0; term < total; term++) {
      terms[written++] = below(from.number(), known)
      terms[written++] = length - 1 - below(from.number() - 1, length)
    }
    length++
  }
  below(length, mostNumbers)
  return { runs, length, terms: terms.subarray(0, written), ends: ends.subarray(0, ended) }
}

function below(value: number, limit: number): number {
  if (value < 0 || value >= limit) throw new FormatError()
  return value
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length)
  larger.set(words)
  return larger
}

/** Not what `write` writes. */
export class FormatError extends Error {
  override readonly name = 'SolverFile.FormatError'
  constructor() {
    super("Not a circuit's solver as its build writes it.")
  }
}
