import { readFileSync } from 'node:fs'
import { Argument, type Command, Option } from 'commander'
import { hexlify, Wallet } from 'ethers'
import { type CircuitName, circuits } from '../../generated/circuits.ts'
import * as KeyCheck from '../../KeyCheck.ts'
import * as Holder from '../../protocol/Holder.ts'
import * as Issuer from '../../protocol/Issuer.ts'
import * as BuiltCircuits from '../BuiltCircuits.ts'
import * as ExitCode from '../ExitCode.ts'
import * as File from '../File.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as Progress from '../Progress.ts'
import * as Secret from '../Secret.ts'

type Kind = keyof typeof KeyFile.needs
const kinds = Object.keys(KeyFile.needs) as Kind[]

export function addTo(program: Command): void {
  const keys = program.command('keys').description('Makes and shows keys, and checks those of the circuits.')
  keys.addHelpText('after', '\nExample:\n  $ medseal keys create holder --out holder.json')
  addCreate(keys)
  addShow(keys)
  addCheck(keys)
}

function addCreate(keys: Command): void {
  type Given = Options.Out & { readonly reveal?: boolean }
  Leaf.add<Given, [Kind]>(keys, {
    usage: 'create',
    operands: [kindArgument()],
    summary: 'Makes a fresh key and writes it to a file only its owner can read.',
    detail:
      'holder: the 24 words of a patient. issuer: what signs credentials. account: what signs requests and transactions.',
    example: 'medseal keys create holder --out holder.json',
    options: [...Options.out('the key'), new Option('--reveal', 'show the secret as well, to be written down')],
    act: ({ out, force, reveal }, kind) => {
      const secret = fresh(kind)
      File.writeJson(out, KeyFile.needs[kind].kind.tag, { secret }, { force, secret: true })
      return shown(kind, secret, { file: out, reveal })
    },
  })
}

function addShow(keys: Command): void {
  Leaf.add<{ readonly file?: string; readonly reveal?: boolean }, [Kind]>(keys, {
    usage: 'show',
    operands: [kindArgument()],
    summary: 'Shows the public side of a key.',
    example: 'medseal keys show account --file insurer.key.json',
    options: [
      new Option('--file <file>', 'the key (otherwise from the environment, or asked for)'),
      new Option('--reveal', 'show the secret as well'),
    ],
    act: async ({ file, reveal }, kind) => {
      const secret = await Secret.read({ ...KeyFile.needs[kind], option: '--file', parse: checkedBy(kind) }, file)
      return shown(kind, secret, { file, reveal })
    },
  })
}

function addCheck(keys: Command): void {
  type Given = { readonly artifacts?: string; readonly zkey?: string }
  Leaf.add<Given, [CircuitName[]]>(keys, {
    usage: 'check',
    operands: [new Argument('[circuits...]', 'by default all').choices(BuiltCircuits.names)],
    summary: 'Checks the keys of circuits: that nobody can forge under them who was not meant to.',
    detail: 'Verification keys are the pinned ones; proving keys are checked against them where they are built.',
    example: 'medseal keys check eligibility-s --json',
    options: [Options.artifacts(), new Option('--zkey <file>', 'check this proving key, of the one circuit named')],
    act: async ({ artifacts, zkey }, named) => {
      if (zkey !== undefined && named.length !== 1) throw new OneCircuitError()
      const results: Result[] = []
      const steps = (named.length > 0 ? named : BuiltCircuits.names).map((circuit) => ({
        title: circuit,
        act: async () => {
          results.push(await check(circuit, zkey ?? BuiltCircuits.find(circuit, artifacts)?.zkey))
        },
      }))
      await Progress.through(steps)
      return {
        data: results,
        text: results.flatMap(toText),
        exitCode: results.every(({ findings }) => KeyCheck.isSound(findings)) ? ExitCode.done : ExitCode.no,
      }
    },
  })
}

type Result = {
  readonly circuit: CircuitName
  readonly class: 'development' | 'production'
  readonly verificationKey: string
  /** Path of the proving key, where there was one to check. */
  readonly zkey: string | null
  readonly findings: readonly KeyCheck.Finding[]
}

async function check(circuit: CircuitName, zkey: string | undefined): Promise<Result> {
  const { verificationKey, hashes, class: keyClass } = circuits[circuit]
  const bytes = zkey === undefined ? {} : { zkey: readBytes(zkey) }
  const findings = await KeyCheck.check(circuit, verificationKey, bytes)
  return { circuit, class: keyClass, verificationKey: hashes.verificationKey, zkey: zkey ?? null, findings }
}

function toText({ circuit, class: keyClass, zkey, findings }: Result): string[] {
  const what = zkey === null ? 'verification key; its proving key is not built' : 'verification key and proving key'
  const verdict = KeyCheck.isSound(findings) ? 'sound' : `${findings.length} findings`
  const lines = findings.map(({ kind, ...where }) => `  ${kind} ${Object.values(where).flat().join(' ')}`)
  return [`${circuit}: ${verdict} (${keyClass}; ${what})`, ...lines]
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch {
    throw new File.UnreadableError({ path, code: 'no such file' })
  }
}

function kindArgument(): Argument {
  return new Argument('<kind>', 'whose key').choices(kinds)
}

function fresh(kind: Kind): string {
  if (kind === 'holder') return Holder.createWords()
  return kind === 'issuer' ? hexlify(crypto.getRandomValues(new Uint8Array(32))) : Wallet.createRandom().privateKey
}

/** The secret's own text, once it is known to be one. */
function checkedBy(kind: Kind) {
  return (text: string): string => {
    KeyFile.needs[kind].parse(text)
    return text
  }
}

/** What may be said of a key; the secret itself only where it was asked for. */
function shown(
  kind: Kind,
  secret: string,
  { file, reveal = false }: { readonly file?: string | undefined; readonly reveal?: boolean | undefined },
): Output.Answer {
  const open = publicSide(kind, secret)
  const data = { kind, ...(file !== undefined && { file }), ...open, ...(reveal && { secret }) }
  const rows = Object.entries(data).map(([key, value]) => [key, String(value)])
  if (reveal) Output.warn('who sees this secret can act in its owner’s name: clear the screen.')
  return { data, text: Output.table(rows) }
}

function publicSide(kind: Kind, secret: string): { readonly [name: string]: string } {
  switch (kind) {
    case 'holder':
      // A holder is another to each issuer: there is nothing public before there is one.
      return {}
    case 'issuer':
      return { issuerId: String(Issuer.idOf(Issuer.publicKeyOf(KeyFile.issuer.parse(secret)))) }
    case 'account':
      return { address: KeyFile.account.parse(secret).address }
  }
}

/** A proving key belongs to one circuit. */
export class OneCircuitError extends Error {
  override readonly name = 'Arguments.OneCircuitError'
  constructor() {
    super('--zkey needs the name of the one circuit it is of.')
  }
}
