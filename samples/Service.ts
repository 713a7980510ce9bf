import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as Config from '../verifier-api/src/config.ts'
import type { Network as NetworkResource } from '../verifier-api/src/resources/Network.ts'
import type { Request } from '../verifier-api/src/resources/Request.ts'
import * as Server from '../verifier-api/src/server.ts'
import * as Build from './Build.ts'
import * as Insurer from './Insurer.ts'
import * as Keys from './Keys.ts'
import * as LastingTown from './LastingTown.ts'
import { policies } from './Residents.ts'

/** Chain, API and pages, running. */
export type Service = {
  readonly origin: string
  readonly town: LastingTown.LastingTown
  /** What the insurer asks: a request a policy, open to whoever opens its link. */
  readonly requests: readonly Request[]
  readonly close: () => Promise<void>
}

export type Options = {
  /** Where all state is kept. */
  readonly folder: string
  /** The first that is tried; 0 is any free one. */
  readonly port: number
  /** Forgets what is kept in the folder. */
  readonly fresh?: boolean
  readonly tell?: LastingTown.Tell
  /** More of the API's settings, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts everything on the loopback. What was started before a failure is stopped again. */
export async function start({
  folder,
  port,
  fresh = false,
  tell = () => {},
  settings = {},
}: Options): Promise<Service> {
  const [provers, pages] = [await buildProvers(tell), await Build.pages(() => tell('The pages'))]
  const chosen = await freePort(port)
  const origin = `http://localhost:${chosen}`
  const town = await LastingTown.open(folder, { fresh, tell })
  const closing = [town.close]
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    tell('The API')
    const relayer = town.accounts[Keys.accounts.relayer] as { privateKey?: string } | undefined
    const config = Config.read({
      MEDSEAL_DATA: folder,
      RPC_URL: town.rpcUrl,
      DEPLOYMENT_FILE: town.deploymentFile,
      RELAYER_KEY: relayer?.privateKey,
      CONFIRMATIONS: '0',
      HOST: '127.0.0.1',
      PORT: String(chosen),
      PUBLIC_URL: origin,
      METRICS_PORT: '0',
      PRIVATE_WEBHOOKS: 'true',
      WEB_DIR: pages,
      ARTIFACTS_DIR: provers,
      LOG_LEVEL: 'warn',
      ...settings,
    })
    const server = await Server.serve(config)
    closing.push(server.close)
    const requests = await ask(origin, town)
    return { origin, town, requests, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

async function ask(origin: string, { residents, network }: LastingTown.LastingTown): Promise<Request[]> {
  await followed(origin, await network.provider.getBlockNumber())
  const insurer = await Insurer.signIn(origin, residents.insurer.signer)
  const requests = []
  for (const name of policies) requests.push(await Insurer.ask(insurer, await Insurer.keepPolicy(insurer, name)))
  return requests
}

/** Waits until the API has followed the chain so far: then it knows who may sign in. */
async function followed(origin: string, blockNumber: number): Promise<void> {
  for (;;) {
    const { blockNumber: at } = (await (await fetch(`${origin}/v1/network`)).json()) as NetworkResource
    if (at >= blockNumber) return
    await sleep(100)
  }
}

function buildProvers(tell: LastingTown.Tell): Promise<string> {
  return Build.circuits(({ circuit, phase, seconds }) => {
    if (phase !== 'reused') tell(`${circuit}: ${phase} (${seconds.toFixed(0)} s)`)
  })
}

/** The first port from this one on that nobody listens on. */
async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + portsTried; port++) {
    const found = await listen(port)
    if (found !== undefined) return found
  }
  throw new NoPortError({ first })
}

function listen(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

const portsTried = 20

/** Every port that was tried is taken. */
export class NoPortError extends Error {
  override readonly name = 'Service.NoPortError'
  constructor({ first }: { first: number }) {
    super(`Ports ${first} to ${first + portsTried - 1} are taken: name another with --port.`)
  }
}
