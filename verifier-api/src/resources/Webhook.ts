import { z } from 'zod'
import * as Common from './Common.ts'

export const events = [
  'request.opened',
  'request.answered',
  'proof.verified',
  'proof.rejected',
  'proof.refused',
  'receipt.included',
  'receipt.final',
  'receipt.reverted',
] as const
export type Event = (typeof events)[number]

export const creation = z
  .object({ url: z.url({ protocol: /^https?$/ }).max(2000), events: z.array(z.enum([...events, '*'])).min(1) })
  .meta({ id: 'WebhookCreation' })

export const endpoint = z
  .object({
    id: Common.id('webhookEndpoint'),
    object: z.literal('webhook_endpoint'),
    url: z.string(),
    events: z.array(z.string()),
    disabled: z.boolean(),
    createdAt: Common.time,
  })
  .meta({ id: 'WebhookEndpoint' })
export type Endpoint = z.infer<typeof endpoint>

/** Shown once. */
export const withSecret = endpoint.extend({ secret: z.string() }).meta({ id: 'WebhookEndpointWithSecret' })

export const message = z
  .object({
    id: Common.id('webhookMessage'),
    object: z.literal('webhook_message'),
    event: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    lastStatus: z.int().nullable(),
    createdAt: Common.time,
  })
  .meta({ id: 'WebhookMessage' })
export type Message = z.infer<typeof message>
