import { kernels, probe } from './generated/kernels.ts'

/**
 * Arithmetic in WebAssembly, and the memory it works on. What each function does is said where it is written, in
 * `prover/kernels`. All arguments are addresses and counts.
 */
export type Kernel = Facts & {
  readonly kind: Kind
  readonly memory: WebAssembly.Memory
  readonly run: Functions
}

export type Kind = keyof typeof kernels

type Facts = {
  /** Elements that are worked on at a time. */
  readonly lanes: number
  /** Bytes of so many, interleaved. */
  readonly vecBytes: number
  /** 2^this is the factor of the Montgomery form. */
  readonly montgomeryBits: number
}

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

/** The fastest kernel that this machine runs: it has the instructions, and they round once and not twice. */
export async function fastest(): Promise<Kind> {
  const bytes = decode(probe)
  if (!WebAssembly.validate(bytes)) return 'portable'
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: createMemory({ shared: false }) } })
  return (instance.exports.isFused as () => number)() === 1 ? 'fused' : 'portable'
}

/** Memory that threads may share, where `shared` says so. */
export function createMemory({ shared }: { readonly shared: boolean }): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared })
}

/** Compiled for memory of this sort; may be sent to other threads. */
export function compile(kind: Kind, { shared }: { readonly shared: boolean }): Promise<WebAssembly.Module> {
  const bytes = decode(kernels[kind].bytes)
  if (shared) bytes[kernels[kind].memoryFlagAt] = 3
  return WebAssembly.compile(bytes)
}

export async function instantiate(kind: Kind, module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernel> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  const { lanes, vecBytes, montgomeryBits } = kernels[kind]
  return { kind, memory, run: exports as unknown as Functions, lanes, vecBytes, montgomeryBits }
}

/** Hands out memory from `from` on, which grows as needed. Addresses are multiples of 16. */
export function allocator({ memory }: Pick<Kernel, 'memory'>, from: number): (bytes: number) => number {
  let next = from
  return (bytes) => {
    const at = next
    next = Math.ceil((at + bytes) / 16) * 16
    const missing = Math.ceil((next - memory.buffer.byteLength) / pageBytes)
    if (missing > 0) memory.grow(missing)
    return at
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}
