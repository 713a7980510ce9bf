import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '@medseal/prover/protocol/Request'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Town from '../../../samples/Town.ts'
import * as RequestResource from '../../src/exchange/RequestResource.ts'
import * as Requests from '../../src/exchange/Requests.ts'
import { SealError } from '../../src/storage/Seal.ts'
import * as Desk from './desk.ts'
import * as Malformed from './malformed.ts'

let desk: Desk.Desk
let rival: Town.Stakeholder
let as: { readonly as: string }
let back: () => Promise<void>

beforeAll(async () => {
  desk = await Desk.set()
  rival = await Town.verifyRecipient(desk.scene.town, { account: 5, roles: ['insurer'] })
  as = { as: Desk.insurer(desk) }
})
afterAll(() => desk.close())
beforeEach(async () => {
  back = await desk.scene.town.chain.snapshot()
})
afterEach(() => back())

const signature = (id: string, body: unknown, caller = as) =>
  Desk.call(desk, 'POST', `/v1/requests/${id}/signature`, { ...caller, body })
const withdraw = (id: string, caller = as) => Desk.call(desk, 'POST', `/v1/requests/${id}/withdrawal`, caller)
const object = (id: string) => Desk.call(desk, 'GET', `/v1/requests/${id}/object`)
const get = (id: string, caller = as) => Desk.call(desk, 'GET', `/v1/requests/${id}`, caller)

describe('a request', () => {
  it('is drafted, signed by the registered key, opened, and fetched by whoever knows its id', async () => {
    const drafted = await Desk.draft(desk, { note: 'Before your doctor can prescribe it.' })
    expect(drafted.status).toBe(201)
    const { id, digest } = drafted.json
    expect(drafted.json).toMatchObject({
      object: 'request',
      state: 'draft',
      link: null,
      recipientId: as.as,
      purpose: 'COVAUTH',
      consentRequired: true,
      recipientName: 'Example Insurance',
    })
    expect((await object(id)).status).toBe(404)
    const opened = await signature(id, { signature: await Desk.sign(desk, drafted) })
    expect(opened.json).toMatchObject({ state: 'open', link: `${desk.services.config.publicUrl}/r/${id}`, digest })
    const fetched = await object(id)
    expect(fetched.headers.get('cache-control')).toBe('no-store')
    expect(fetched.headers.get('content-type')).toMatch(/^application\/json/)
    const presentation = PresentationRequest.parse(fetched.text)
    expect(Asked.idOf(PresentationRequest.requestOf(presentation))).toBe(digest)
    expect(presentation.response_uri).toBe(`${desk.services.config.publicUrl}/v1/requests/${id}/answer`)
    expect(presentation.client_id).toBe(`medseal:31337:${as.as}`)
    expect((await get(id)).json).toEqual(opened.json)
    expect(presentation.medseal_request.note).toBe('Before your doctor can prescribe it.')
    // A note may name a patient: it is told to nobody but who fetches the object.
    expect(JSON.stringify([desk.told, desk.logged, opened.json])).not.toContain('doctor')
    const told = desk.told.filter(({ data }) => (data as { id: string }).id === id)
    expect(told).toMatchObject([{ event: 'request.opened', stakeholderId: as.as, data: { state: 'open' } }])
  })

  it('has its note sealed for its own row under a key that is not in the database, and is listed without that key', async () => {
    const notes = ['About Zenobia.', 'About Yorick.']
    const [one, other] = [await Desk.ask(desk, { note: notes[0] }), await Desk.ask(desk, { note: notes[1] })]
    const { database } = desk.services
    const rowOf = (id: string) =>
      database.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const [row, another] = [await rowOf(one.id), await rowOf(other.id)]
    expect(JSON.stringify([row, another])).not.toContain('About')
    expect(Requests.presentationOf(desk.services, row).medseal_request.note).toBe(notes[0])
    const swapped = { ...row, note: another.note }
    expect(() => Requests.presentationOf(desk.services, swapped)).toThrow(SealError)
    const config = { ...desk.services.config, webhookKey: { reveal: () => Buffer.alloc(32, 7) } }
    expect(() => Requests.presentationOf({ config }, row)).toThrow(SealError)
    expect(await RequestResource.of({ ...desk.services, config }, row)).toMatchObject({ id: one.id, state: 'open' })
  })

  it('is opened once, however often the same signature comes, and by no other after it', async () => {
    const drafted = await Desk.draft(desk)
    const signed = await Desk.sign(desk, drafted)
    const bodies = Array.from({ length: 20 }, (_, i) => ({
      signature: i % 2 ? signed : `0x${signed.slice(2).toUpperCase()}`,
    }))
    const replies = await Promise.all(bodies.map((body) => signature(drafted.json.id, body)))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(desk.told.filter(({ data }) => (data as { id: string }).id === drafted.json.id)).toHaveLength(1)
    expect((await signature(drafted.json.id, { signature: `0x${'12'.repeat(65)}` })).status).toBe(409)
  })

  it('is refused at signing where a stranger signed it, or the chain does not let the recipient ask', async () => {
    const { id } = (await Desk.draft(desk)).json
    const drafted = await get(id)
    const { domain, types, message } = drafted.json.typedData
    const signed = await Desk.sign(desk, drafted)
    const strangers = [
      await Desk.sign(desk, drafted, rival.signer),
      await desk.scene.insurer.signer.signTypedData(domain, types, { ...message, nonce: '1' }),
      await desk.scene.insurer.signer.signTypedData({ ...domain, chainId: 1 }, types, message),
      `${signed}00`,
      '0x00',
    ]
    for (const each of strangers) {
      const { status, json } = await signature(id, { signature: each })
      expect([status, json.code, json.field]).toEqual([422, 'invalid-signature', 'signature'])
    }
    for (const each of ['0x', 'x', '', null, 7, signed.slice(0, -1)])
      expect((await signature(id, { signature: each })).status).toBe(400)
    const research = await Desk.draft(desk, { purpose: 'CLINTRCH' })
    const refused = await signature(research.json.id, { signature: await Desk.sign(desk, research) })
    expect([refused.status, refused.json.code]).toEqual([403, 'not-allowed'])
    await Town.suspend(desk.scene.town, desk.scene.insurer)
    expect((await signature(id, { signature: signed })).json.code).toBe('not-allowed')
    expect((await get(id)).json.state).toBe('draft')
    expect((await object(id)).status).toBe(404)
  })

  it("has a program only where it is the recipient's own, once per person, for that policy", async () => {
    const program = await Town.publishPolicy(desk.scene.town, desk.scene.insurer, {
      compiled: desk.scene.policy,
      version: 1,
      oncePerPerson: true,
    })
    const fit = await Desk.draft(desk, { program: program.toString() })
    expect((await signature(fit.json.id, { signature: await Desk.sign(desk, fit) })).json.state).toBe('open')
    const unfit = await Desk.draft(desk, { program: (program + 1n).toString() })
    const reply = await signature(unfit.json.id, { signature: await Desk.sign(desk, unfit) })
    expect([reply.status, reply.json.code]).toEqual([403, 'not-allowed'])
  })

  it('is served no longer once it is withdrawn, signed or not', async () => {
    const open = await Desk.ask(desk)
    expect((await withdraw(open.id)).json.state).toBe('withdrawn')
    expect((await withdraw(open.id)).json.state).toBe('withdrawn')
    expect((await object(open.id)).status).toBe(410)
    const answer = await Desk.call(desk, 'POST', `/v1/requests/${open.id}/answer`, { form: 'vp_token={}' })
    expect(answer.status).toBe(410)
    const drafted = await Desk.draft(desk)
    await withdraw(drafted.json.id)
    expect((await signature(drafted.json.id, { signature: await Desk.sign(desk, drafted) })).status).toBe(409)
  })

  it('comes as a QR code of its link once it is signed', async () => {
    const drafted = await Desk.draft(desk)
    const qr = (id: string) => Desk.call(desk, 'GET', `/v1/requests/${id}/qr.svg`, as)
    expect((await qr(drafted.json.id)).status).toBe(409)
    const { id } = await Desk.ask(desk)
    const reply = await qr(id)
    expect(reply.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
    expect(reply.text).toMatch(/^<svg/)
  })

  it('is refused as a draft where no wallet would answer it', async () => {
    const narrow = await Desk.keepPolicy(desk, Scene.policyOf({ atLeast: '6.5', atMost: '6.6' }))
    const own = await Desk.keepPolicy(desk, desk.scene.policy)
    const cases: readonly [Desk.Terms, number, string][] = [
      [{ policyIds: [narrow] }, 422, 'policyIds'],
      [{ policyIds: [own, own], program: '5' }, 400, 'program'],
      [{ expiresAt: '2026-11-14T00:00:00Z' }, 400, 'expiresAt'],
      [{ expiresAt: '2126-11-14T00:00:00Z' }, 400, 'expiresAt'],
      [{ expiresAt: 'tomorrow' }, 400, 'expiresAt'],
      [{ purpose: 'NOSUCH' }, 400, 'purpose'],
      [{ program: '-1' }, 400, 'program'],
      [{ program: (2n ** 256n).toString() }, 400, 'program'],
      [{ recipientName: 'a\u202eb' }, 400, 'recipientName'],
      [{ recipientName: '' }, 400, 'recipientName'],
      [{ note: 'two\nlines' }, 400, 'note'],
      [{ policyIds: [] }, 400, 'policyIds'],
      [{ policyIds: Array(17).fill(own) }, 400, 'policyIds'],
    ]
    for (const [terms, status, field] of cases) {
      const reply = await Desk.draft(desk, terms)
      expect([reply.status, reply.json.field], JSON.stringify(terms)).toEqual([status, field])
    }
    expect((await Desk.draft(desk, { policyIds: [`pol_${'0'.repeat(36)}`] })).status).toBe(404)
  })
})

describe('malformed bodies', () => {
  it('are no fault of ours, in a draft and in a signature', async () => {
    const policyIds = [await Desk.keepPolicy(desk, desk.scene.policy)]
    const drafted = await Desk.draft(desk, { policyIds })
    const { purpose, recipientName, expiresAt } = drafted.json
    const headers = { 'x-stakeholder': as.as }
    const terms = { policyIds, purpose, recipientName, expiresAt, note: 'why', program: '0', consentRequired: true }
    await Malformed.send(`${desk.origin}/v1/requests`, terms, headers)
    const body = { signature: await Desk.sign(desk, drafted) }
    await Malformed.send(`${desk.origin}/v1/requests/${drafted.json.id}/signature`, body, headers)
  })
})

describe('the clock', () => {
  it("is the chain's: a request is open or expired by it, wherever this machine's clock stands", async () => {
    const { chain } = desk.scene.town
    // The chain of the samples began on a day of its own; this machine is seconds to years away from it.
    // Its next block may be long after its last: one now, so that a day from the last is a day from now.
    await chain.pass(1)
    const { id } = await Desk.ask(desk)
    expect((await get(id)).json.state).toBe('open')
    await chain.pass(86_400 - 3600)
    expect((await get(id)).json.state).toBe('open')
    expect((await object(id)).status).toBe(200)
    await chain.pass(3601)
    expect((await get(id)).json.state).toBe('expired')
    expect((await object(id)).status).toBe(410)
    const drafted = await Desk.draft(desk)
    await chain.pass(366 * 86_400)
    const late = await signature(drafted.json.id, { signature: await Desk.sign(desk, drafted) })
    expect([late.status, late.json.field]).toEqual([400, 'expiresAt'])
    expect((await Desk.draft(desk)).status).toBe(201)
  })
})

describe('another stakeholder', () => {
  it('sees and changes nothing of a request, and cannot tell it from one that is not there', async () => {
    const other = { as: rival.id.toString() }
    const { id } = await Desk.ask(desk)
    const drafted = await Desk.draft(desk)
    const routes: readonly [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', '/qr.svg'],
      ['POST', '/withdrawal'],
      ['POST', '/signature', { signature: await Desk.sign(desk, drafted) }],
    ]
    for (const [method, path, body] of routes) {
      const ask = (of: string, caller = other) =>
        Desk.call(desk, method, `/v1/requests/${of}${path}`, { ...caller, ...(body !== undefined && { body }) })
      for (const own of [id, drafted.json.id]) {
        const { requestId: _, ...problem } = (await ask(own)).json
        const { requestId: __, ...absent } = (await ask(`req_${'0'.repeat(36)}`)).json
        expect(problem).toEqual(absent)
        expect(problem.status).toBe(404)
      }
      expect(
        (await Desk.call(desk, method, `/v1/requests/${id}${path}`, body === undefined ? {} : { body })).status,
      ).toBe(401)
    }
    expect((await Desk.call(desk, 'GET', '/v1/requests', other)).json).toEqual({ data: [], next: null })
    expect((await get(id)).json.state).toBe('open')
    const [policyId] = (await get(id)).json.policyIds
    expect((await Desk.draft(desk, { policyIds: [policyId] }, other.as)).status).toBe(404)
  })
})

describe('the list', () => {
  it('pages newest first, narrowed by state, and takes no cursor of another list', async () => {
    const made: string[] = []
    for (let i = 0; i < 5; i++) made.unshift((await Desk.draft(desk)).json.id)
    const list = (query: string) => Desk.call(desk, 'GET', `/v1/requests?${query}`, as)
    const first = await list('limit=3&state=draft')
    expect(first.json.data.map(({ id }: { id: string }) => id)).toEqual(made.slice(0, 3))
    const second = await list(`limit=2&state=draft&cursor=${first.json.next}`)
    expect(second.json.data.map(({ id }: { id: string }) => id)).toEqual(made.slice(3))
    expect((await list(`limit=2&cursor=${first.json.next}`)).json.code).toBe('invalid-cursor')
  })
})
