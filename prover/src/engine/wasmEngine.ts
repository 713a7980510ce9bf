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
 * - The witness is solved from the constraints by the same arithmetic (`Solver.ts`), where the key already lies.
 *
 * Limits: it is variable-time in the witness, and memory it used is not erased: it is for the patient's own device.
 */
import { threads } from '#threads'
import * as Random from '../protocol/Random.ts'
import * as Content from './Content.ts'
import * as Crew from './Crew.ts'
import { type Engine, type Files, type Job, UnsatisfiedError, unlessAborted } from './Engine.ts'
import * as Groth16 from './Groth16.ts'
import * as Kernel from './Kernel.ts'
import * as KernelCode from './KernelCode.ts'
import * as Labour from './Labour.ts'
import * as Scalars from './Scalars.ts'
import * as Solver from './Solver.ts'
import * as SolverFile from './SolverFile.ts'

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

type Needs = 'solver' | 'zkey'

export type WasmEngine = Engine<Needs> & {
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
    needs: ['solver', 'zkey'],
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
        await closeEverywhere(crew, -1).finally(() => crew.hold(false))
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
  sessions: {
    readonly files: Files<Needs>
    readonly signals: readonly SolverFile.Signal[]
    readonly session: Groth16.Session
  }[]
  numbers: number
}

async function proveInTurn(state: State, options: Options, { circuit, artifacts, input, onPhase, signal }: Job<Needs>) {
  signal?.throwIfAborted()
  onPhase?.({ phase: 'witness', at: performance.now() })
  const crew = crewOf(state, options)
  crew.hold(true)
  try {
    const { signals, session } = await sessionOf(state, options, crew, artifacts)
    const values = Solver.encode(signals, input)
    const blinding = { r: Random.fieldElement(), s: Random.fieldElement() }
    const publicSignals = values && (await Groth16.solve(crew, session, values, blinding))
    if (!publicSignals) throw new UnsatisfiedError({ circuit })
    signal?.throwIfAborted()
    onPhase?.({ phase: 'proving', at: performance.now() })
    const proof = await Groth16.prove(crew, session, blinding)
    return { proof, publicSignals: Scalars.fromBytes(publicSignals) }
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

async function sessionOf(state: State, options: Options, crew: Crew.Crew, files: Files<Needs>) {
  const found = state.sessions.find((each) =>
    (['solver', 'zkey'] as const).every((name) => Content.isSame(each.files[name], files[name])),
  )
  const opened = found ?? { files, ...(await open(state.numbers++, options, crew, files)) }
  const others = state.sessions.filter((each) => each !== found)
  for (const { session } of others.splice(0, Math.max(0, others.length + 1 - openKeys))) {
    await closeEverywhere(crew, session.number)
  }
  state.sessions = [...others, opened]
  return opened
}

async function open(number: number, options: Options, crew: Crew.Crew, { solver: content, zkey }: Files<Needs>) {
  const solver = await Content.bytesOf(content)
  const signals = SolverFile.readSignals(solver)
  const shared = (options.shared ?? canShare()) && crew.size > 1
  const code = await KernelCode.compile(options.kind ?? (await KernelCode.fastest()), { shared })
  const memory = shared ? Kernel.createMemory({ shared }) : undefined
  const opening = { session: number, code, memory }
  try {
    const { key } = await crew.ask(0, { order: 'lay', ...opening, zkey, solver, place: 0 })
    // All desks at once: threads that grow a memory beside each other do not see what the others have done.
    if (memory) Kernel.allocator({ memory }, key.end)((crew.size - 1) * Labour.deskBytes)
    await everywhere(crew, async (place) => {
      if (place === 0) return
      if (memory) await crew.ask(place, { order: 'join', ...opening, key, place })
      else await crew.ask(place, { order: 'lay', ...opening, zkey, solver: undefined, place: 0 })
    })
    return { signals, session: { number, key, memory } }
  } catch (cause) {
    // Those that have opened it would keep its memory.
    await closeEverywhere(crew, number).catch(() => undefined)
    throw cause
  }
}

async function closeEverywhere(crew: Crew.Crew, session: number): Promise<void> {
  await everywhere(crew, (place) => crew.ask(place, { order: 'close', session }))
}

function everywhere<T>(crew: Crew.Crew, ask: (place: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: crew.size }, (_, place) => ask(place)))
}

/** In a browser only a page that is isolated from other origins may. */
function canShare(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && Reflect.get(globalThis, 'crossOriginIsolated') !== false
}
