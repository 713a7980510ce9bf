import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type * as Form from '../files/Form.ts'
import * as File from './File.ts'
import * as Output from './Output.ts'

/** A secret that commands need, and where it may come from. Never from the command line. */
export type Need<T> = {
  /** What it is called in prompts, e.g. "words of the holder". */
  readonly title: string
  /** The option that names its file, e.g. --holder. */
  readonly option: string
  /** The environment variable that may hold it. */
  readonly variable: string
  readonly kind: Form.Kind<{ readonly secret: string }>
  /** Reads the secret's text; whatever it throws is told without it. */
  readonly parse: (text: string) => T
}

/**
 * A secret from its file, else from the environment, else asked for without echo.
 * @param path Of its file; "-" is standard input.
 * @throws {MissingError} {InvalidError} {File.UnreadableError}
 */
export async function read<T>(need: Need<T>, path: string | undefined): Promise<T> {
  const text = await find(need, path)
  try {
    return need.parse(text.trim())
  } catch {
    throw new InvalidError(need)
  }
}

async function find<T>(need: Need<T>, path: string | undefined): Promise<string> {
  if (path === '-') return takeOut(need, await readInput())
  if (path !== undefined) {
    const { secret } = File.readJson(path, [need.kind])
    if (File.isOpenToOthers(path)) Output.warn(`others on this machine can read "${path}": chmod 600 it.`)
    return secret
  }
  const variable = process.env[need.variable]
  if (variable) return takeOut(need, variable)
  if (process.stdin.isTTY) return prompt(`${need.title}: `)
  throw new MissingError(need)
}

/** The bare secret, or the text of its file. */
function takeOut<T>(need: Need<T>, text: string): string {
  if (!text.trimStart().startsWith('{')) return text
  try {
    const { medseal, secret } = JSON.parse(text)
    if (medseal === need.kind.tag && typeof secret === 'string') return secret
  } catch {
    // The engine's own message quotes the text.
  }
  throw new InvalidError(need)
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Asks on standard error; what is typed does not show. */
function prompt(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, written) => written() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const cancel = () => reject(new DOMException('Cancelled.', 'AbortError'))
  terminal.once('line', resolve).once('SIGINT', cancel).once('close', cancel)
  process.once('SIGINT', cancel)
  return promise.finally(() => {
    process.removeListener('SIGINT', cancel)
    terminal.close()
    process.stderr.write('\n')
  })
}

/**
 * Refuses a command line with what looks like a secret in it: every user of the machine can read it there, and the
 * shell keeps it.
 * @throws {InArgumentsError}
 */
export function refuseIn(args: readonly string[]): void {
  const isKey = (text: string) => /(^|[=\s])(0x)?[0-9a-f]{64}$/i.test(text)
  const isWords = (text: string) => /^(\S*=)?\s*[a-z]{3,8}(\s+[a-z]{3,8}){11,}\s*$/i.test(text)
  // Words without quotes arrive one by one.
  const runs = args.join('\n').match(/^([a-z]{3,8}\n){11}[a-z]{3,8}$/m)
  if (runs || args.some((text) => isKey(text) || isWords(text))) throw new InArgumentsError()
}

/** Nobody said where the secret is. */
export class MissingError extends Error {
  override readonly name = 'Secret.MissingError'
  constructor({ title, option, variable }: Pick<Need<unknown>, 'title' | 'option' | 'variable'>) {
    super(`Needed: the ${title}. Name its file with ${option} ("-" is standard input), or set ${variable}.`)
  }
}

/** What was given is not such a secret. It is not repeated. */
export class InvalidError extends Error {
  override readonly name = 'Secret.InvalidError'
  constructor({ title }: Pick<Need<unknown>, 'title'>) {
    super(`What was given is not the ${title}.`)
  }
}

/** The command line itself holds what looks like a secret. It is not repeated. */
export class InArgumentsError extends Error {
  override readonly name = 'Secret.InArgumentsError'
  constructor() {
    super(
      'A key or words in the command line can be read by everybody on this machine and stay in the history of the shell: name a file instead, and take those given for known.',
    )
  }
}
