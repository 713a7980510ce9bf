/** `npm start`: chain, API and pages on this machine. With --walk the story in the terminal instead. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// As `medseal` does: what an earlier start has compiled is not compiled again.
const compiled = join(import.meta.dirname, '../.cache/compiled')
enableCompileCache(compiled)
// Threads and child processes have it by the environment alone.
process.env.NODE_COMPILE_CACHE = compiled

const help = `npm start                                  chain, API and pages, with the sample people
    --port N                               the first port that is tried (4400)
    --data FOLDER                          where state is kept (.medseal)
    --fresh                                forgets it first
npm start -- --walk                        the story in the terminal, with the sample patients
npm start -- --bundle FILE --policy FILE   the same with your own FHIR R4 bundle and policy
    --today yyyy-mm-dd                     by default the bundle's last date

The story exits 0 when every acceptance and every refusal came out as written, 1 when one did not,
2 when the call or a file is wrong, 3 when your record does not meet your policy.`

const values = read()
const isStory = values?.walk || values?.bundle !== undefined || values?.policy !== undefined
const port = Number(values?.port ?? 4400)

if (!values || values.help || (values.bundle === undefined) !== (values.policy === undefined) || !isPort(port)) {
  console.error(help)
  process.exitCode = values?.help ? 0 : 2
} else if (isStory) {
  const { tell } = await import('./story.ts')
  process.exitCode = await tell(values)
} else {
  const { run } = await import('./running.ts')
  process.exitCode = await run({ folder: values.data ?? '.medseal', port, fresh: values.fresh ?? false })
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 65_535
}

/** What was asked for; undefined where it cannot be told. */
function read() {
  try {
    return parseArgs({
      options: {
        walk: { type: 'boolean' },
        bundle: { type: 'string' },
        policy: { type: 'string' },
        today: { type: 'string' },
        fresh: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    return undefined
  }
}
