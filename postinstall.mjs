// Puts a Node 24 in front of npm scripts, whatever Node ran `npm ci`. Runs on Node 20 itself.
//
// Two habits of npm make this necessary. Releases before 11.19 delete `node_modules/.bin/node`
// when they drop the other platform's optional package. And under Node 20 npm silently leaves out
// optional packages whose `engines` ask for more, Hardhat's native chain among them: those are
// asked for again, by the Node 24 that is there by then.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const bundledNode = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')

/** Links the bundled Node 24 as `node_modules/.bin/node`; false where there is none for this platform. */
function linkNode() {
  if (!existsSync(bundledNode)) return false
  mkdirSync(bin, { recursive: true })
  const link = join(bin, 'node')
  rmSync(link, { force: true })
  symlinkSync(join('..', `node-${process.platform}-${process.arch}`, 'bin', 'node'), link)
  return true
}

/** Whether Hardhat's native chain loads in the Node that npm scripts will run on. */
function chainLoads(node) {
  const edr = createRequire(import.meta.url).resolve('@nomicfoundation/edr')
  return spawnSync(node, ['-e', `require(${JSON.stringify(edr)})`], { stdio: 'ignore' }).status === 0
}

const linked = linkNode()
const node = linked ? bundledNode : process.execPath
if (!linked && Number(process.versions.node.split('.')[0]) < 22) {
  console.error('Medseal needs Node 22 or newer on this platform.')
  process.exit(1)
}
if (!chainLoads(node) && process.env.MEDSEAL_POSTINSTALL !== 'nested') {
  const npm = process.env.npm_execpath
  const args = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund']
  const env = { ...process.env, MEDSEAL_POSTINSTALL: 'nested', PATH: `${bin}${delimiter}${process.env.PATH}` }
  const run = npm ? spawnSync(node, [npm, ...args], { cwd: root, env }) : spawnSync('npm', args, { cwd: root, env })
  linkNode()
  if (run.status !== 0 || !chainLoads(node)) {
    console.error("Hardhat's in-process chain could not be installed.")
    console.error(String(run.stderr))
    process.exit(1)
  }
}
