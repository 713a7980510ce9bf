import { ApiError } from '../errors.ts'
import * as SignIn from '../identity/SignIn.ts'
import { type Route, route } from '../Route.ts'
import * as Session from '../resources/Session.ts'
import type { Services } from '../Services.ts'

/** Sign-In with Ethereum: a challenge, a signature, a token for ten minutes. */
export function routes(services: Services): readonly Route[] {
  const { database } = services
  return [
    route({
      method: 'post',
      path: '/v1/sessions/challenge',
      tag: 'sessions',
      summary: 'Ask for what to sign',
      description: 'Good once, for five minutes. An EIP-4361 message over it takes `issuedAt` as it is.',
      access: 'public',
      answers: { 201: Session.challenge },
      idempotent: false,
      handle: () => ({ status: 201, body: SignIn.challenge(services) }),
    }),
    route({
      method: 'post',
      path: '/v1/sessions',
      tag: 'sessions',
      summary: 'Sign in',
      description: "The message is signed (EIP-191, or ERC-1271 for contracts) by the stakeholder's registered key.",
      access: 'public',
      body: { schema: Session.creation },
      answers: { 201: Session.session },
      // An answer kept for a repetition would hold the token, of which nothing but its hash is kept.
      idempotent: false,
      handle: async ({ body }) => ({ status: 201, body: await SignIn.start(services, body) }),
    }),
    route({
      method: 'get',
      path: '/v1/sessions/current',
      tag: 'sessions',
      summary: 'Who one is signed in as',
      access: 'session',
      answers: { 200: Session.current },
      handle: async ({ principal: { stakeholderId, roles, credential } }) => {
        const row = await database
          .selectFrom('sessions')
          .select('expires_at')
          .where('hash', '=', credential)
          .executeTakeFirst()
        if (!row) throw new ApiError('unauthorized')
        return {
          status: 200,
          body: { object: 'session', stakeholderId, roles, expiresAt: row.expires_at.toISOString() },
        }
      },
    }),
    route({
      method: 'delete',
      path: '/v1/sessions/current',
      tag: 'sessions',
      summary: 'Sign out',
      access: 'session',
      answers: { 204: null },
      handle: async ({ principal }) => {
        await database.deleteFrom('sessions').where('hash', '=', principal.credential).execute()
        return { status: 204 }
      },
    }),
  ]
}
