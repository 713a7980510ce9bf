import { parameters } from '../generated/parameters.ts'
import type { Brand } from './Brand.ts'
import * as Tree from './Tree.ts'

/** Root of one issuer's status list. Public. */
export type StatusRoot = bigint & Brand<'StatusRoot'>

/** Place of one credential: leaf 12 | bit 8, bits 0 to 247. Known to issuer and patient only. */
export type StatusIndex = number & Brand<'StatusIndex'>

/** One bit a credential, 1 is revoked: 4,096 words of 248 bits. Published whole; wallets never ask for an index. */
export type StatusList = { readonly words: bigint[]; readonly tree: Tree.Tree }

/** A changed word, as an update publishes it. */
export type Change = { readonly position: number; readonly word: bigint }

const wordBits = parameters.statusWord.bits

export function create(words: readonly bigint[] = []): StatusList {
  const all = Array.from({ length: Tree.capacity }, (_, position) => words[position] ?? 0n)
  for (const word of all) assertWord(word)
  return { words: all, tree: Tree.build(all) }
}

export function root(list: StatusList): StatusRoot {
  return Tree.root(list.tree) as StatusRoot
}

/** @throws {NoSuchIndexError} */
export function indexAt(position: number, bit: number): StatusIndex {
  const inRange = Number.isInteger(position) && position >= 0 && position < Tree.capacity
  if (!inRange || !Number.isInteger(bit) || bit < 0 || bit >= wordBits) throw new NoSuchIndexError()
  return ((position << 8) | bit) as StatusIndex
}

export function parseIndex(index: number): StatusIndex {
  return indexAt(index >> 8, index & 0xff)
}

/** A random place among those not in `taken`, so that an index does not tell when a credential was issued. */
export function freeIndex(taken: ReadonlySet<StatusIndex>): StatusIndex {
  const total = Tree.capacity * wordBits
  if (taken.size >= total) throw new NoSuchIndexError()
  for (;;) {
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
    const place = random % total
    const index = indexAt(Math.floor(place / wordBits), place % wordBits)
    if (!taken.has(index)) return index
  }
}

export function isRevoked(list: StatusList, index: StatusIndex): boolean {
  return ((list.words[index >> 8] ?? 0n) >> BigInt(index & 0xff)) % 2n === 1n
}

/** Revokes any number of credentials in one update; the changed words are what the chain publishes. */
export function revoke(list: StatusList, indexes: readonly StatusIndex[]): Change[] {
  const positions = new Set<number>()
  for (const index of indexes) {
    const position = index >> 8
    list.words[position] = (list.words[position] ?? 0n) | (1n << BigInt(index & 0xff))
    positions.add(position)
  }
  const changes = [...positions]
    .sort((a, b) => a - b)
    .map((position) => ({ position, word: list.words[position] ?? 0n }))
  for (const { position, word } of changes) Tree.update(list.tree, position, word)
  return changes
}

/** Follows an update published by the issuer. */
export function apply(list: StatusList, changes: readonly Change[]): void {
  for (const { position, word } of changes) {
    assertWord(word)
    list.words[position] = word
    Tree.update(list.tree, position, word)
  }
}

/** The word a credential's bit is in, and its path. */
export function open(list: StatusList, index: StatusIndex): { word: bigint; path: Tree.Path } {
  const position = index >> 8
  return { word: list.words[position] ?? 0n, path: Tree.open(list.tree, position) }
}

function assertWord(word: bigint): void {
  if (word < 0n || word >> BigInt(wordBits) !== 0n) throw new NoSuchIndexError()
}

/** There is no such place in a status list of 4,096 words of 248 bits. */
export class NoSuchIndexError extends Error {
  override readonly name = 'StatusList.NoSuchIndexError'
  constructor() {
    super('A status list has 4,096 words of 248 bits.')
  }
}
