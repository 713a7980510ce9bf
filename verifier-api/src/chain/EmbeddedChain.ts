import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** A chain of the API's own: a child process on the loopback, its state on disk. */
export type EmbeddedChain = {
  readonly rpcUrl: string
  /** Id of the chain's process now; it is started again when it ends. */
  readonly pid: () => number | undefined
  /** Writes down what has happened so far. */
  readonly save: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Where development keys count, and nothing else does. */
export const chainId = 31337n

/** Anvil's accounts, known to everybody, hold ether here: the last of them relays, the others are the town's. */
export const developmentMnemonic = 'test test test test test test test test test test test junk'
export const relayerAccount = 9

/**
 * Starts the chain where it was left. What happens is written down within `saveEverySeconds`; when the process or the
 * machine dies, the blocks since then are gone, which whoever follows the chain sees as a reorganisation.
 */
export async function start({
  folder,
  port = 0,
  saveEverySeconds = 1,
  onRestart,
}: {
  /** Holds nothing but the chain's state. */
  readonly folder: string
  /** 0: any free one. */
  readonly port?: number
  readonly saveEverySeconds?: number
  /** Called when the process ended by itself and is started again. */
  readonly onRestart?: () => void
}): Promise<EmbeddedChain> {
  await mkdir(folder, { recursive: true })
  const state = join(folder, 'state.json')
  const chosen = port === 0 ? await freePort() : port
  const rpcUrl = `http://127.0.0.1:${chosen}`
  let node = await launch(state, chosen, rpcUrl)
  let closing = false
  let saved = await latest(rpcUrl)
  const watch = (running: Node) => {
    running.process.once('exit', async () => {
      if (closing) return
      onRestart?.()
      // Its port may take a moment to be free.
      for (let pause = 100; !closing; pause = Math.min(2 * pause, 5000)) {
        await sleep(pause)
        const again = await launch(state, chosen, rpcUrl).catch(() => undefined)
        if (!again) continue
        node = again
        if (closing) stop(again)
        else watch(again)
        return
      }
    })
  }
  watch(node)

  let saving: Promise<void> = Promise.resolve()
  const save = () => {
    saving = saving.then(async () => {
      const block = await latest(rpcUrl)
      if (block === saved) return
      await write(state, (await call(rpcUrl, 'anvil_dumpState', [false])) as string)
      saved = block
    })
    return saving
  }
  const stopped = new AbortController()
  const keeping = keep(save, saveEverySeconds * 1000, stopped.signal)
  return {
    rpcUrl,
    pid: () => node.pid,
    save,
    close: async () => {
      stopped.abort()
      await keeping
      saving = saving.catch(() => undefined)
      await save().catch(() => undefined)
      closing = true
      await stop(node)
    },
  }
}

/** Saves again and again. A dump that takes long makes the pauses longer: nine tenths of the time are the chain's. */
async function keep(save: () => Promise<void>, every: number, signal: AbortSignal): Promise<void> {
  let pause = every
  while (!signal.aborted) {
    await sleep(pause, undefined, { signal }).catch(() => undefined)
    const begun = performance.now()
    // The chain may be down just now; the next turn finds it again.
    await save().catch(() => undefined)
    pause = Math.max(every, 9 * (performance.now() - begun))
  }
}

type Node = { readonly process: ChildProcess; readonly pid: number | undefined }

async function launch(state: string, port: number, rpcUrl: string): Promise<Node> {
  const flags = ['--silent', '--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`]
  const options = [...flags, '--no-cors', '--mnemonic', developmentMnemonic]
  if (existsSync(state)) options.push('--load-state', state)
  const node = process.platform === 'win32' ? spawnAlone(options) : await spawnGuarded(options)
  const ended = new AbortController()
  node.process.once('exit', () => ended.abort())
  for (let waited = 0; waited < 30_000 && !ended.signal.aborted; waited += 25) {
    const answer = await call(rpcUrl, 'eth_chainId').catch(() => undefined)
    if (answer !== undefined) return node
    await sleep(25, undefined, { signal: ended.signal }).catch(() => undefined)
  }
  await stop(node)
  throw new NotStartedError()
}

/**
 * The guard ends the chain when its own input ends, which it does however this process dies: no chain is left behind.
 * It says the chain's process id first, and ends with it.
 */
const guard = [
  'exec 3<&0',
  '"$@" </dev/null >/dev/null 2>&1 3<&- &',
  'chain=$!',
  'echo $chain',
  '(while read -r _; do :; done; kill -9 $chain) <&3 &',
  'guard=$!',
  'wait $chain',
  'kill $guard',
].join('\n')

async function spawnGuarded(options: readonly string[]): Promise<Node> {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', binary(), ...options], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const pid = await new Promise<number>((told, failed) => {
    child.once('error', failed)
    child.once('exit', () => failed(new NotStartedError()))
    child.stdout.once('data', (line: Buffer) => told(Number.parseInt(line.toString(), 10)))
  })
  return { process: child, pid }
}

function spawnAlone(options: readonly string[]): Node {
  const child = spawn(binary(), [...options], { stdio: 'ignore', windowsHide: true })
  return { process: child, pid: child.pid }
}

async function stop({ process: child }: Node): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  if (child.stdin) child.stdin.end()
  else child.kill('SIGKILL')
  await ended
}

/** The program in its platform's package: the package's own starter would be one more process to end. */
function binary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  const [platform, cpu] = [process.platform, process.arch === 'x64' ? 'amd64' : process.arch]
  const name = `@foundry-rs/anvil-${platform}-${cpu}`
  const file = platform === 'win32' ? 'anvil.exe' : 'anvil'
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'bin', file)
  } catch (cause) {
    throw new NoBinaryError(name, { cause })
  }
}

/** On disk as a whole or not at all. */
async function write(path: string, dump: string): Promise<void> {
  const json = await promisify(gunzip)(Buffer.from(dump.slice(2), 'hex'))
  const temporary = `${path}.next`
  await writeFile(temporary, json)
  const handle = await open(temporary)
  await handle.sync()
  await handle.close()
  await rename(temporary, path)
}

async function latest(rpcUrl: string): Promise<string> {
  const { hash } = (await call(rpcUrl, 'eth_getBlockByNumber', ['latest', false])) as { hash: string }
  return hash
}

async function call(rpcUrl: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(30_000),
  })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(error.message)
  return result
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? found(address.port) : failed(new NotStartedError())))
    })
  })
}

export class NotStartedError extends Error {
  override readonly name = 'EmbeddedChain.NotStartedError'
  constructor() {
    super('The embedded chain did not start: its port may be taken, or its state broken.')
  }
}

export class NoBinaryError extends Error {
  override readonly name = 'EmbeddedChain.NoBinaryError'
  constructor(name: string, options: ErrorOptions) {
    super(`The embedded chain needs the package ${name}. Name another chain by RPC_URL where there is none.`, options)
  }
}
