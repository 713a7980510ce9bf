/**
 * What one thread does of a proof. A thread has a kernel for each key it was opened with; threads of one engine either
 * share a key's memory, or each have their own.
 */
import { FormatError } from '../Zkey.ts'
import * as Additions from './Additions.ts'
import * as Content from './Content.ts'
import * as Kernel from './Kernel.ts'
import * as Key from './Key.ts'
import * as Msm from './Msm.ts'
import type * as Point from './Point.ts'
import * as Quotient from './Quotient.ts'
import * as Solver from './Solver.ts'
import * as SolverFile from './SolverFile.ts'

export type Order =
  /** The thread that lays the key: in memory that was sent along, or in its own. The first gets the solver too. */
  | (Opening & { readonly order: 'lay'; readonly zkey: Content.Content; readonly solver: Uint8Array | undefined })
  /** Another that shares the memory it was laid in. */
  | (Opening & { readonly order: 'join'; readonly key: Key.Key })
  /**
   * Finds the witness of an input (`Solver.solve`), to where `Key` has the scalars; behind it come those of `blinders`.
   * `read`: whether all of that is given back, for threads that do not share the memory.
   */
  | {
      readonly order: 'solve'
      readonly session: number
      readonly input: Uint8Array
      readonly blinders: Uint8Array
      readonly read: boolean
    }
  /** Bytes to where `Key` has them: for memory that is not shared. */
  | { readonly order: 'write'; readonly session: number; readonly of: Scalars; readonly bytes: Uint8Array }
  /** `read`: whether the quotient is given back, for threads that do not share the memory. */
  | { readonly order: 'quotient'; readonly session: number; readonly read: boolean }
  | Sum
  | { readonly order: 'close'; readonly session: number }

type Opening = {
  readonly session: number
  readonly code: Kernel.Compiled
  readonly memory: WebAssembly.Memory | undefined
  /** Which of the threads that share the memory this one is. */
  readonly place: number
}

export type Scalars = 'scalars' | 'quotient'

/** Of these queries, over windows `from` up to `until`. `proof`: scalars of the same one are prepared once. */
export type Sum = {
  readonly order: 'sum'
  readonly session: number
  readonly proof: number
  readonly of: Scalars
  readonly queries: readonly QueryName[]
  readonly width: number
  readonly from: number
  readonly until: number
}
export type QueryName = keyof Key.Key['queries']

export type Done =
  | { readonly order: 'lay'; readonly key: Key.Key }
  /** `publicSignals`: 32 bytes each, little-endian. */
  | {
      readonly order: 'solve'
      readonly isSatisfied: boolean
      readonly publicSignals: Uint8Array
      readonly scalars: Uint8Array | undefined
    }
  | { readonly order: 'quotient'; readonly bytes: Uint8Array | undefined }
  | { readonly order: 'sum'; readonly points: readonly Point.Point<unknown>[] }
  | { readonly order: 'join' | 'write' | 'close' }

type Session = {
  readonly kernel: Kernel.Kernel
  readonly key: Key.Key
  readonly desk: Additions.Desk
  readonly solver: Solver.Solver | undefined
  digits: (Msm.Digits & { readonly proof: number; readonly of: Scalars }) | undefined
}

/** Room for each thread's sums: address space, of which only what is used is ever taken. */
export const deskBytes = 96 * 2 ** 20
/** Besides the sums: lists and scratch. */
const sumBytes = deskBytes - 4 * 2 ** 20
/** The most references that a task may have, so that its sums fit. */
export const mostReferences = Math.floor(sumBytes / Additions.pointBytes.g2 / 2)

/** A thread's own state, and what it does with an order. Orders of one thread are carried out one after another. */
export function create(): (order: Order) => Promise<Done> {
  const sessions = new Map<number, Session>()
  const find = (session: number) => {
    const found = sessions.get(session)
    if (!found) throw new UnknownSessionError()
    return found
  }
  return async (order) => {
    switch (order.order) {
      case 'lay': {
        const session = await lay(order)
        sessions.set(order.session, session)
        return { order: 'lay', key: session.key }
      }
      case 'join':
        sessions.set(order.session, await join(order))
        return { order: 'join' }
      case 'solve':
        return solve(find(order.session), order)
      case 'write': {
        const { kernel, key } = find(order.session)
        new Uint8Array(kernel.memory.buffer).set(order.bytes, key[order.of])
        return { order: 'write' }
      }
      case 'quotient': {
        const { kernel, key, desk } = find(order.session)
        Quotient.compute(kernel, key, desk)
        const bytes = new Uint8Array(kernel.memory.buffer, key.quotient, 32 * key.domainSize)
        return { order: 'quotient', bytes: order.read ? bytes.slice() : undefined }
      }
      case 'sum':
        return { order: 'sum', points: sum(find(order.session), order) }
      case 'close':
        sessions.delete(order.session)
        return { order: 'close' }
      default:
        return order satisfies never
    }
  }
}

async function lay(order: Extract<Order, { readonly order: 'lay' }>): Promise<Session> {
  const kernel = await open(order)
  const allocate = Kernel.allocator(kernel, Kernel.freeFrom)
  const file = await Content.open(order.zkey)
  const laid = await Key.lay(kernel, allocate, file).finally(file.close)
  const desk = Additions.layDesk(kernel, allocate, sumBytes)
  const solver = order.solver && laySolver(kernel, allocate, desk, order.solver)
  return { kernel, key: { ...laid, end: allocate(0) }, desk, solver, digits: undefined }
}

/** What it works on lies where sums do later. */
function laySolver(
  kernel: Kernel.Kernel,
  allocate: Kernel.Allocate,
  desk: Additions.Desk,
  bytes: Uint8Array,
): Solver.Solver {
  const file = SolverFile.read(bytes)
  if (desk.sums + Solver.roomBytes(kernel, file) > desk.end) throw new Additions.FullDeskError()
  return Solver.lay(kernel, allocate, file, desk.sums)
}

function solve(
  { kernel, key, desk, solver }: Session,
  { input, blinders, read }: Extract<Order, { readonly order: 'solve' }>,
): Extract<Done, { readonly order: 'solve' }> {
  if (!solver) throw new UnknownSessionError()
  const isSatisfied = solver.wires.count === key.wires && Solver.solve(kernel, solver, input, key.scalars, desk.scratch)
  const bytes = (from: number, length: number) =>
    new Uint8Array(kernel.memory.buffer, key.scalars + 32 * from, isSatisfied ? 32 * length : 0)
  // Behind the last wire there may be another lane's value.
  bytes(key.wires, Key.blinders).set(isSatisfied ? blinders : [])
  return {
    order: 'solve',
    isSatisfied,
    publicSignals: bytes(1, key.publicSignals).slice(),
    scalars: read ? bytes(0, key.wires + Key.blinders).slice() : undefined,
  }
}

async function open({ code, memory }: Opening): Promise<Kernel.Kernel> {
  return Kernel.instantiate(code, memory ?? Kernel.createMemory({ shared: false }))
}

/** Its desk lies behind all that the first thread has laid, and behind those of the threads before it. */
async function join(order: Extract<Order, { readonly order: 'join' }>): Promise<Session> {
  const kernel = await open(order)
  const allocate = Kernel.allocator(kernel, order.key.end + (order.place - 1) * deskBytes)
  return {
    kernel,
    key: order.key,
    desk: Additions.layDesk(kernel, allocate, sumBytes),
    solver: undefined,
    digits: undefined,
  }
}

function sum(session: Session, { proof, of, queries, width, from, until }: Sum): readonly Point.Point<unknown>[] {
  const { kernel, key, desk } = session
  if (session.digits?.proof !== proof || session.digits.of !== of || session.digits.width !== width) {
    const count = of === 'scalars' ? key.wires + Key.blinders : key.domainSize
    const words = new Uint32Array(kernel.memory.buffer, key[of], 8 * count)
    session.digits = { ...Msm.prepare(words, width), proof, of }
  }
  const chosen = queries.map((name) => ({
    curve: name === 'b2' ? ('g2' as const) : ('g1' as const),
    references: key.queries[name],
  }))
  return Msm.sum(kernel, desk, chosen, session.digits, { from, until })
}

/** What may go wrong in a thread, as it travels: by name. */
export type Failure = 'key' | 'solver' | 'file' | 'memory' | 'other'

export function failureOf(error: unknown): Failure {
  if (error instanceof FormatError || error instanceof Content.EndError) return 'key'
  if (error instanceof SolverFile.FormatError) return 'solver'
  if (error instanceof Content.UnreadableError) return 'file'
  return error instanceof RangeError || error instanceof Additions.FullDeskError ? 'memory' : 'other'
}

/** An order for a key that the thread was not opened with. */
export class UnknownSessionError extends Error {
  override readonly name = 'Labour.UnknownSessionError'
  constructor() {
    super('A thread was asked about a key it was not given.')
  }
}
