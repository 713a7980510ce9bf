import { z } from 'zod'
import * as Common from './Common.ts'

/** What a key may do; a session may do everything its stakeholder may. Only a session makes and revokes keys. */
export const scopes = [
  'policies:read',
  'policies:write',
  'requests:read',
  'requests:write',
  'proofs:read',
  'webhooks:read',
  'webhooks:write',
  'keys:read',
] as const
export type Scope = (typeof scopes)[number]

export const creation = z
  .object({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(scopes)).min(1),
    expiresAt: Common.time.optional(),
  })
  .meta({ id: 'ApiKeyCreation' })

export const apiKey = z
  .object({
    id: Common.id('apiKey'),
    object: z.literal('api_key'),
    name: z.string(),
    scopes: z.array(z.enum(scopes)),
    expiresAt: Common.time.nullable(),
    lastUsedAt: Common.time.nullable(),
    createdAt: Common.time,
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof apiKey>

/** The key itself, shown once: mk_ and 64 hexadecimal digits. */
export const withKey = apiKey.extend({ key: z.string() }).meta({ id: 'ApiKeyWithKey' })
