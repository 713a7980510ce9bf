/** What a proof is made from, with every part of the credential open to choice, and what circuits say to it. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { BuiltCircuit } from '../../../circuits/build/build.ts'
import * as Forge from '../../../circuits/test/forge.ts'
import * as Solving from '../../../circuits/test/solving.ts'
import { UnsatisfiedError } from '../../src/engine/Engine.ts'
import * as Witness from '../../src/engine/Witness.ts'
import type { Context } from '../../src/protocol/Context.ts'
import * as Credential from '../../src/protocol/Credential.ts'
import type * as Day from '../../src/protocol/Day.ts'
import type * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Holder from '../../src/protocol/Holder.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import type { Role } from '../../src/protocol/Policy.ts'
import * as Record from '../../src/protocol/Record.ts'
import type { Scope } from '../../src/protocol/Scope.ts'
import * as StatusList from '../../src/protocol/StatusList.ts'
import * as Tree from '../../src/protocol/Tree.ts'

export type Scene = {
  readonly policy: Eligibility.Case['policy']
  readonly record: Record.OpenRecord
  readonly today: Day.Day
  readonly asOf: Day.Day
  readonly expires: Day.Day
  readonly complete: Credential.Completeness
  readonly issuerRoles: readonly Role[]
  readonly validUntil?: Day.Day
  readonly secret?: bigint
  readonly scope?: bigint
  readonly context?: bigint
  /** Place of the credential's bit: the word is all ones but for it. */
  readonly status?: { readonly position: number; readonly bit: number; readonly tree: Tree.Tree }
  readonly issuers?: { readonly position: number; readonly tree: Tree.Tree }
}

const signingKey = new Uint8Array(32).fill(17) as Issuer.SigningKey
const publicKey = Issuer.publicKeyOf(signingKey)

/** Trees given in `options` are changed. */
export function scene(options: Scene): Eligibility.Case {
  const { policy, record, today, asOf, expires, complete, issuerRoles } = options
  const status = options.status ?? { position: 1, bit: 5, tree: Tree.build([7n, 0n, 9n]) }
  const word = ((1n << 248n) - 1n) ^ (1n << BigInt(status.bit))
  Tree.update(status.tree, status.position, word)
  const issuer: Issuer.Issuer = { publicKey, roles: issuerRoles, validUntil: options.validUntil ?? today }
  const issuers = options.issuers ?? { position: 1, tree: Tree.build([11n, 0n, 13n]) }
  const leaf = Issuer.toLeaf(issuer, Tree.root(status.tree) as StatusList.StatusRoot)
  Tree.update(issuers.tree, issuers.position, leaf)
  const secret = (options.secret ?? 0x5ec2e7n) as Holder.HolderSecret
  const credential = Credential.issue(signingKey, {
    holder: Holder.at(secret, Issuer.idOf(publicKey)),
    recordRoot: Record.root(record),
    leafCount: record.leaves.length,
    complete,
    asOf,
    expires,
    statusIndex: StatusList.indexAt(status.position, status.bit),
  })
  return {
    policy,
    record,
    credential,
    secret,
    issuer,
    issuerPath: Tree.open(issuers.tree, issuers.position),
    status: { word, path: Tree.open(status.tree, status.position) },
    scope: (options.scope ?? 0x5c0fen) as Scope,
    today,
    context: (options.context ?? 0xc0417e87n) as Context,
  }
}

const targets = new Map<Eligibility.Circuit, Forge.BuiltTarget>()

/** The circuit as a forger has it: a witness for any input. */
export function targetOf(circuit: Eligibility.Circuit): Forge.BuiltTarget {
  const target = targets.get(circuit) ?? Forge.open(circuit)
  targets.set(circuit, target)
  return target
}

/** Whether an input's witness obeys every constraint, the calculator's own assertions left out. */
export function obeys(circuit: Eligibility.Circuit, input: Eligibility.CircuitInput): boolean {
  return Forge.isObeyed(targetOf(circuit), input)
}

/**
 * Whether there is a witness: what circom's calculator says, which stops at the first assertion that fails, and the
 * prover's solver, which has to say the same and find the same witness.
 */
export async function calculates(circuit: Eligibility.Circuit, input: Eligibility.CircuitInput): Promise<boolean> {
  const found = solvers.get(circuit) ?? open(targetOf(circuit).built)
  solvers.set(circuit, found)
  const { solve, wasm } = await found
  const [solved, calculated] = [solve(input), await calculate(circuit, wasm, input)]
  expect(solved === undefined).toBe(calculated === undefined)
  if (solved && calculated) expect(Buffer.from(solved).equals(calculated)).toBe(true)
  return calculated !== undefined
}

const solvers = new Map<Eligibility.Circuit, ReturnType<typeof open>>()

async function open({ solver, wasm }: BuiltCircuit) {
  return { solve: await Solving.of(readFileSync(solver)), wasm: readFileSync(wasm) }
}

async function calculate(circuit: string, wasm: Uint8Array, input: Eligibility.CircuitInput) {
  try {
    return await Witness.calculate(circuit, wasm, input)
  } catch (error) {
    if (error instanceof UnsatisfiedError) return undefined
    throw error
  }
}

/** The input with other leaves of the record opened, one for each slot. */
export function opening(
  input: Eligibility.CircuitInput,
  record: Record.OpenRecord,
  indexes: readonly number[],
): Eligibility.CircuitInput {
  const leaves = indexes.map((index) => Record.leafAt(record, index))
  return {
    ...input,
    leafKey: leaves.map(({ key }) => key),
    leafValue: leaves.map(({ value }) => value),
    leafNextKey: leaves.map(({ nextKey }) => nextKey),
    leafRunningSum: leaves.map(({ runningSum }) => runningSum),
    leafDetail: leaves.map(({ detail }) => detail),
    leafSalt: leaves.map(({ salt }) => salt),
    leafIndex: indexes.map(BigInt),
    leafChildren: indexes.map((index) => Tree.open(record.tree, index).children),
  }
}
