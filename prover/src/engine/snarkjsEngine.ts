import { curves, groth16, type SnarkjsCurve } from 'snarkjs'
import * as Proof from '../Proof.ts'
import * as Content from './Content.ts'
import { type Engine, type Job, unlessAborted, WorkersError } from './Engine.ts'
import * as Witness from './Witness.ts'

export type Options = {
  /**
   * Keeps snarkjs's workers between proofs, which saves starting them. In Node, workers that have nothing to do do not
   * keep the process from ending; in a browser they stay until `close`.
   */
  readonly keepWarm?: boolean
  /**
   * Proves in this thread: for where no workers can be had, Node's own worker threads among them. A cancelled proof
   * is then given up at once, but its work goes on.
   */
  readonly singleThread?: boolean
}

type Needs = 'wasm' | 'zkey'

/** Longer than any machine takes. */
const startWithinMilliseconds = 60_000

/** The reference prover: snarkjs 0.7.6, with a worker for each core. */
export function create({ keepWarm = false, singleThread = false }: Options = {}): Engine<Needs> {
  return {
    name: 'snarkjs',
    needs: ['wasm', 'zkey'],
    prove: (job) => (singleThread ? proveHere(job) : proveWithWorkers(job, keepWarm)),
    close: () => inTurn(endWorkers),
  }
}

// snarkjs keeps one curve, and its workers, for the whole realm: two proofs at once would start it twice, and end it
// under each other. So all engines of a realm stand in one line, one proof at a time; each uses all cores anyway.
let line: Promise<unknown> = Promise.resolve()
/** Turns asked for and not over. */
let turns = 0
let curve: SnarkjsCurve | undefined
/** Called when a worker dies during a turn: snarkjs does not look. */
let onDeath: (() => void) | undefined

async function proveWithWorkers(job: Job<Needs>, keepWarm: boolean) {
  const { signal } = job
  const turn = inTurn(async () => {
    try {
      signal?.throwIfAborted()
      curve ??= await start()
      signal?.throwIfAborted()
      hold(curve, true)
      return await runWithWorkers(job)
    } finally {
      if (turns === 1 && !keepWarm) await endWorkers()
      else if (turns === 1 && curve) hold(curve, false)
    }
  })
  return unlessAborted(signal, turn)
}

/** A failure leaves workers busy, dead or waited for: then they are ended, and the turn ends, which snarkjs would not. */
async function runWithWorkers(job: Job<Needs>) {
  const { promise: death, reject } = Promise.withResolvers<never>()
  onDeath = () => reject(new WorkersError({ problem: 'died' }))
  try {
    return await Promise.race([unlessAborted(job.signal, run(job, false)), death])
  } catch (error) {
    await endWorkers()
    throw error
  } finally {
    onDeath = undefined
  }
}

async function proveHere(job: Job<Needs>) {
  job.signal?.throwIfAborted()
  return unlessAborted(job.signal, run(job, true))
}

async function run({ circuit, artifacts, input, onPhase, signal }: Job<Needs>, singleThread: boolean) {
  onPhase?.({ phase: 'witness', at: performance.now() })
  const witness = await Witness.calculate(circuit, await bytesOf(artifacts.wasm), input)
  const zkey = await bytesOf(artifacts.zkey)
  onPhase?.({ phase: 'proving', at: performance.now() })
  signal?.throwIfAborted()
  const { proof, publicSignals } = await groth16.prove(zkey, Witness.toFile(witness), undefined, {
    singleThread,
  })
  return { proof: Proof.fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) }
}

/** A file's bytes, read once for as long as it is known. */
function bytesOf(content: Content.Content): Promise<Uint8Array> {
  const found = read.get(content)
  if (found) return found
  const bytes = Content.bytesOf(content)
  read.set(content, bytes)
  bytes.catch(() => read.delete(content))
  return bytes
}

const read = new WeakMap<Content.Content, Promise<Uint8Array>>()

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  turns++
  const turn = line.then(work).finally(() => {
    turns--
  })
  line = turn.catch(() => undefined)
  return turn
}

async function start(): Promise<SnarkjsCurve> {
  const { promise, reject } = Promise.withResolvers<never>()
  const watchdog = setTimeout(() => reject(new WorkersError({ problem: 'did-not-start' })), startWithinMilliseconds)
  try {
    const started = await Promise.race([curves.getCurveFromName('bn128'), promise])
    for (const worker of started.tm.workers ?? []) worker.addEventListener('error', () => onDeath?.())
    return started
  } finally {
    clearTimeout(watchdog)
  }
}

/** At once, whatever they do: snarkjs's own way waits until each has finished its task, and 0.2 s more. */
async function endWorkers(): Promise<void> {
  if (!curve) return
  const ended = curve
  curve = undefined
  for (const worker of ended.tm.workers ?? []) worker.terminate()
  // A cancelled proof may be about to ask snarkjs for the realm's curve. It must find this one, dead, lest it starts
  // another; so the realm forgets it one task later.
  await new Promise((wake) => setTimeout(wake))
  void ended.terminate()
}

/** In Node, whether the workers keep the process from ending: `web-worker` has Node's own worker under this symbol. */
function hold({ tm }: SnarkjsCurve, busy: boolean): void {
  for (const worker of tm.workers ?? []) {
    const own: { ref(): void; unref(): void } | undefined = Reflect.get(worker, Symbol.for('worker'))
    if (busy) own?.ref()
    else own?.unref()
  }
}
