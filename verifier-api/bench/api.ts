/**
 * `npm run -s bench:api`: what the API verifies and serves, as JSON and nothing else on standard output. The service is
 * the whole of it, on the embedded database and chain, in a process of its own.
 */
import { cpus } from 'node:os'
import * as Service from './service.ts'
import * as Verification from './verification.ts'

// Seeds, which concern nobody here.
console.info = () => {}

const [cpu] = cpus()
const machine = { cpu: cpu?.model, cores: cpus().length, node: process.version }
const verification = await Verification.measure()
const { http, endToEnd } = await Service.measure()
console.log(JSON.stringify({ machine, verification, http, endToEnd }, null, 2))
