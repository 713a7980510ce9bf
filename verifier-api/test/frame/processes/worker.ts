// Does jobs until it is killed. Arguments: the database's URL, and "hang" to begin each without ever ending it.
import { writeSync } from 'node:fs'
import * as Jobs from '../../../src/jobs/Jobs.ts'
import * as Log from '../../../src/Log.ts'
import * as Metrics from '../../../src/Metrics.ts'
import { open } from '../../../src/storage/open.ts'

const [, , url = '', manner = 'work'] = process.argv
const storage = await open(url)
const jobs = await Jobs.open(storage, { log: Log.silent, metrics: Metrics.create() })
await jobs.work('verify', async ({ proofId }) => {
  writeSync(1, `${manner} ${proofId}\n`)
  if (manner === 'hang') await new Promise(() => {})
})
writeSync(1, 'ready\n')
