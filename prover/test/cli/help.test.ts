import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import * as Completion from '../../src/cli/Completion.ts'
import * as program from '../../src/cli/program.ts'
import { desk } from './medseal.ts'

const at = desk()
afterAll(() => at.clear())

/** Every command a user can see, with the words that lead to it. */
function all(command: Command, words: readonly string[] = []): readonly (readonly [string, Command])[] {
  const shown = command.createHelp().visibleCommands(command)
  const children = shown.filter((child) => child.name() !== 'help')
  const below = children.flatMap((child) => all(child, [...words, child.name()]))
  return [[words.join(' '), command], ...below]
}

/** What --help prints. */
function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (chunk) => (text += chunk) }).outputHelp()
  return text
}

const commands = all(program.create())

describe('help', () => {
  it('has every command there is to be', () => {
    expect(commands.map(([words]) => words)).toEqual(
      expect.arrayContaining([
        ...['record import', 'record show', 'credential issue', 'credential check', 'credential revoke'],
        ...['policy check', 'policy explain', 'policy dry-run', 'request create', 'request show'],
        ...['prove', 'verify', 'audit', 'deploy', 'serve', 'keys check', 'doctor', 'completion'],
      ]),
    )
  })

  it.each(commands)('of "%s" has an example, of a call there is', (words, command) => {
    const [, example = ''] = /\nExample:\n {2}\$ (.+)/.exec(helpOf(command)) ?? []
    const call = /medseal [^)]*/.exec(example)?.[0] ?? ''
    expect(call.startsWith(`medseal${words && ` ${words}`}`)).toBe(true)
    const called = commands.findLast(([leaf]) => call.startsWith(`medseal ${leaf}`))?.[1]
    const flags = call.match(/--[a-z-]+/g) ?? []
    const known = called?.options.map(({ long }) => long)
    expect(known).toEqual(expect.arrayContaining(flags))
    for (const { long, mandatory } of called?.options ?? []) if (mandatory) expect(flags).toContain(long)
  })

  it('goes to standard output and ends well; a wrong call goes to standard error', async () => {
    const { code, stdout, stderr } = await at.run(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const line of ['0    done', '2    the call', '3    no:', '4    the chain'])
      expect(stdout).toContain(`  ${line}`)
    const bare = await at.run([])
    expect([bare.code, bare.stdout]).toEqual([2, ''])
  })
})

it('says nothing when its reader stops early', async () => {
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  expect(await new Promise((ended) => child.on('close', ended))).toBe(0)
  expect(stderr).toBe('')
})

describe('completion', () => {
  const words = (...typed: string[]) => Completion.candidates(program.create(), typed).map(({ word }) => word)

  it('knows commands, options, choices, and when it knows nothing', () => {
    expect(words('re')).toEqual(['record', 'request', 'receipt'])
    expect(words('se')).toEqual(['serve'])
    expect(words('policy', '')).toEqual(['check', 'explain', 'dry-run', 'help'])
    expect(words('keys', 'create', '')).toEqual(['holder', 'issuer', 'account'])
    expect(words('policy', 'dry-run', '--t')).toEqual(['--today'])
    expect(words('request', 'create', 'policy.json', '--purpose', 'COV')).toEqual(['COVERAGE', 'COVAUTH'])
    expect(words('keys', 'check', 'eligibility-s', 'enr')).toEqual(['enrolment'])
    // A file comes next: the shell knows those.
    expect(words('record', 'import', '')).toEqual([])
    expect(words('prove', 'request.json', '--credential', '')).toEqual([])
  })

  it.each(Completion.shells)('has a script for %s', async (shell) => {
    const { code, stdout } = await at.run(['completion', shell])
    expect(code).toBe(0)
    expect(stdout).toContain('medseal complete -- ')
  })

  it('works in bash, which evaluates nothing that was typed', async () => {
    // The scripts call medseal by name: as npx and an installation have it.
    symlinkSync(join(import.meta.dirname, '../../src/cli/main.ts'), at.path('main.ts'))
    writeFileSync(at.path('medseal'), `#!/bin/sh\nexec "${process.execPath}" "${at.path('main.ts')}" "$@"\n`)
    chmodSync(at.path('medseal'), 0o755)
    writeFileSync(at.path('script.bash'), (await at.run(['completion', 'bash'])).stdout)
    const complete = `source script.bash; _medseal; printf '%s\\n' "\${COMPREPLY[@]}"`
    const bash = (line: string, ...typed: string[]) => {
      const set = `COMP_WORDS=(medseal ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}; `
      const options = { cwd: at.folder, env: { ...process.env, PATH: `${at.folder}:${process.env.PATH}` } }
      return spawnSync('bash', ['-c', set + line], { ...options, encoding: 'utf8' })
        .stdout.trim()
        .split('\n')
    }
    expect(spawnSync('bash', ['-n', 'script.bash'], { cwd: at.folder }).status).toBe(0)
    expect(bash(complete, 'credential', '')).toEqual(['enrol', 'issue', 'check', 'revoke', 'help'])
    expect(bash(complete, 'record', 'import', '$(touch evaluated)')).toEqual([''])
    expect(bash('ls', 'x')).not.toContain('evaluated')
  })
})
