import { createApp } from '../../src/app.ts'
import * as Jobs from '../../src/jobs/Jobs.ts'
import * as Log from '../../src/Log.ts'
import * as Metrics from '../../src/Metrics.ts'
import * as answers from '../../src/routes/answers.ts'
import { open } from '../../src/storage/open.ts'
import { testServices } from '../services.ts'

// Takes answers on the embedded database of a folder until it is killed. Says where, in one line.

const storage = await open(`pglite:${process.argv[2]}`)
const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
const services = await testServices({ jobs }, { storage })
const app = createApp(services, { authenticate: async () => undefined, routes: answers.routes(services) })
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}`)
})
