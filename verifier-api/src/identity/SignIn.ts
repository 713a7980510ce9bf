import * as Siwe from '@signinwithethereum/siwe'
import { Contract, getAddress, hashMessage, verifyMessage } from 'ethers'
import type { z } from 'zod'
import { ApiError } from '../errors.ts'
import type * as Session from '../resources/Session.ts'
import type { Services } from '../Services.ts'
import * as Nonce from './Nonce.ts'
import * as Standing from './Standing.ts'
import * as Token from './Token.ts'

type Needs = Pick<Services, 'config' | 'database' | 'network' | 'transaction'>

/** How long a session lasts. */
export const lifetimeMs = 10 * 60_000
/** How far a signer's clock may be off. Whoever copies the challenge's times need not have a clock at all. */
export const leewayMs = 60_000

/** What to sign: the fields of an EIP-4361 message that this server decides. */
export function challenge(
  { config, network }: Pick<Services, 'config' | 'network'>,
  { now = Date.now() }: { now?: number } = {},
): z.infer<typeof Session.challenge> {
  return {
    nonce: Nonce.create(config.webhookKey.reveal(), { now }),
    ...origin(config),
    chainId: network.chainId.toString(),
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + Nonce.lifetimeMs).toISOString(),
  }
}

/**
 * Starts a session for the signer of a challenge (EIP-4361): a stakeholder by its registered key, or the registrar.
 * @throws {ApiError} invalid-field: no such message; unauthorized: not over this server's challenge, or not in time;
 *   invalid-signature: not by a registered key; not-allowed: suspended; conflict: the key of several.
 */
export async function start(
  services: Needs,
  { message: text, signature, stakeholderId }: z.infer<typeof Session.creation>,
  { now = Date.now() }: { now?: number } = {},
): Promise<Session.Session> {
  const message = parse(text)
  // 1. The message is over a challenge of this server, for this server, and in time.
  const nonceExpiry = checkMessage(services, message, now)
  // 2. Its address is a registered key. Asked before the signature, so that nobody has this server call contracts at will.
  const standing = await find(services, message.address, stakeholderId)
  // 3. The key's owner signed it.
  await checkSignature(services, message, signature, now)
  if (standing.suspended) throw new ApiError('not-allowed', { detail: 'The stakeholder is suspended.' })
  // 4. The nonce is spent and the session is there, both or neither.
  const token = Token.create('session')
  const expiresAt = new Date(now + lifetimeMs)
  await services.transaction(async (db) => {
    const spent = await db
      .insertInto('challenges')
      .values({ nonce: message.nonce, expires_at: new Date(nonceExpiry + leewayMs) })
      .onConflict((conflict) => conflict.column('nonce').doNothing())
      .returning('nonce')
      .executeTakeFirst()
    if (!spent) throw new ApiError('unauthorized', { field: 'message', detail: 'The nonce was used before.' })
    await db
      .insertInto('sessions')
      .values({
        hash: Token.hash(token),
        stakeholder_id: standing.stakeholderId,
        key: standing.key,
        expires_at: expiresAt,
      })
      .execute()
  })
  return {
    object: 'session',
    token,
    stakeholderId: standing.stakeholderId,
    roles: [...standing.roles],
    expiresAt: expiresAt.toISOString(),
  }
}

function parse(text: string): Siwe.SiweMessage {
  try {
    return new Siwe.SiweMessage(text)
  } catch {
    // Not its cause: that quotes the message.
    throw new ApiError('invalid-field', { field: 'message', detail: 'Not an EIP-4361 message.' })
  }
}

/** When the message's nonce ends, in milliseconds. */
function checkMessage({ config, network }: Needs, message: Siwe.SiweMessage, now: number): number {
  const { domain, uri } = origin(config)
  const refuse = (detail: string) => new ApiError('unauthorized', { field: 'message', detail })
  if (message.domain !== domain) throw refuse('The message is for another domain.')
  if (message.scheme !== undefined && `${message.scheme}:` !== new URL(uri).protocol)
    throw refuse('The message is for another scheme.')
  if (message.uri !== uri) throw refuse('The message is for another URI.')
  if (BigInt(message.chainId) !== network.chainId) throw refuse('The message is for another chain.')
  const expiry = Nonce.expiryOf(config.webhookKey.reveal(), message.nonce)
  if (expiry === undefined) throw refuse('The nonce is not of this server.')
  if (now >= expiry) throw refuse('The nonce has expired.')
  const issuedAt = Date.parse(message.issuedAt ?? '')
  const isTimely = issuedAt <= now + leewayMs && issuedAt >= now - Nonce.lifetimeMs - leewayMs
  if (!isTimely) throw refuse("The message was not issued just now, by this server's clock.")
  return expiry
}

/** Who has this key on chain now. Which of several has to be said. */
async function find(services: Needs, address: string, stakeholderId: string | undefined): Promise<Standing.Standing> {
  const key = address.toLowerCase()
  const known = await Standing.idsOfKey(services.database, key)
  const candidates = await Promise.all(
    [...known, Standing.registrarId].map((id) => Standing.read(services.network, id)),
  )
  const fit = candidates.filter(
    (standing) => standing?.key === key && (stakeholderId === undefined || standing.stakeholderId === stakeholderId),
  )
  if (fit.length > 1) {
    const detail = 'The key is of several stakeholders: name one.'
    throw new ApiError('conflict', { field: 'stakeholderId', detail })
  }
  const [standing] = fit
  if (!standing) throw notRegistered()
  return standing
}

async function checkSignature(
  { network }: Needs,
  message: Siwe.SiweMessage,
  signature: string,
  now: number,
): Promise<void> {
  const { domain, uri, nonce, chainId } = message
  const time = new Date(timeFor(message, now)).toISOString()
  const { success, error } = await message.verify(
    { signature, domain, uri, nonce, chainId, time },
    { strict: true, suppressExceptions: true, config: siweConfig(network) },
  )
  if (success) return
  if (error?.type === Siwe.SiweErrorType.EXPIRED_MESSAGE || error?.type === Siwe.SiweErrorType.NOT_YET_VALID_MESSAGE) {
    throw new ApiError('unauthorized', { field: 'message', detail: 'The message has expired or is not valid yet.' })
  }
  throw notRegistered()
}

/** The server's time, moved by less than the leeway to where the message says it holds. */
function timeFor(message: Siwe.SiweMessage, now: number): number {
  const [from, until] = [Date.parse(message.notBefore ?? ''), Date.parse(message.expirationTime ?? '')]
  if (now >= until && now < until + leewayMs) return until - 1
  if (now < from && now > from - leewayMs) return from
  return now
}

/** Keys, and contracts that sign (ERC-1271). */
function siweConfig({ provider }: Services['network']): Siwe.SiweConfig {
  return {
    verifyMessage,
    hashMessage,
    getAddress,
    async checkContractWalletSignature(address, message, signature) {
      if ((await provider.getCode(address)) === '0x') return false
      const wallet = new Contract(address, ['function isValidSignature(bytes32,bytes) view returns (bytes4)'], provider)
      try {
        return (
          (await wallet.getFunction('isValidSignature')(hashMessage(message), signature)) === Siwe.EIP1271_MAGICVALUE
        )
      } catch {
        return false
      }
    },
  }
}

function origin({ publicUrl }: Services['config']): { readonly domain: string; readonly uri: string } {
  const url = new URL(publicUrl)
  return { domain: url.host, uri: url.origin }
}

function notRegistered(): ApiError {
  return new ApiError('invalid-signature', { field: 'signature' })
}
