import * as ValueSet from '@medseal/prover/protocol/ValueSet'
import type { JsonRpcProvider } from 'ethers'
import type { Config } from '../src/config.ts'
import * as Configuration from '../src/config.ts'
import * as Log from '../src/Log.ts'
import * as Metrics from '../src/Metrics.ts'
import type { Services } from '../src/Services.ts'
import type { Storage } from '../src/storage/open.ts'
import { openMemory } from './memory.ts'

/** Settings as a test needs them: everything in memory, any free port, nothing read from the environment. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  const config = Configuration.read({
    DATABASE_URL: 'pglite:memory',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
  })
  return { ...config, publicUrl: 'http://localhost:8080', requestsPerMinute: 1_000_000, workers: 1, ...overrides }
}

/**
 * Services on a migrated database in memory (or the given storage). What is not given here fails when it is used, so a
 * test says itself what it stands on.
 */
export async function testServices(
  overrides: Partial<Services> = {},
  { storage }: { storage?: Storage } = {},
): Promise<Services & { readonly storage: Storage; readonly close: () => Promise<void> }> {
  const opened = storage ?? (await openMemory())
  return {
    config: testConfig(),
    log: Log.silent,
    metrics: Metrics.create(),
    database: opened.database,
    transaction: opened.transaction,
    network: missingNetwork,
    valueSets: ValueSet.index([]),
    verification: { verify: missing('verification.verify'), close: async () => {} },
    jobs: { send: missing('jobs.send'), work: missing('jobs.work'), close: async () => {} },
    webhooks: { emit: missing('webhooks.emit') },
    checks: {},
    ...overrides,
    storage: opened,
    close: opened.close,
  }
}

function missing(what: string): () => Promise<never> {
  return () => Promise.reject(new MissingServiceError({ what }))
}

const nowhere = `0x${'0'.repeat(40)}`
/** A network whose provider has nobody to ask. */
const missingNetwork: Services['network'] = {
  chainId: 31337n,
  get provider(): JsonRpcProvider {
    throw new MissingServiceError({ what: 'network.provider' })
  },
  fromBlock: 0,
  addresses: {
    StakeholderRegistry: nowhere,
    VerifierRegistry: nowhere,
    PolicyRegistry: nowhere,
    ConsentRegistry: nowhere,
    NullifierStore: nowhere,
    EligibilityRegistry: nowhere,
  },
}

/** The code under test used a service that the test did not give it. */
export class MissingServiceError extends Error {
  override readonly name = 'MissingServiceError'
  constructor({ what }: { what: string }) {
    super(`This test gave no ${what}.`)
  }
}
