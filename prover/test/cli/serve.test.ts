import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { desk } from './medseal.ts'

// medseal serve
// ├── serves the API by the settings of the environment, until it is told to stop
// ├── ends as the API does where a setting is wrong
// └── says what is missing where the API is not installed

const at = desk()
afterAll(() => at.clear())

const settings = { MEDSEAL_DATA: '.medseal', DATABASE_URL: 'pglite:memory', PORT: '0', METRICS_PORT: '0', WORKERS: '1' }

it('serves the API until it is told to stop', async () => {
  const ended = await at.run(['serve'], {
    env: settings,
    interrupt: (_, stdout) => (stdout.includes('"msg":"Listening"') ? 'SIGTERM' : undefined),
  })
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  expect(ended.stdout).toContain('"msg":"Stopped"')
})

it('ends as the API does where a setting is wrong', async () => {
  const { code, stdout, stderr } = await at.run(['serve'], { env: { ...settings, PORT: 'hunter2' } })
  expect([code, stdout, stderr]).toEqual([78, '', 'Wrong settings:\n  PORT must be a whole number from 0 to 65535.\n'])
})

it('says what is missing where the API is not installed', () => {
  const repository = join(import.meta.dirname, '../../..')
  const copy = at.path('alone')
  mkdirSync(join(copy, 'node_modules'), { recursive: true })
  cpSync(join(repository, 'prover/package.json'), join(copy, 'package.json'))
  cpSync(join(repository, 'prover/src'), join(copy, 'src'), { recursive: true })
  // All that the prover itself is made of.
  const { dependencies } = JSON.parse(at.read('alone/package.json')) as { dependencies: Record<string, string> }
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(copy, 'node_modules', name, '..'), { recursive: true })
    const [found = ''] = ['prover/node_modules', 'node_modules']
      .map((folder) => join(repository, folder, name))
      .filter((path) => existsSync(path))
    symlinkSync(found, join(copy, 'node_modules', name))
  }
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(copy, 'src/cli/main.ts'), ...args], { cwd: at.folder, encoding: 'utf8' })
  const { status, stdout, stderr } = run('serve')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain(
    'Serve.NotInstalledError: The API is not installed: it is the package @medseal/verifier-api.',
  )
  expect(run('doctor', '--help').status).toBe(0)
})
