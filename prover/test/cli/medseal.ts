import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a command ended. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Called with all that was said so far; what it returns is sent as a signal, once. */
  readonly interrupt?: (stderr: string, stdout: string) => NodeJS.Signals | undefined
}

const repository = join(import.meta.dirname, '../../..')
const main = join(repository, 'prover/src/cli/main.ts')

export const policies = join(repository, 'samples/policies')
export const patients = join(repository, 'samples/patients')

/** A folder of the test's own, in which `medseal` is run as a user would: the real file, a process of its own. */
export function desk() {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-'))
  const spoken: Ended[] = []
  /** Everything any command has said so far. */
  const said = () => spoken.flatMap(({ stdout, stderr }) => [stdout, stderr]).join('\n')
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<Ended> => {
    const ended = await start(folder, args, options)
    spoken.push(ended)
    return ended
  }
  return {
    folder,
    path: (name: string) => join(folder, name),
    read: (name: string): string => readFileSync(join(folder, name), 'utf8'),
    said,
    run,
    /** Runs what must succeed, and gives its JSON. */
    json: async (args: readonly string[], options: RunOptions = {}) => {
      const { code, stdout, stderr } = await run([...args, '--json'], options)
      if (code !== 0) throw new Error(`medseal ${args.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
}
export type Desk = ReturnType<typeof desk>

function start(cwd: string, args: readonly string[], { env = {}, stdin, interrupt }: RunOptions): Promise<Ended> {
  // Nothing of the tester's own shell: its variables may name a chain.
  const { MEDSEAL_RPC_URL: _, MEDSEAL_DEPLOYMENT: __, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, NO_COLOR: '1', ...env } })
  let stdout = ''
  let stderr = ''
  let isInterrupted = false
  const heed = () => {
    const signal = isInterrupted ? undefined : interrupt?.(stderr, stdout)
    if (signal) isInterrupted = child.kill(signal)
  }
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
    heed()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
    heed()
  })
  child.stdin.end(stdin ?? '')
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}

/** Keys of a patient, a hospital and an insurer, and the hospital's own file. */
export async function settle({ run, json }: Desk): Promise<void> {
  await Promise.all([
    run(['keys', 'create', 'holder', '--out', 'holder.json']),
    run(['keys', 'create', 'issuer', '--out', 'hospital.key.json']),
    run(['keys', 'create', 'account', '--out', 'insurer.key.json']),
  ])
  await json([
    ...['issuer', 'create', '--signing-key', 'hospital.key.json', '--role', 'hospital'],
    ...['--valid-until', '2099-12-31', '--out', 'issuer.json'],
  ])
}

/** The patient enrols, and takes home a credential of a record that has been imported. */
export async function admit({ json }: Desk, { record = 'record.json' } = {}): Promise<void> {
  await json(['issuer', 'invite', 'issuer.json', '--out', 'invitation.json', '--force'])
  const enrolment = ['--holder', 'holder.json', '--out', 'enrolment.json', '--force']
  await json(['credential', 'enrol', 'invitation.json', ...enrolment])
  const from = ['--issuer', 'issuer.json', '--signing-key', 'hospital.key.json', '--enrolment', 'enrolment.json']
  await json(['credential', 'issue', record, ...from, '--out', 'credential.json', '--force'])
}
