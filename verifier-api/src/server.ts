import { createApp } from './app.ts'
import * as Chain from './chain/Chain.ts'
import * as Follower from './chain/Follower.ts'
import type { Config } from './config.ts'
import * as ValueSets from './exchange/ValueSets.ts'
import * as Exchange from './exchange/Verify.ts'
import { authenticate } from './identity/Authentication.ts'
import * as Jobs from './jobs/Jobs.ts'
import * as Listener from './Listener.ts'
import * as Log from './Log.ts'
import * as Metrics from './Metrics.ts'
import type { Services } from './Services.ts'
import * as Storage from './storage/open.ts'
import * as Verification from './verification/Verification.ts'
import * as Webhooks from './webhooks/Webhooks.ts'

export type Server = {
  readonly url: string
  readonly metricsUrl: string
  /** Ends what was begun within STOP_SECONDS, then everything. Harmless when called again. */
  readonly close: () => Promise<void>
}

type Options = { readonly log?: Log.Log; readonly deployTo?: Chain.DeployTo }

/**
 * Starts everything the settings ask for: database, chain, threads, jobs, then the door. What was started is stopped in
 * the opposite order, also where a later part does not start.
 */
export async function serve(
  config: Config,
  { log = Log.create({ level: config.logLevel }), deployTo }: Options = {},
): Promise<Server> {
  const opened: Opened = []
  const closeAll = () => closeIn(opened, log)
  try {
    const services = await openServices(config, { log, deployTo, opened })
    await Exchange.work(services)
    await Webhooks.work(services)
    const work = await Chain.work(services)
    opened.push(work.close)
    const listener = await Listener.listen(createApp(services, { authenticate: authenticate(services) }), config)
    opened.push(() => listener.close(config.stopSeconds))
    const { metricsHost: host, metricsPort } = config
    const metrics = await Metrics.serve(services.metrics, { host, port: metricsPort, log })
    opened.push(metrics.close)
    log.info('Listening', { host: config.host, port: listener.port, pid: process.pid })
    let closing: Promise<void> | undefined
    return {
      url: `http://${inUrl(config.host)}:${listener.port}`,
      metricsUrl: `http://${inUrl(host)}:${metrics.port}/metrics`,
      close: () => {
        closing ??= closeAll().then(() => log.info('Stopped', { pid: process.pid }))
        return closing
      },
    }
  } catch (cause) {
    await closeAll()
    throw cause
  }
}

/**
 * Empties what is only a copy of the chain, and fills it from there up to its tip. Serves nobody and does no jobs; can be
 * done again wherever it ended.
 * @throws {Lease.LostError} where another process follows the chain
 */
export async function rebuild(
  config: Config,
  { log = Log.create({ level: config.logLevel }), deployTo }: Options = {},
): Promise<void> {
  const opened: Opened = []
  try {
    await Chain.rebuild(await openServices(config, { log, deployTo, opened }))
  } finally {
    await closeIn(opened, log)
  }
}

/** How to close what was opened, in the order it was. */
type Opened = (() => Promise<unknown>)[]

async function closeIn(opened: Opened, log: Log.Log): Promise<void> {
  for (const close of opened.splice(0).reverse()) {
    await close().catch((cause: unknown) => log.error('A part did not stop as it should', { cause }))
  }
}

async function openServices(
  config: Config,
  { log, deployTo, opened }: { log: Log.Log; deployTo: Chain.DeployTo | undefined; opened: Opened },
): Promise<Services> {
  const metrics = Metrics.create({ ofProcess: true })
  const storage = await Storage.open(config.databaseUrl)
  opened.push(storage.close)
  const { database, transaction } = storage
  const chain = await Chain.openChain(config, log, deployTo ? { deployTo } : {})
  opened.push(chain.close)
  const verification = Verification.create({ threads: config.workers })
  opened.push(verification.close)
  const jobs = await Jobs.open(storage, { log, metrics })
  opened.push(jobs.close)
  return {
    config,
    log,
    metrics,
    database,
    transaction,
    network: chain.network,
    valueSets: ValueSets.load(),
    verification,
    jobs,
    webhooks: Webhooks.create({ jobs }),
    checks: { chain: () => Follower.isWell({ database }), jobs: jobs.isRunning },
  }
}

/** IPv6 addresses stand in brackets; of all addresses the loopback is one. */
function inUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
