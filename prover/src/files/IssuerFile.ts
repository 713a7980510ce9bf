import { z } from 'zod'
import * as Day from '../protocol/Day.ts'
import type { Holder } from '../protocol/Holder.ts'
import * as Issuer from '../protocol/Issuer.ts'
import * as StatusList from '../protocol/StatusList.ts'
import * as Form from './Form.ts'

/** What an issuer keeps from one command to the next. The signing key is not in it. Secret: it knows the holders. */
export type Desk = {
  readonly issuer: Issuer.Issuer
  /** Chain on which its records are to count. */
  readonly chainId: bigint
  readonly status: StatusList.StatusList
  readonly alive: Map<Holder, StatusList.StatusIndex>
  readonly taken: Set<StatusList.StatusIndex>
  /** Nonces given out and not answered. */
  readonly invitations: Set<`0x${string}`>
}

const index = Form.whole(0xfffff).refine(
  (value) => {
    try {
      return StatusList.parseIndex(value) === value
    } catch {
      return false
    }
  },
  { error: 'must be an index of a status list' },
)

const statusWords = z.array(Form.object({ position: Form.whole(4095), word: Form.bits(248) }))

const publicKey = Form.point.transform((point, context): Issuer.PublicKey => {
  try {
    return Issuer.parsePublicKey(point)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be the public key of an issuer', input: undefined })
    return z.NEVER
  }
})

const schema = Form.object({
  publicKey,
  roles: z.array(Form.role).min(1),
  validUntil: Form.day,
  chainId: Form.bits(256),
  status: statusWords,
  taken: z.array(index),
  alive: z.array(Form.object({ holder: Form.fieldElement, index })),
  invitations: z.array(Form.word),
})

export const kind: Form.Kind<Desk> = {
  tag: 'issuer/1',
  schema: schema.transform(
    ({ publicKey: key, roles, validUntil, chainId, status, taken, alive, invitations }): Desk => ({
      issuer: { publicKey: key, roles, validUntil },
      chainId,
      status: listOf(status),
      taken: new Set(taken as StatusList.StatusIndex[]),
      alive: new Map(alive.map((one) => [one.holder as Holder, one.index as StatusList.StatusIndex])),
      invitations: new Set(invitations),
    }),
  ),
}

export function fieldsOf({ issuer, chainId, status, alive, taken, invitations }: Desk) {
  return {
    publicKey: issuer.publicKey,
    roles: issuer.roles,
    validUntil: Day.format(issuer.validUntil),
    chainId,
    status: wordsOf(status),
    taken: [...taken],
    alive: Array.from(alive, ([holder, at]) => ({ holder, index: at })),
    invitations: [...invitations],
  }
}

/** The words of a status list that are not 0. */
export function wordsOf({ words }: StatusList.StatusList): StatusList.Change[] {
  return words.flatMap((word, position) => (word === 0n ? [] : [{ position, word }]))
}

export function listOf(words: readonly StatusList.Change[]): StatusList.StatusList {
  const all: bigint[] = []
  for (const { position, word } of words) all[position] = word
  return StatusList.create(all)
}

/** Form of a status list, for the files that have one. */
export const statusForm = statusWords
