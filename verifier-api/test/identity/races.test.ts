import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as Storage from '../../src/storage/open.ts'
import * as Delivery from '../../src/webhooks/Delivery.ts'
import * as Endpoints from '../../src/webhooks/Endpoints.ts'
import * as Messages from '../../src/webhooks/Messages.ts'
import * as Postgres from '../Postgres.ts'
import { queue } from '../webhooks/post.ts'
import { listen } from '../webhooks/receiver.ts'
import { call, compose, type Office, open } from './office.ts'

// The embedded database has one connection, so only a server lets these really meet.
describe.skipIf(!Postgres.programs && !Postgres.mustHave)('on a PostgreSQL server', () => {
  let server: Postgres.Postgres
  let storage: Storage.Storage
  let office: Office
  let insurer: Town.Stakeholder
  const jobs = queue()

  beforeAll(async () => {
    server = await Postgres.start()
    storage = await Storage.open(await server.createDatabase())
    office = await open({ jobs, database: storage.database, transaction: storage.transaction })
    insurer = await Town.verifyRecipient(office.town, { account: 3, roles: ['insurer'] })
    await office.follow()
  })
  afterAll(async () => {
    await office.close()
    await storage.close()
    await server.stop()
  })

  it('a nonce signs in once, however many bring it at once', async () => {
    const body = await compose(office, insurer.signer)
    const replies = await Promise.all(Array.from({ length: 50 }, () => call(office, 'POST', '/v1/sessions', { body })))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(49).fill(401)])
    expect(await storage.database.selectFrom('sessions').select('key').execute()).toHaveLength(1)
  })

  it('a message is sent once, however many workers have its job', async () => {
    const receiver = await listen()
    const { id } = await Endpoints.create(office.services, '1', { url: receiver.url, events: ['*'] })
    const message = await Messages.test(office.services, '1', id)
    await Promise.all(Array.from({ length: 50 }, () => Delivery.attempt(office.services, message.id)))
    expect(receiver.received).toHaveLength(1)
    expect((await Messages.list(storage.database, id, { limit: 1 })).data).toMatchObject([{ state: 'delivered' }])
    await receiver.close()
  })
})
