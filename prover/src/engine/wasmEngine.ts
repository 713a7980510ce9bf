/**
 * The prover: Groth16 over BN254 in WebAssembly of our own, on all cores.
 *
 * What is done, and why it is fast:
 *
 * - Field elements are five limbs in doubles, two elements to an instruction, multiplied by fused multiply-adds
 *   (`prover/kernels/FusedField.ts`); nine limbs of 29 bits where a machine cannot (`PortableField.ts`).
 * - Sums of points add in affine coordinates, thousands of pairs to an inversion (`prover/kernels/Curve.ts`), in trees
 *   over buckets (`Msm.ts`).
 * - A key is brought into that form once (`Key.ts`), and threads stay, so that a second proof only proves.
 * - Polynomials are transformed without ever being reordered, two at a time (`prover/kernels/Polynomial.ts`).
 *
 * Limits: it is variable-time in the witness, and memory it used is not erased: it is for the patient's own device.
 */
import { threads } from '#threads'
import * as Random from '../protocol/Random.ts'
import * as Zkey from '../Zkey.ts'
import * as Crew from './Crew.ts'
import { type Engine, type Job, UnsatisfiedError, unlessAborted } from './Engine.ts'
import * as Groth16 from './Groth16.ts'
import * as Kernel from './Kernel.ts'
import * as KernelCode from './KernelCode.ts'
import type * as Labour from './Labour.ts'
import * as Witness from './Witness.ts'

export type Options = {
  /** How many; 0 proves in the calling thread, between whose turns other work gets through. One a core unless told. */
  readonly threads?: number
  /** Whether threads share a key's memory: where that can be had, unless told. */
  readonly shared?: boolean
  /** The fastest that the machine has, unless told. */
  readonly kind?: Kernel.Kind
}

/** Keys that stay open: the last ones used. */
const openKeys = 2

export type WasmEngine = Engine & {
  /** Starts the threads and waits for them: what they run is loaded by then, and a proof needs no network. */
  readonly prepare: () => Promise<void>
}

export function create(options: Options = {}): WasmEngine {
  const state: State = { crew: undefined, sessions: [], numbers: 0 }
  let line: Promise<unknown> = Promise.resolve()
  /** One after another: a proof uses all cores, and a key's memory holds one witness. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = line.then(work)
    line = turn.catch(() => undefined)
    return turn
  }
  return {
    name: 'medseal',
    prove: (job) =>
      unlessAborted(
        job.signal,
        inTurn(() => proveInTurn(state, options, job)),
      ),
    prepare: () =>
      inTurn(async () => {
        const crew = crewOf(state, options)
        crew.hold(true)
        // An order that changes nothing, as no session has this number: its answer tells that the thread is there.
        await everywhere(crew, (place) => crew.ask(place, { order: 'close', session: -1 })).finally(() =>
          crew.hold(false),
        )
      }),
    close: () =>
      inTurn(async () => {
        state.crew?.end()
        state.crew = undefined
        state.sessions = []
      }),
  }
}

type State = {
  crew: Crew.Crew | undefined
  /** The one used last comes last. */
  sessions: { readonly zkey: Uint8Array; readonly session: Groth16.Session }[]
  numbers: number
}

async function proveInTurn(state: State, options: Options, { circuit, artifacts, input, onPhase, signal }: Job) {
  signal?.throwIfAborted()
  onPhase?.({ phase: 'witness', at: performance.now() })
  const crew = crewOf(state, options)
  crew.hold(true)
  try {
    // Threads get ready while the witness is calculated.
    const opening = sessionOf(state, options, crew, artifacts.zkey)
    opening.catch(() => undefined)
    const witness = await Witness.calculate(circuit, artifacts.wasm, input)
    const session = await opening
    if (witness.byteLength !== 32 * session.key.wires) throw new UnsatisfiedError({ circuit })
    signal?.throwIfAborted()
    onPhase?.({ phase: 'proving', at: performance.now() })
    const proof = await Groth16.prove(crew, session, witness, blinding())
    return { proof, publicSignals: publicSignalsOf(witness, session.key.publicSignals) }
  } finally {
    crew.hold(false)
  }
}

function crewOf(state: State, options: Options): Crew.Crew {
  if (state.crew && !state.crew.isLost()) return state.crew
  const size = options.threads ?? Math.min(threads.cores(), mostThreads)
  state.crew = size > 0 && threads.available() ? Crew.ofThreads(threads.start, size) : Crew.ofThisThread()
  state.sessions = []
  return state.crew
}

/** Beyond this the quotient, which one thread finds, is what the others wait for. */
const mostThreads = 8

async function sessionOf(state: State, options: Options, crew: Crew.Crew, zkey: Uint8Array): Promise<Groth16.Session> {
  const found = state.sessions.find((each) => each.zkey === zkey)
  const session = found?.session ?? (await open(state.numbers++, options, crew, zkey))
  const others = state.sessions.filter((each) => each !== found)
  for (const { session } of others.splice(0, Math.max(0, others.length + 1 - openKeys))) {
    await everywhere(crew, (place) => crew.ask(place, { order: 'close', session: session.number }))
  }
  state.sessions = [...others, { zkey, session }]
  return session
}

async function open(number: number, options: Options, crew: Crew.Crew, zkey: Uint8Array): Promise<Groth16.Session> {
  const shared = (options.shared ?? canShare()) && crew.size > 1
  const code = await KernelCode.compile(options.kind ?? (await KernelCode.fastest()), { shared })
  const memory = shared ? Kernel.createMemory({ shared }) : undefined
  const opening = { session: number, code, memory }
  const bytes = memory ? place(memory, zkey) : zkey
  const { key } = await crew.ask(0, { order: 'lay', ...opening, zkey: bytes, place: 0 })
  await everywhere(crew, async (place) => {
    if (place === 0) return
    if (shared) await crew.ask(place, { order: 'join', ...opening, key, place })
    else await crew.ask(place, { order: 'lay', ...opening, zkey, place: 0 })
  })
  const { alpha, beta1, beta } = Zkey.parse(zkey)
  return { number, key, memory, alpha, beta1, beta }
}

/** Puts a key's bytes where its own layout will not reach and the threads' sums will lie: it is needed only once. */
function place(memory: WebAssembly.Memory, zkey: Uint8Array): Labour.Placed {
  const at = Kernel.allocator({ memory }, 2 * zkey.byteLength + 2 ** 20)(zkey.byteLength)
  new Uint8Array(memory.buffer).set(zkey, at)
  return { at, length: zkey.byteLength }
}

function everywhere<T>(crew: Crew.Crew, ask: (place: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: crew.size }, (_, place) => ask(place)))
}

/** In a browser only a page that is isolated from other origins may. */
function canShare(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && Reflect.get(globalThis, 'crossOriginIsolated') !== false
}

function blinding(): Groth16.Blinding {
  return { r: Random.fieldElement(), s: Random.fieldElement() }
}

function publicSignalsOf(witness: Uint8Array, count: number): readonly bigint[] {
  return Array.from({ length: count }, (_, i) => Random.fromBytes(witness.slice(32 * (i + 1), 32 * (i + 2)).reverse()))
}
