#!/usr/bin/env node
// Serves the API by the settings of the environment (config.ts lists them), until it is told to stop.
import * as DevelopmentDeployment from './chain/DevelopmentDeployment.ts'
import * as Config from './config.ts'
import * as Failure from './Failure.ts'
import * as Log from './Log.ts'
import { serve } from './server.ts'

try {
  const config = Config.read(process.env)
  const log = Log.create({ level: config.logLevel })
  const serving = serve(config, { log, deployTo: DevelopmentDeployment.deploy })
  let told = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Told twice: at once.
      if (told) process.exit(1)
      told = true
      // Should something hang, the supervisor must not have to kill it.
      setTimeout(() => process.exit(1), (config.stopSeconds + 15) * 1000).unref()
      // Also while it is still starting: what was opened is closed. What fails to start is told below.
      serving
        .then((server) => server.close())
        .then(
          () => process.exit(0),
          () => {},
        )
    })
  }
  await serving
} catch (cause) {
  Failure.end(cause, 'It did not start')
}
