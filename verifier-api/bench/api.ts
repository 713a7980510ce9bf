/**
 * `npm run -s bench:api`: what the API verifies and serves, as JSON and nothing else on standard output. The service is
 * the whole of it, on the embedded database and chain, in a process of its own. The bars hold against snarkjs as it
 * comes; what it does in a single thread is the harder measure, and has bars of its own. `missed` names those that were
 * not reached.
 */
import { cpus } from 'node:os'
import * as Bar from './Bar.ts'
import * as Service from './service.ts'
import * as Verification from './verification.ts'

// Seeds, which concern nobody here.
console.info = () => {}

const [cpu] = cpus()
const machine = { cpu: cpu?.model, cores: cpus().length, node: process.version }
const verification = await Verification.measure()
const { http, endToEnd } = await Service.measure()
const { ratios } = verification
const bars = [
  Bar.of('alone, against snarkjs as it comes', ratios.alone, 2.5),
  Bar.of('in batches of 64, against snarkjs as it comes', ratios.batched, 6),
  Bar.of('alone, against snarkjs in a single thread', ratios.aloneToSingleThread, 2.5),
  Bar.of('in batches of 64, against snarkjs in a single thread', ratios.batchedToSingleThread, 6),
]
const missed = bars.filter(({ reached }) => !reached).map(({ name }) => name)
console.log(JSON.stringify({ machine, verification, http, endToEnd, bars, missed }, null, 2))
