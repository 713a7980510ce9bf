import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import * as Delivery from '../../src/webhooks/Delivery.ts'
import type * as Destination from '../../src/webhooks/Destination.ts'
import * as Endpoints from '../../src/webhooks/Endpoints.ts'
import * as Messages from '../../src/webhooks/Messages.ts'
import { SealError } from '../../src/webhooks/Secret.ts'
import * as Webhooks from '../../src/webhooks/Webhooks.ts'
import { dump } from '../identity/office.ts'
import { testConfig } from '../services.ts'
import { open, type PostRoom } from './post.ts'
import { nothing } from './receiver.ts'

const data = { id: 'prf_1', object: 'proof', state: 'verified', blockNumber: 12n }
const page = { limit: 100 }

const register = ({ services, receiver }: PostRoom, events: readonly string[] = ['*'], path = '') =>
  Endpoints.create(services, '7', { url: receiver.url + path, events })
const emit = ({ services }: PostRoom, stakeholderId = '7') =>
  services.transaction((db) => services.webhooks.emit(db, stakeholderId, 'proof.verified', data))

/** Does the next job, at its time. */
async function next({ services, jobs }: PostRoom, options: Delivery.Options = {}): Promise<void> {
  const job = jobs.sent.shift()
  if (!job) throw new Error('No job waits.')
  clock = Math.max(clock, Date.now()) + job.afterSeconds * 1000
  await Delivery.attempt(services, job.payload.messageId ?? '', { now: () => clock, ...options })
}
let clock = 0

const messagesOf = async ({ services }: PostRoom, endpointId: string) =>
  (await Messages.list(services.database, endpointId, page)).data

describe('an event', () => {
  it('is told to each endpoint of its stakeholder that asked for it, signed as Standard Webhooks says', async () => {
    const room = await open()
    const all = await register(room, ['*'], '?all')
    const one = await register(room, ['proof.rejected', 'proof.verified'], '?one')
    await register(room, ['proof.rejected'], '?other')
    await Endpoints.create(room.services, '8', { url: room.receiver.url, events: ['*'] })
    await emit(room)
    while (room.jobs.sent.length > 0) await next(room, { now: Date.now })
    expect(room.receiver.received.map(({ path }) => path).sort()).toEqual(['/hook?all', '/hook?one'])
    for (const { headers, body, path } of room.receiver.received) {
      const { secret } = path.endsWith('all') ? all : one
      const told = new Webhook(secret).verify(body, headers as Record<string, string>)
      expect(told).toEqual({
        type: 'proof.verified',
        timestamp: expect.any(String),
        data: { ...data, blockNumber: '12' },
      })
      expect(headers['webhook-id']).toMatch(/^msg_/)
      expect(() => new Webhook(one.secret).verify(`${body} `, headers as Record<string, string>)).toThrow()
    }
    expect(await messagesOf(room, all.id)).toMatchObject([{ state: 'delivered', attempts: 1, lastStatus: 200 }])
  })

  it('is told only if its cause is written', async () => {
    const room = await open()
    const { id } = await register(room)
    const failing = room.services.transaction(async (db) => {
      await room.services.webhooks.emit(db, '7', 'proof.verified', data)
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await messagesOf(room, id)).toEqual([])
    await next(room)
    expect(room.receiver.received).toEqual([])
  })

  it.each([
    ['a second', 1000, 1],
    ['an hour', 3_600_000, 1],
    ['a year', 365 * 86_400_000, 0],
  ])('is told late at most, and not lost, where the clock is set back by %s', async (_, back, waits) => {
    const room = await open()
    await register(room)
    await emit(room)
    const messageId = room.jobs.sent.shift()?.payload.messageId ?? ''
    const set = Date.now() - back
    await Delivery.attempt(room.services, messageId, { now: () => set })
    // Put off by so much as it was set back; what would wait longer than any message waits is told at once.
    expect(room.jobs.sent).toHaveLength(waits)
    for (const { afterSeconds } of room.jobs.sent.splice(0)) {
      expect(afterSeconds).toBeLessThanOrEqual(back / 1000 + 1)
      await Delivery.attempt(room.services, messageId, { now: () => set + afterSeconds * 1000 })
    }
    expect(room.receiver.received).toHaveLength(1)
  })

  it('is told once by many workers', async () => {
    const room = await open()
    await register(room)
    await emit(room)
    const [job] = room.jobs.sent
    const messageId = job?.payload.messageId ?? ''
    await Promise.all(Array.from({ length: 20 }, () => Delivery.attempt(room.services, messageId)))
    expect(room.receiver.received).toHaveLength(1)
  })
})

describe('a secret', () => {
  it('is shown once and lies sealed; another key or another row does not open it', async () => {
    const room = await open()
    const first = await register(room)
    const second = await register(room)
    const text = await dump(room.services)
    expect(first.secret).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/)
    expect(text).not.toContain(first.secret.slice('whsec_'.length))
    const { secret } = await room.services.database
      .selectFrom('webhook_endpoints')
      .select('secret')
      .where('id', '=', second.id)
      .executeTakeFirstOrThrow()
    await room.services.database.updateTable('webhook_endpoints').set({ secret }).where('id', '=', first.id).execute()
    await emit(room)
    const outcomes = await Promise.allSettled([next(room), next(room)])
    expect(outcomes.map((o) => (o.status === 'rejected' ? o.reason : 'sent'))).toContainEqual(new SealError())
    const config = testConfig({ webhookKey: { reveal: () => Buffer.alloc(32) } })
    await Messages.test(room.services, '7', second.id)
    const other = { ...room, services: { ...room.services, config } }
    await expect(next(other)).rejects.toThrow(SealError)
    expect(room.receiver.received).toHaveLength(1)
  })

  it('signs for 24 hours beside the one it was rotated to', async () => {
    const room = await open()
    const before = await register(room)
    const after = await Endpoints.rotate(room.services, '7', before.id)
    expect(after.secret).not.toBe(before.secret)
    const isSignedBy = (secret: string) => {
      const { headers, body } = room.receiver.received.at(-1) ?? nothing
      const mark = String(headers['webhook-signature'])
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      return mark.split(' ').includes(new Webhook(secret).sign(String(headers['webhook-id']), at, body))
    }
    const send = async (now: number) => {
      await Messages.test(room.services, '7', before.id)
      await next(room, { now: () => now })
      return [isSignedBy(before.secret), isSignedBy(after.secret)]
    }
    expect(await send(Date.now() + 1000)).toEqual([true, true])
    const { headers, body } = room.receiver.received[0] ?? nothing
    for (const { secret } of [before, after]) new Webhook(secret).verify(body, headers as Record<string, string>)
    expect(await send(Date.now() + Endpoints.overlapMs + 1000)).toEqual([false, true])
    await Webhooks.cleanUp(room.services, { now: Date.now() + Endpoints.overlapMs + 1000 })
    const rows = await room.services.database.selectFrom('webhook_endpoints').select('previous_secret').execute()
    expect(rows).toEqual([{ previous_secret: null }])
  })
})

describe('a receiver', () => {
  it('that is down gets every attempt of the schedule, under one id, and is disabled', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    room.receiver.answer = (response) => response.destroy()
    const pauses: number[] = []
    while (room.jobs.sent.length > 0) {
      pauses.push(room.jobs.sent[0]?.afterSeconds ?? 0)
      await next(room)
    }
    expect(pauses).toHaveLength(Delivery.schedule.length)
    for (const [i, seconds] of Delivery.schedule.entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(seconds)
      expect(pauses[i]).toBeLessThanOrEqual(Math.ceil(seconds * 1.2))
    }
    expect(new Set(room.receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'failed', attempts: 10, lastStatus: null }])
    expect(await Endpoints.find(room.services.database, '7', id)).toMatchObject({ disabled: true })
    await emit(room)
    expect(room.jobs.sent).toEqual([])
  })

  it('that was disabled comes back by a test that arrives, and can have again what it missed', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    const [message] = await messagesOf(room, id)
    const again = () => Messages.redeliver(room.services, '7', { endpointId: id, messageId: message?.id ?? '' })
    room.receiver.answer = (response) => void response.writeHead(410).end()
    await next(room)
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'failed', attempts: 1, lastStatus: 410 }])
    await expect(again()).rejects.toMatchObject({ code: 'conflict' })
    await Messages.test(room.services, '7', id)
    await next(room)
    expect(await Endpoints.find(room.services.database, '7', id)).toMatchObject({ disabled: true })
    room.receiver.answer = (response) => response.end()
    await Messages.test(room.services, '7', id)
    await next(room)
    expect(await Endpoints.find(room.services.database, '7', id)).toMatchObject({ disabled: false })
    expect(await again()).toMatchObject({ id: message?.id, state: 'pending', attempts: 0 })
    await next(room)
    const ids = room.receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids.at(-1)).toBe(ids[0])
  })

  it('that flaps is tried until it answers, and not disabled for one message that it never takes', async () => {
    const room = await open()
    const { id } = await register(room)
    const isTest = ({ body }: { body: string }) => body.includes('webhook.test')
    room.receiver.answer = (response) => {
      const { received } = room.receiver
      const isTaken = !received.slice(-1).some(isTest) && received.filter((one) => !isTest(one)).length === 3
      response.writeHead(isTaken ? 204 : 503).end()
    }
    await Messages.test(room.services, '7', id)
    await emit(room)
    while (room.jobs.sent.length > 0) {
      room.jobs.sent.sort((a, b) => a.afterSeconds - b.afterSeconds)
      await next(room)
    }
    expect(await messagesOf(room, id)).toMatchObject([
      { event: 'proof.verified', state: 'delivered', lastStatus: 204 },
      { event: 'webhook.test', state: 'failed', attempts: 10, lastStatus: 503 },
    ])
    expect(await Endpoints.find(room.services.database, '7', id)).toMatchObject({ disabled: false })
  })

  it.each([301, 302, 307, 308])('that redirects (%i) is not followed', async (status) => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    const location = room.receiver.url.replace('/hook', '/elsewhere')
    room.receiver.answer = (response) => void response.writeHead(status, { location }).end()
    await next(room)
    expect(room.receiver.received.map(({ path }) => path)).toEqual(['/hook'])
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'pending', attempts: 1, lastStatus: status }])
  })

  it('that is slow is given up for this time', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    room.receiver.answer = () => {}
    await next(room, { timeout: 200 })
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'pending', attempts: 1, lastStatus: null }])
  })

  it('that answers hugely, or slowly after its status, has answered', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    room.receiver.answer = (response) => response.end(Buffer.alloc(8 * 1024 * 1024))
    await next(room)
    await emit(room)
    room.receiver.answer = (response) => void response.writeHead(200).write('x')
    await next(room, { timeout: 200 })
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }])
  })

  it('whose name points to this network by now is not reached', async () => {
    const room = await open({ config: testConfig({ publicUrl: 'https://medseal.example' }) })
    const url = `https://hooks.example:${room.receiver.port}/`
    const resolve: Destination.Resolve = async () => [{ address: '93.184.216.34', family: 4 }]
    await Endpoints.checkUrl(room.services, url, { resolve })
    const { id } = await Endpoints.create(room.services, '7', { url, events: ['*'] })
    await emit(room)
    await next(room, { resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
    expect(room.receiver.received).toEqual([])
    expect(await messagesOf(room, id)).toMatchObject([{ state: 'pending', attempts: 1, lastStatus: null }])
    for (const bad of ['http://93.184.216.34/', 'https://169.254.169.254/', 'https://127.1/']) {
      const creating = Endpoints.checkUrl(room.services, bad, { resolve })
      await expect(creating).rejects.toMatchObject({ code: 'invalid-field', field: 'url' })
    }
  })
})

describe('a message', () => {
  it('of a worker that died is taken over when its lease ends', async () => {
    const room = await open()
    await register(room)
    await emit(room)
    const [job] = room.jobs.sent
    clock = Math.max(clock, Date.now())
    const dying = { ...room.services, transaction: () => Promise.reject(new Error('killed')) }
    await expect(Delivery.attempt(dying, job?.payload.messageId ?? '', { now: () => clock })).rejects.toThrow('killed')
    await next(room)
    // Not yet: the job waits for the lease.
    expect(room.receiver.received).toHaveLength(1)
    expect(room.jobs.sent).toMatchObject([{ afterSeconds: Delivery.leaseMs / 1000 }])
    await next(room)
    const [first, second] = room.receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  })

  it('whose job was lost is queued again by the cleaning', async () => {
    const room = await open()
    await register(room)
    await emit(room)
    room.jobs.sent.length = 0
    await Webhooks.cleanUp(room.services)
    expect(room.jobs.sent).toEqual([])
    await Webhooks.cleanUp(room.services, { now: Date.now() + 3_600_000 })
    expect(room.jobs.sent).toMatchObject([{ name: 'webhook' }])
  })

  it('that has ended is forgotten after 30 days', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    await next(room)
    const days = (count: number) => Date.now() + count * 86_400_000
    await Webhooks.cleanUp(room.services, { now: days(29) })
    expect(await messagesOf(room, id)).toHaveLength(1)
    await Webhooks.cleanUp(room.services, { now: days(31) })
    expect(await messagesOf(room, id)).toEqual([])
  })

  it('goes with its endpoint, and is nobody else’s', async () => {
    const room = await open()
    const { id } = await register(room)
    await emit(room)
    const [message] = await messagesOf(room, id)
    const others = [
      () => Endpoints.find(room.services.database, '8', id),
      () => Endpoints.remove(room.services, '8', id),
      () => Endpoints.rotate(room.services, '8', id),
      () => Messages.test(room.services, '8', id),
      () => Messages.redeliver(room.services, '8', { endpointId: id, messageId: message?.id ?? '' }),
      () => Messages.redeliver(room.services, '7', { endpointId: id, messageId: 'msg_none' }),
    ]
    for (const other of others) await expect(other()).rejects.toMatchObject({ code: 'not-found' })
    await Endpoints.remove(room.services, '7', id)
    await next(room)
    expect(room.receiver.received).toEqual([])
    expect(await messagesOf(room, id)).toEqual([])
  })
})
