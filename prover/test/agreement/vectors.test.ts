/** One vector file, three runtimes: the same hashes in TypeScript, in circomlib and its circuits, and in Solidity. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ContractFactory, type InterfaceAbi } from 'ethers'
import { describe, expect, it } from 'vitest'
import { root } from '../../../circuits/build/compile.ts'
import * as Forge from '../../../circuits/test/forge.ts'
import * as LocalChain from '../../../contracts/localChain.ts'
import * as files from '../../../samples/files.ts'
import { parameters } from '../../src/generated/parameters.ts'
import type * as Attribute from '../../src/protocol/Attribute.ts'
import * as Credential from '../../src/protocol/Credential.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Holder from '../../src/protocol/Holder.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import type { Policy, Role } from '../../src/protocol/Policy.ts'
import * as PolicyCompiler from '../../src/protocol/PolicyCompiler.ts'
import * as Record from '../../src/protocol/Record.ts'
import type { Scope } from '../../src/protocol/Scope.ts'
import type { StatusIndex, StatusRoot } from '../../src/protocol/StatusList.ts'
import type { Value } from '../../src/protocol/Value.ts'
import * as Scene from './scene.ts'

type Decimal = string
type RecordLeaf = { readonly [field in keyof Record.Leaf]: Decimal } & { readonly name: string; readonly hash: Decimal }
type IssuerLeaf = {
  readonly name: string
  readonly publicKey: readonly [Decimal, Decimal]
  readonly roles: readonly Role[]
  readonly validUntil: string
  readonly statusRoot: Decimal
  readonly issuerId: Decimal
  readonly rolesMask: Decimal
  readonly validUntilField: Decimal
  readonly hash: Decimal
}
type HolderVector = { readonly secret: Decimal; readonly issuerId: Decimal; readonly hash: Decimal }
type NullifierVector = { readonly secret: Decimal; readonly scope: Decimal; readonly hash: Decimal }
type Statement = {
  readonly name: string
  readonly holder: Decimal
  readonly recordRoot: Decimal
  readonly leafCount: number
  readonly complete: Pick<Credential.Completeness, 'categories' | 'systems' | 'setsEdition'> & {
    readonly since: string
  }
  readonly asOf: string
  readonly expires: string
  readonly statusIndex: number
  readonly packedComplete: Decimal
  readonly hash: Decimal
}
type PolicyVector = {
  readonly name: string
  readonly policy: Policy
  readonly packed: {
    readonly header: Decimal
    readonly clauses: Decimal
    readonly slots: readonly [Decimal, Decimal][]
  }
  readonly hash: Decimal
}

const leaves = read<RecordLeaf>('record-leaf')
const issuers = read<IssuerLeaf>('issuer-leaf')
const holders = read<HolderVector>('holder')
const nullifiers = read<NullifierVector>('nullifier')
const statements = read<Statement>('credential')
const policies = read<PolicyVector>('policy-words')

function read<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../vectors/${name}.json`), 'utf8'))
}

/** The reference: circomlibjs, with domain tags read from their texts. */
type Field = { toString(element: unknown): string }
type Circomlibjs = { buildPoseidon(): Promise<((inputs: readonly bigint[]) => unknown) & { readonly F: Field }> }
const circomlibjs: Circomlibjs = createRequire(import.meta.url)('circomlibjs')
const poseidon = await circomlibjs.buildPoseidon()
const texts: { readonly [tag: string]: string } = JSON.parse(
  readFileSync(join(root, 'circuits/parameters.json'), 'utf8'),
).tags

function hash(...inputs: readonly (string | bigint | number)[]): string {
  return poseidon.F.toString(poseidon(inputs.map(BigInt)))
}

function tag(name: string): bigint {
  return BigInt(`0x${Buffer.from(texts[name] ?? '', 'ascii').toString('hex')}`)
}

/** Days since 1970 plus 2^17, by the calendar of the language. */
function field(date: string): bigint {
  return BigInt(Date.parse(`${date}T00:00:00Z`) / 86_400_000 + 131_072)
}

function leafOf({ key, value, nextKey, runningSum, detail, salt }: RecordLeaf): Record.Leaf {
  return {
    key: BigInt(key) as Attribute.Key,
    value: BigInt(value) as Value,
    nextKey: BigInt(nextKey) as Attribute.Key,
    runningSum: BigInt(runningSum),
    detail: BigInt(detail),
    salt: BigInt(salt),
  }
}

describe('vectors in TypeScript', () => {
  it.each(leaves)('record leaf: $name', (vector) => expect(`${Record.hashOf(leafOf(vector))}`).toBe(vector.hash))

  it.each(issuers)('issuer leaf: $name', ({ publicKey: [x, y], roles, validUntil, ...vector }) => {
    const publicKey = Issuer.parsePublicKey([BigInt(x), BigInt(y)])
    const issuer = { publicKey, roles, validUntil: Day.parse(validUntil) }
    expect(`${Issuer.idOf(publicKey)}`).toBe(vector.issuerId)
    expect(`${Issuer.rolesMask(roles)}`).toBe(vector.rolesMask)
    expect(`${Issuer.toLeaf(issuer, BigInt(vector.statusRoot) as StatusRoot)}`).toBe(vector.hash)
  })

  it.each(holders)('holder of $secret', ({ secret, issuerId, hash: expected }) =>
    expect(`${Holder.at(BigInt(secret) as Holder.HolderSecret, BigInt(issuerId) as Issuer.IssuerId)}`).toBe(expected),
  )

  it.each(nullifiers)('nullifier in scope $scope', ({ secret, scope, hash: expected }) =>
    expect(`${Eligibility.nullifierOf(BigInt(secret) as Holder.HolderSecret, BigInt(scope) as Scope)}`).toBe(expected),
  )

  it.each(statements)('credential: $name', ({ complete, ...vector }) => {
    const statement: Credential.Statement = {
      holder: BigInt(vector.holder) as Holder.Holder,
      recordRoot: BigInt(vector.recordRoot) as Record.RecordRoot,
      leafCount: vector.leafCount,
      complete: { ...complete, since: Day.parse(complete.since) },
      asOf: Day.parse(vector.asOf),
      expires: Day.parse(vector.expires),
      statusIndex: vector.statusIndex as StatusIndex,
    }
    expect(`${Credential.hashOf(statement)}`).toBe(vector.hash)
  })
})

describe('vectors in circomlibjs', () => {
  it.each(leaves)('record leaf: $name', ({ key, value, nextKey, runningSum, detail, salt, hash: expected }) =>
    expect(hash(tag('RECORD_LEAF'), key, value, nextKey, runningSum, detail, salt)).toBe(expected),
  )

  it.each(issuers)('issuer leaf: $name', ({ publicKey, roles, validUntil, statusRoot, issuerId, ...vector }) => {
    expect(hash(tag('ISSUER'), ...publicKey)).toBe(issuerId)
    const mask = roles.reduce((bits, role) => bits + 2n ** BigInt(parameters.roles[role]), 0n)
    expect([`${mask}`, `${field(validUntil)}`]).toEqual([vector.rolesMask, vector.validUntilField])
    expect(hash(tag('ISSUER_LEAF'), issuerId, mask * 2n ** 20n + field(validUntil), statusRoot)).toBe(vector.hash)
  })

  it.each(holders)('holder of $secret', ({ secret, issuerId, hash: expected }) =>
    expect(hash(tag('HOLDER'), secret, issuerId)).toBe(expected),
  )

  it.each(nullifiers)('nullifier in scope $scope', ({ secret, scope, hash: expected }) =>
    expect(hash(tag('ELIGIBILITY'), secret, scope)).toBe(expected),
  )

  it.each(statements)('credential: $name', ({ complete: { categories, systems, setsEdition, since }, ...vector }) => {
    const mask = (bits: readonly number[]) => bits.reduce((sum, bit) => sum + 2n ** BigInt(bit), 0n)
    const category = mask(categories.map((name) => parameters.categories[name]))
    const system = mask(systems.map((name) => Math.min(parameters.systems[name].number, 23)))
    const complete = (category * 2n ** 24n + system) * 2n ** 16n + BigInt(setsEdition)
    expect(`${complete}`).toBe(vector.packedComplete)
    const { holder, recordRoot, leafCount, asOf, expires, statusIndex } = vector
    const dates = [since, asOf, expires].map(field)
    expect(hash(tag('CREDENTIAL'), holder, recordRoot, leafCount, complete, ...dates, statusIndex)).toBe(vector.hash)
  })

  it.each(policies)('policy: $name', ({ packed: { header, clauses, slots }, hash: expected }) => {
    const start = hash(tag('POLICY'), parameters.policy.version, slots.length, header, clauses)
    expect(slots.reduce((chain, [first, second]) => hash(chain, first, second), start)).toBe(expected)
  })
})

describe('vectors in circuits', () => {
  const today = Day.parse('2026-11-15')
  const simple: Policy = {
    medseal: 'policy/1',
    name: 'any at all',
    issuers: ['hospital'],
    record: { maximumAgeDays: 0 },
    require: { any: { category: 'observation', system: 'LOINC', code: '4548-4' } },
  }

  /** An honest input but for what a test changes; whether the policy is met is of no concern. */
  function inputFor(policy: Policy) {
    const compiled = PolicyCompiler.compile(policy, { valueSets: files.valueSets() })
    const complete = { categories: [], systems: [], setsEdition: 0, since: today }
    const record = Record.build([], { asOf: today })
    const given = { today, asOf: today, expires: today, complete, issuerRoles: ['hospital'] as const }
    const subject = Scene.scene({ ...given, policy: compiled, record })
    const circuit = Eligibility.circuitFor(compiled.words)
    return { circuit, target: Scene.targetOf(circuit), input: Eligibility.toCircuitInput(subject, { circuit }) }
  }

  it.each(nullifiers)('nullifier in scope $scope', ({ secret, scope, hash: expected }) => {
    const { target, input } = inputFor(simple)
    const witness = target.calculate({ ...input, holderSecret: BigInt(secret), scope: BigInt(scope) })
    expect(`${Forge.signalOf(target, witness, 'nullifier')}`).toBe(expected)
  })

  it.each(policies)('policy: $name', ({ policy, hash: expected }) => {
    const { target, input } = inputFor(policy)
    expect(`${Forge.signalOf(target, target.calculate(input), 'policyHash')}`).toBe(expected)
  })

  it.each(leaves)('record leaf: $name', (vector) => {
    const { target, input } = inputFor(simple)
    const opened = Object.entries(leafOf(vector)).map(([name, value]) => [
      `leaf${name[0]?.toUpperCase()}${name.slice(1)}`,
      [value],
    ])
    const witness = target.calculate({ ...input, ...Object.fromEntries(opened) })
    expect(`${Forge.signalOf(target, witness, 'opening[0].leaf')}`).toBe(vector.hash)
  })

  it.each(holders)('issuer, and holder of $secret', ({ secret, issuerId, hash: expected }) => {
    const { target, input } = inputFor(simple)
    const publicKey = issuers.find((issuer) => issuer.issuerId === issuerId)?.publicKey
    if (!publicKey) throw new Error('The holder is at none of the issuers.')
    const witness = target.calculate({ ...input, holderSecret: BigInt(secret), issuerKey: publicKey.map(BigInt) })
    expect(`${Forge.signalOf(target, witness, 'credential.issuerId')}`).toBe(issuerId)
    expect(`${Forge.signalOf(target, witness, 'credential.holder')}`).toBe(expected)
  })
})

it('vectors in Solidity: issuer leaves, by the Poseidon that StakeholderRegistry uses', async () => {
  const chain = await LocalChain.createChain()
  try {
    const artifact = await chain.readArtifact('PoseidonT5')
    if (!artifact) throw new Error('PoseidonT5 is not compiled.')
    const [signer] = chain.accounts
    const made = await new ContractFactory(artifact.abi as InterfaceAbi, artifact.bytecode, signer ?? null).deploy()
    await made.waitForDeployment()
    for (const { issuerId, rolesMask, validUntilField, statusRoot, hash: expected } of issuers) {
      const packed = (BigInt(rolesMask) << 20n) | BigInt(validUntilField)
      const hashed = await made.getFunction('hash').staticCall([tag('ISSUER_LEAF'), issuerId, packed, statusRoot])
      expect(`${hashed}`).toBe(expected)
    }
  } finally {
    await chain.close()
  }
})
