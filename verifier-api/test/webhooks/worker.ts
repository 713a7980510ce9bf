import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { testConfig, testServices } from '../services.ts'

/** A process that delivers webhooks from the database in this folder until it is killed. */
const [folder, webhookKey] = process.argv.slice(2)
const storage = await Storage.open(`pglite:${folder}`)
const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
const key = Buffer.from(webhookKey ?? '', 'hex')
const config = testConfig({ webhookKey: { reveal: () => key } })
const services = await testServices({ config, jobs }, { storage })
// Less than a real lease, so that nobody waits for it: the receiver answers at once or never.
await Webhooks.work(services, { lease: 1000 })
