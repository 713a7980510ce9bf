import type { Command } from 'commander'
import * as Leaf from '../Leaf.ts'

/** The API's own command. Found when it is asked for: nothing of the prover imports the API, or needs it. */
const program = '@medseal/verifier-api/main'

export function addTo(group: Command): void {
  Leaf.add<object, []>(group, {
    usage: 'serve',
    summary: 'Serves the API until it is told to stop.',
    detail: `By the settings of the environment: none for a database and a chain of its own on loopback, in .medseal/.
Its log is JSON on standard output. Exit code 78 when a setting is wrong. Needs the package @medseal/verifier-api.`,
    example: 'medseal serve',
    act: async () => {
      await import(locate())
      // From here on the API listens to signals and ends the process.
      return await new Promise<never>(() => {})
    },
  })
}

function locate(): string {
  try {
    return import.meta.resolve(program)
  } catch (cause) {
    throw new NotInstalledError({ cause })
  }
}

/** The API is a package of its own, and is not here. */
export class NotInstalledError extends Error {
  override readonly name = 'Serve.NotInstalledError'
  constructor(options: ErrorOptions) {
    super(
      'The API is not installed: it is the package @medseal/verifier-api. Install it beside @medseal/prover.',
      options,
    )
  }
}
