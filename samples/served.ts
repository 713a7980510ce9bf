/**
 * `npm run build:served [-- FOLDER]`: all that the API serves besides itself, pages and prover files, where
 * `verifier-api/deploy` looks for them: `served/` of this checkout, unless another folder is named.
 */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as Build from './Build.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const folder = resolve(positionals[0] ?? join(import.meta.dirname, '../served'))
const tell = (line: string) => console.error(line)

const provers = await Build.circuits(({ circuit, phase, seconds }) =>
  tell(`${circuit}: ${phase} (${seconds.toFixed(0)} s)`),
)
Build.deliver(provers, join(folder, 'provers'))
Build.deliver(await Build.pages(() => tell('The pages')), join(folder, 'pages'))
console.log(`WEB_DIR=${join(folder, 'pages')}\nARTIFACTS_DIR=${join(folder, 'provers')}`)
