#!/usr/bin/env node
// Fills what is only a copy of the chain anew, by the settings of the environment, while the API does not run.
import * as Config from './config.ts'
import * as Failure from './Failure.ts'
import { rebuild } from './server.ts'

try {
  await rebuild(Config.read(process.env))
} catch (cause) {
  Failure.end(cause, 'It was not rebuilt')
}
