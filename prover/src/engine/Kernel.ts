/**
 * Arithmetic in WebAssembly, and the memory it works on. What each function does is said where it is written, in
 * `prover/kernels`. All arguments are addresses and counts.
 */
export type Kernel = Facts & {
  readonly memory: WebAssembly.Memory
  readonly run: Functions
}

/** On fused multiply-adds of vectors, or on integers that every machine has. */
export type Kind = 'fused' | 'portable'

/** What users of a kernel have to know of its fields. */
export type Facts = {
  readonly kind: Kind
  /** Elements that are worked on at a time. */
  readonly lanes: number
  /** Bytes of so many, interleaved. */
  readonly vecBytes: number
  /** 2^this is the factor of the Montgomery form. */
  readonly montgomeryBits: number
}

/** Code, which may go to other threads: they need not know where it comes from. */
export type Compiled = { readonly module: WebAssembly.Module; readonly facts: Facts }

type Functions = {
  readonly g1Add: Add
  readonly g2Add: Add
  readonly fpUnpack: Unpack
  readonly frUnpack: Unpack
  readonly fpMul: (out: number, left: number, right: number) => void
  readonly fpSquare: (out: number, value: number) => void
  readonly frMul: (out: number, left: number, right: number) => void
  readonly frSquare: (out: number, value: number) => void
  readonly frRows: (entries: number, rowEnds: number, rows: number, out: number) => void
  readonly frSolve: (entries: number, rowEnds: number, count: number, out: number) => void
  readonly frInvert: (out: number, from: number, steps: number, scratch: number) => void
  readonly frPick: (out: number, list: number, steps: number) => void
  /** Elements times one factor. */
  readonly frTimes: Unpack
  readonly frMultiply: (out: number, left: number, right: number, steps: number) => void
  readonly frQuotient: (out: number, a: number, b: number, c: number, steps: number) => void
  readonly frJoin: (vectors: number, ...elementsAndCount: readonly number[]) => void
  readonly frSplit: (vectors: number, ...elementsAndCount: readonly number[]) => void
  readonly frScale: (vectors: number, factors: number, count: number) => void
  readonly frToCoefficients: Transform
  readonly frToValues: Transform
}
export type Add = (list: number, groups: number, out: number, scratch: number, specials: number) => number
type Unpack = (out: number, from: number, factor: number, steps: number) => void
type Transform = (data: number, size: number, roots: number) => void

/** Bytes of an element in memory. */
export const elementBytes = 40
/** The kernel's own constants lie before this. */
export const freeFrom = 4_096
const pageBytes = 65_536
/** 1 GiB: a shared memory has to say beforehand. */
const maximumPages = 16_384

/** Memory that threads may share, where `shared` says so. */
export function createMemory({ shared }: { readonly shared: boolean }): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared })
}

/** A kernel that was compiled for memory of this sort. */
export async function instantiate({ module, facts }: Compiled, memory: WebAssembly.Memory): Promise<Kernel> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  return { ...facts, memory, run: exports as unknown as Functions }
}

/** Gives the address of so many bytes. */
export type Allocate = (bytes: number) => number

/** Hands out memory from `from` on, which grows as needed. Addresses are multiples of 16. */
export function allocator({ memory }: Pick<Kernel, 'memory'>, from: number): Allocate {
  let next = from
  return (bytes) => {
    const at = next
    next = Math.ceil((at + bytes) / 16) * 16
    const missing = Math.ceil((next - memory.buffer.byteLength) / pageBytes)
    if (missing > 0) memory.grow(missing)
    return at
  }
}
