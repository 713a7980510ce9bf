/** The matrices A and B of a key as rows of a kernel's entries, each different coefficient kept once: circuits use few. */
import { fieldOrder } from '../generated/parameters.ts'
import { FormatError } from '../Zkey.ts'
import * as Content from './Content.ts'
import * as Element from './Element.ts'
import { type Allocate, elementBytes, type Kernel } from './Kernel.ts'
import { coefficientBytes, type ZkeySections } from './ZkeySections.ts'

/** As `frRows` takes them: addresses. */
export type Rows = { readonly entries: number; readonly ends: number }

type Laying = {
  readonly key: ZkeySections
  readonly file: Content.Reader
  /** Address of the wires' values. */
  readonly wireElements: number
}

/** @throws {FormatError} where an entry is outside of the matrices. */
export async function lay(
  kernel: Kernel,
  allocate: Allocate,
  { key, file, wireElements }: Laying,
): Promise<{ readonly a: Rows; readonly b: Rows }> {
  const { domainSize } = key
  const { places, numbers, wires, counts, values } = await readEntries(key, file)
  const coefficients = layCoefficients(kernel, allocate, values)
  // 1. Room for each row, filled up to whole vectors; ends of A's rows, then of B's.
  const fill = (count: number) => Math.ceil(count / kernel.lanes) * kernel.lanes
  const total = counts.reduce((sum, count) => sum + fill(count), 0)
  const entries = allocate(8 * total)
  const ends = allocate(4 * 2 * domainSize)
  const rowEnds = new Uint32Array(kernel.memory.buffer, ends, 2 * domainSize)
  const words = new Uint32Array(kernel.memory.buffer, entries, 2 * total)
  // 2. Where each row's next entry goes, in words; behind the last ones 0 times the first wire.
  const next = new Uint32Array(2 * domainSize)
  for (let place = 0, at = 0; place < next.length; place++) {
    const count = counts[place] as number
    next[place] = at
    const end = at + 2 * fill(count)
    for (at += 2 * count; at < end; ) {
      words[at++] = coefficients
      words[at++] = wireElements
    }
    rowEnds[place] = entries + 4 * end
  }
  // 3. The entries.
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    const at = next[place] as number
    next[place] = at + 2
    words[at] = coefficients + (numbers[i] as number) * elementBytes
    words[at + 1] = wireElements + (wires[i] as number) * elementBytes
  }
  return {
    a: { entries, ends },
    b: { entries: rowEnds[domainSize - 1] as number, ends: ends + 4 * domainSize },
  }
}

/**
 * Of each entry: its row, B's behind A's; its coefficient's number, from 1 on; its wire. How many entries rows have, and
 * the coefficients, 32 bytes each, number 0 being 0.
 */
async function readEntries({ coefficients, domainSize, wires: wireCount }: ZkeySections, file: Content.Reader) {
  const count = coefficients.length / coefficientBytes
  const wordsPerEntry = coefficientBytes / 4
  const [places, numbers, wires] = [0, 1, 2].map(() => new Uint32Array(count)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  const counts = new Uint32Array(2 * domainSize)
  const dictionary = createDictionary()
  let entry = 0
  await Content.readPieces(file, coefficients, 2_048 * coefficientBytes, (piece) => {
    const words = wordsOf(piece)
    for (let at = 0; at < words.length; at += wordsPerEntry, entry++) {
      const [matrix, row, wire] = [words[at] as number, words[at + 1] as number, words[at + 2] as number]
      if (matrix > 1 || row >= domainSize || wire >= wireCount) throw new FormatError()
      const place = matrix * domainSize + row
      places[entry] = place
      numbers[entry] = dictionary.indexOf(words, at + 3)
      wires[entry] = wire
      counts[place] = (counts[place] as number) + 1
    }
  })
  return { places, numbers, wires, counts, values: dictionary.toBytes() }
}

/** Coefficients c 2^512 become c 2^(2 bits), so that times a plain wire they give Montgomery form. */
function layCoefficients(kernel: Kernel, allocate: Allocate, values: Uint8Array): number {
  const bits = BigInt(kernel.montgomeryBits)
  const factor = allocate(elementBytes)
  Element.writePlain(kernel, factor, Element.power(2n, 3n * bits - 512n + (fieldOrder - 1n), fieldOrder), fieldOrder)
  const coefficients = allocate((values.byteLength / 32 + 1) * elementBytes)
  const pieceBytes = 2 ** 17
  const desk = allocate(pieceBytes)
  for (let done = 0; done < values.byteLength; done += pieceBytes) {
    const piece = values.subarray(done, done + pieceBytes)
    new Uint8Array(kernel.memory.buffer).set(piece, desk)
    const steps = Math.ceil(piece.byteLength / 32 / kernel.lanes)
    kernel.run.frUnpack(coefficients + (done / 32) * elementBytes, desk, factor, steps)
  }
  return coefficients
}

/** Of a copy, where bytes are not aligned to words. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(buffer, byteOffset, byteLength / 4)
}

/** Numbers of eight words; each different one has an index, from 1 on. Index 0 is the number 0. */
function createDictionary() {
  let numbers = new Uint32Array(8 * 512)
  let last = 0
  // Open addressing: 0 for a free place, else an index. Grown before it is half full.
  let slots = new Uint32Array(1_024)
  const slotOf = (words: Uint32Array, at: number) => {
    const mixed = Math.imul((words[at] as number) ^ Math.imul(words[at + 1] as number, 0x9e3779b1), 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & (slots.length - 1)
  }
  const isSame = (index: number, words: Uint32Array, at: number) => {
    for (let k = 0; k < 8; k++) if (numbers[8 * index + k] !== words[at + k]) return false
    return true
  }
  const put = (index: number) => {
    let slot = slotOf(numbers, 8 * index)
    while (slots[slot]) slot = (slot + 1) & (slots.length - 1)
    slots[slot] = index
  }
  const grow = () => {
    const larger = new Uint32Array(2 * numbers.length)
    larger.set(numbers)
    numbers = larger
    slots = new Uint32Array(2 * slots.length)
    for (let known = 1; known < last; known++) put(known)
  }
  return {
    indexOf(words: Uint32Array, at: number): number {
      for (let slot = slotOf(words, at); slots[slot]; slot = (slot + 1) & (slots.length - 1)) {
        const index = slots[slot] as number
        if (isSame(index, words, at)) return index
      }
      const index = ++last
      if (8 * (index + 1) > numbers.length) grow()
      numbers.set(words.subarray(at, at + 8), 8 * index)
      put(index)
      return index
    },
    toBytes: () => new Uint8Array(numbers.buffer, 0, 32 * (last + 1)),
  }
}
