import type * as Answer from '@medseal/prover/chain/Answer'
import type * as Submission from '@medseal/prover/chain/Submission'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import type { Nullifier } from '@medseal/prover/protocol/Eligibility'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '@medseal/prover/protocol/Request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Scene from '../../../prover/test/chain/scene.ts'
import { isFullDose, seeded } from '../../../prover/test/random.ts'
import * as Patient from '../../../samples/Patient.ts'
import * as Town from '../../../samples/Town.ts'
import { ApiError } from '../../src/errors.ts'
import * as Verify from '../../src/exchange/Verify.ts'
import * as Office from '../identity/office.ts'
import * as Desk from './desk.ts'

let desk: Desk.Desk
let guest: Scene.Guest
/** One open request with its object and a really proven answer, which no test delivers before the flow is told. */
let asked: Asking
let answer: Submission.Submission

type Asking = { readonly id: string; readonly object: PresentationRequest.PresentationRequest }

beforeAll(async () => {
  desk = await Desk.set()
  guest = Scene.invite(desk.scene, Patient.create('Quirina Sonnleitner'))
  asked = await fetchObject((await Desk.ask(desk, { note: 'About Quirina Sonnleitner.' })).id)
  answer = await prove(asked)
})
afterAll(() => desk.close())

async function fetchObject(id: string): Promise<Asking> {
  const { text } = await Desk.call(desk, 'GET', `/v1/requests/${id}/object`)
  return { id, object: PresentationRequest.parse(text) }
}

/** What a device makes of the object: checked against the chain, then answered. */
async function prove({ object }: Asking, part = 0, policies = [desk.scene.policy]): Promise<Submission.Submission> {
  const incoming: Answer.Incoming = {
    request: PresentationRequest.requestOf(object),
    signature: object.medseal_signature,
    policies,
  }
  return Scene.prove(desk.scene, await Scene.answer(desk.scene, guest, incoming, part))
}

const post = ({ id, object }: Asking, submissions: readonly Submission.Submission[]) =>
  Desk.call(desk, 'POST', `/v1/requests/${id}/answer`, { form: PresentationResponse.formOf(object, submissions) })

const rows = () => desk.services.database.selectFrom('proofs').selectAll().execute()
const jobsOf = async (name: string) =>
  (
    await desk.services.database
      // The queue's own table: that a job is there exactly when its cause is.
      .selectFrom('pgboss.job' as never)
      .selectAll()
      .where('name' as never, '=', name as never)
      .execute()
  ).length

/** The same with a consent for the nullifier it shows. */
function showing(submission: Submission.Submission, nullifier: bigint): Submission.Submission {
  const { consent } = submission
  if (!consent) throw new Error('This submission carries no consent.')
  return { ...submission, nullifier: nullifier as Nullifier, consent: { ...consent, subject: nullifier } }
}

describe('an answer that does not fit', () => {
  it('is refused where it is for another request, part, nullifier or signature', async () => {
    const other = await fetchObject((await Desk.ask(desk)).id)
    const before = (await rows()).length
    const { request, requestSignature, consent } = answer
    if (!consent) throw new Error('This submission carries no consent.')
    const unfit: readonly [Asking, Submission.Submission][] = [
      [other, answer],
      [asked, { ...answer, request: { ...request, expiresAt: request.expiresAt + 1n } }],
      [asked, { ...answer, part: 1 }],
      [asked, { ...answer, nullifier: (answer.nullifier + 1n) as Nullifier }],
      [asked, showing(answer, 0n)],
      [asked, { ...answer, requestSignature: other.object.medseal_signature }],
      [asked, { ...answer, requestSignature: `${requestSignature}00` }],
      [
        asked,
        { ...answer, consent: { ...consent, requestId: Asked.idOf(PresentationRequest.requestOf(other.object)) } },
      ],
    ]
    for (const [to, submission] of unfit) {
      const { status, json } = await post(to, [submission])
      expect([status, json.code]).toEqual([422, 'invalid-response'])
    }
    const { consent: _, ...without } = answer
    expect((await post(asked, [without])).status).toBe(422)
    const token = JSON.stringify({ 'part-1': [PresentationResponse.toJson(answer)] })
    const misplaced = new URLSearchParams({ vp_token: token })
    expect((await Desk.call(desk, 'POST', `/v1/requests/${asked.id}/answer`, { form: misplaced })).status).toBe(422)
    const withState = PresentationResponse.formOf(asked.object, [answer])
    withState.set('state', 'of another')
    expect((await Desk.call(desk, 'POST', `/v1/requests/${asked.id}/answer`, { form: withState })).status).toBe(422)
    expect((await rows()).length).toBe(before)
  })

  it('is refused by a reason and never by a fault of ours, whatever is posted', async () => {
    const random = seeded('malformed answers')
    const good = PresentationResponse.formOf(asked.object, [answer]).toString()
    const token = JSON.stringify({ 'part-0': [PresentationResponse.toJson(answer)] })
    const json = (text: string) => new URLSearchParams({ vp_token: text }).toString()
    const spoilt = (text: string) => {
      const at = random.integer(text.length)
      const kinds = [
        () => text.slice(0, at),
        () => `${text.slice(0, at)}${String.fromCharCode(random.integer(0x500))}${text.slice(at + 1)}`,
        () => text.slice(0, at) + text.slice(at + 1 + random.integer(40)),
        () => text.slice(0, at) + text.slice(random.integer(text.length)),
      ]
      return random.pick(kinds)()
    }
    const fixed = [
      '',
      'vp_token=',
      'vp_token=null',
      'vp_token={}',
      'vp_token={}&vp_token={}',
      'state=1',
      json('[]'),
      json('{"part-0":[]}'),
      json('{"part-0":[null,null]}'),
      json('{"part-0":{"0":1}}'),
      json('{"__proto__":[1]}'),
      json('{"part-16":[{}]}'),
      json(`{"part-0":${'['.repeat(9999)}${']'.repeat(9999)}}`),
      json(`"${'x'.repeat(300_000)}"`),
      json(`{"part-0":[${'0,'.repeat(1000)}0]}`),
      json(token.replace('"part":0', '"part":-0')),
      json(token.replace('"part":0', '"part":1e400')),
      json(token.replace('{', '{"part-0":1,')),
      `vp_token=%00${good.slice(9)}`,
      'vp_token=%ff%fe',
      '%',
    ]
    const doses = isFullDose ? 10_000 : 1000
    const bodies = [...fixed, ...Array.from({ length: doses }, (_, i) => (i % 2 ? json(spoilt(token)) : spoilt(good)))]
    const accepted: string[] = []
    for (const form of bodies) {
      const { status, text } = await Desk.call(desk, 'POST', `/v1/requests/${asked.id}/answer`, { form })
      expect(status, form).toBeLessThan(500)
      if (status === 200) accepted.push(form)
      else expect(text).not.toContain(answer.nullifier.toString())
    }
    // What was spoilt where no meaning lies: a signature's capital, a proof's other point.
    const ofAccepted = (await rows()).filter(({ request_id }) => request_id === asked.id)
    expect(ofAccepted.length).toBeLessThanOrEqual(accepted.length)
    await desk.services.database.deleteFrom('proofs').where('request_id', '=', asked.id).execute()
  })

  it('is not taken as another media type, nor compressed, nor by another method', async () => {
    const path = `/v1/requests/${asked.id}/answer`
    expect((await Desk.call(desk, 'POST', path, { body: { vp_token: '{}' } })).status).toBe(415)
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await Desk.call(desk, method, path)).status).toBe(405)
    for (const id of ['req_1', `req_${'0'.repeat(36)}`, '..%2f..', asked.id.toUpperCase()])
      expect((await Desk.call(desk, 'POST', `/v1/requests/${id}/answer`, { form: 'vp_token={}' })).status).toBe(404)
  })
})

describe('an answer', () => {
  it('posted fifty times at once is one row, one job and one acknowledgement', async () => {
    const before = await jobsOf('verify')
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(asked, [answer])))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    const [first] = replies
    expect(first?.json.proofs).toEqual([{ id: expect.stringMatching(/^prf_/), part: 0, state: 'received' }])
    for (const { json } of replies) expect(json).toEqual(first?.json)
    expect((await rows()).filter(({ request_id }) => request_id === asked.id)).toHaveLength(1)
    expect((await jobsOf('verify')) - before).toBe(1)
    const progress = await Desk.call(desk, 'GET', `/v1/requests/${asked.id}/proofs`)
    expect(progress.json).toEqual({ data: first?.json.proofs })
  })

  it('is verified by the worker, told, handed to the relayer, and all of that once', async () => {
    const [row] = (await rows()).filter(({ request_id }) => request_id === asked.id)
    const id = row?.id ?? ''
    expect(await checksOf(id)).toEqual({ state: 'received', passed: [], failed: [] })
    await Promise.all([Verify.verify(desk.services, id), Verify.verify(desk.services, id)])
    await Verify.verify(desk.services, id)
    expect(await checksOf(id)).toEqual({ state: 'verified', passed: offChain, failed: [] })
    const { events } = toldOf(id)
    expect(events).toEqual(['proof.verified'])
    expect(await jobsOf('relay')).toBe(1)
    const list = await Desk.call(desk, 'GET', `/v1/proofs?requestId=${asked.id}&state=verified`, as())
    expect(list.json).toMatchObject({ data: [{ id, requestId: asked.id, part: 0, receiptId: null }], next: null })
    const none = await Desk.call(desk, 'GET', `/v1/proofs?requestId=${asked.id}&state=rejected`, as())
    expect(none.json.data).toEqual([])
  })

  it('is taken by the contract as it stands in its row', async () => {
    const verdict = await judge(answer)
    expect(verdict).toMatchObject({ valid: true, reason: null, part: 0, recipientId: Desk.insurer(desk) })
    const back = await desk.scene.town.chain.snapshot()
    await Scene.submit(desk.scene, answer)
    expect(await judge(answer)).toMatchObject({ valid: false, reason: 'nullifier-spent' })
    await back()
  })

  it('PRV-2: says nothing of the patient in a log, an event or a row, though its request names them', async () => {
    expect(asked.object.medseal_request.note).toContain('Quirina')
    expect(desk.logged.length).toBeGreaterThan(0)
    for (const text of [desk.logged.join(), JSON.stringify(desk.told)]) expect(text).not.toMatch(/Quirina|Sonnleitner/)
    for (const name of ['Quirina', 'Sonnleitner']) expect(await Office.tablesWith(name, desk.services)).toEqual([])
    for (const line of desk.logged) {
      expect(line).not.toContain(asked.id)
      expect(line).not.toContain(answer.nullifier.toString())
    }
    // That what is there would be found, in the queue's tables as well.
    expect(await Office.tablesWith('Example Insurance', desk.services)).toEqual(['requests'])
    const [row] = (await rows()).filter(({ request_id }) => request_id === asked.id)
    expect(await Office.tablesWith(`${row?.id}`, desk.services)).toContain('pgboss.job')
  })
})

describe('another stakeholder', () => {
  it('sees no answer that is not to it, and cannot tell one from none', async () => {
    const [row] = (await rows()).filter(({ request_id }) => request_id === asked.id)
    const rival = { as: '99' }
    const { requestId: _, ...foreign } = (await Desk.call(desk, 'GET', `/v1/proofs/${row?.id}`, rival)).json
    const { requestId: __, ...absent } = (await Desk.call(desk, 'GET', `/v1/proofs/prf_${'0'.repeat(36)}`, rival)).json
    expect(foreign).toEqual(absent)
    expect(foreign.status).toBe(404)
    for (const query of ['', `?requestId=${asked.id}`, '?state=verified'])
      expect((await Desk.call(desk, 'GET', `/v1/proofs${query}`, rival)).json).toEqual({ data: [], next: null })
    for (const path of [`/v1/proofs/${row?.id}`, '/v1/proofs'])
      expect((await Desk.call(desk, 'GET', path)).status).toBe(401)
    const drafted = await Desk.draft(desk)
    expect((await Desk.call(desk, 'GET', `/v1/requests/${drafted.json.id}/proofs`)).status).toBe(404)
  })
})

describe('the worker', () => {
  it.each([
    ['invalid-proof', async () => showing(answer, answer.nullifier + 1n)],
    ['unknown-root', async () => ({ ...answer, issuersRoot: 7n as Submission.IssuersRoot })],
    ['unknown-verifier', async () => ({ ...answer, verifierVersion: 77 })],
    ['wrong-day', async () => ({ ...answer, today: (answer.today + 2) as Submission.Submission['today'] })],
    ['deadline-passed', async () => ({ ...answer, deadline: 1n })],
    ['consent-not-in-time', async () => changedConsent({ notAfter: 1n })],
    ['consent-of-another', async () => changedConsent({ recipientId: 99n as Asked.StakeholderId })],
    ['consent-required', async () => changedConsent({ patientKey: `0x${'0'.repeat(40)}` })],
  ] as const)('rejects an answer by %s, and says so check by check', async (reason, make) => {
    const { status, json } = await post(asked, [await make()])
    expect(status).toBe(200)
    const [{ id }] = json.proofs
    await Verify.verify(desk.services, id)
    const { body } = await proofOf(id)
    expect([body.state, body.reason]).toEqual(['rejected', reason])
    expect(body.checks.filter(({ passed }: { passed: boolean | null }) => passed === false)).toHaveLength(1)
    expect(toldOf(id).events).toEqual(['proof.rejected'])
    expect((await judge(await make())).reason).toBe(reason)
  })

  it('tells who may ask from the chain as it is now', async () => {
    const back = await desk.scene.town.chain.snapshot()
    await Town.suspend(desk.scene.town, desk.scene.insurer)
    expect(await judge(answer)).toMatchObject({ valid: false, reason: 'recipient-suspended' })
    await back()
    const stranger = { ...answer, requestSignature: `0x${'11'.repeat(65)}` }
    expect(await judge(stranger)).toMatchObject({ valid: false, reason: 'signature' })
    const elsewhere = { ...answer, request: { ...answer.request, chainId: 1n } }
    expect(await judge(elsewhere)).toMatchObject({ valid: false, reason: 'other-chain' })
    expect(await judge({ ...answer, part: 3 })).toMatchObject({
      valid: false,
      reason: 'no-such-part',
      policyHash: null,
    })
  })

  it('leaves an answer as it is where the chain is gone or the workers are busy, for the job to be done again', async () => {
    const { json } = await post(asked, [{ ...answer, deadline: answer.deadline - 1n }])
    const [{ id }] = json.proofs
    const busy = { ...desk.services, verification: { verify: refuseAll, close: async () => {} } }
    await expect(Verify.verify(busy, id)).rejects.toThrow(ApiError)
    const provider = { getBlock: refuseAll, call: refuseAll, getCode: refuseAll } as never
    const cut = { ...desk.services, network: { ...desk.services.network, provider } }
    await expect(Verify.verify(cut, id)).rejects.toMatchObject({ code: 'unavailable' })
    expect((await proofOf(id)).body.state).toBe('received')
    await Verify.verify(desk.services, id)
    expect((await proofOf(id)).body).toMatchObject({ state: 'rejected', reason: 'invalid-proof' })
  })

  it('does what waits in the queue once it is started', async () => {
    const { json } = await post(asked, [{ ...answer, deadline: answer.deadline - 2n }])
    const [{ id }] = json.proofs
    await Verify.work(desk.services)
    await expect.poll(async () => (await proofOf(id)).body.state, { timeout: 30_000 }).toBe('rejected')
  })
})

describe('a request of two parts', () => {
  it('is answered when one person has met both, and not by two', async () => {
    const second = Scene.policyOf({ atLeast: '6.4' })
    const policyIds = [await Desk.keepPolicy(desk, desk.scene.policy), await Desk.keepPolicy(desk, second)]
    const both = await fetchObject((await Desk.ask(desk, { policyIds })).id)
    const policies = [desk.scene.policy, second]
    const parts = [await prove(both, 0, policies), await prove(both, 1, policies)] as const
    const mixed = await post(both, [parts[0], showing(parts[1], 5n)])
    expect([mixed.status, mixed.json.code]).toEqual([422, 'invalid-response'])
    const { json } = await post(both, parts)
    expect(json.proofs.map(({ part }: { part: number }) => part)).toEqual([0, 1])
    for (const { id } of json.proofs) await Verify.verify(desk.services, id)
    for (const { id } of json.proofs) expect((await proofOf(id)).body.state).toBe('verified')
    const nullifier = (await proofOf(json.proofs[0].id)).body.nullifier
    const stateAfter = async (part: number, of: string) => {
      await receipt(both, part, of)
      return (await Desk.call(desk, 'GET', `/v1/requests/${both.id}`, as())).json.state
    }
    expect(await stateAfter(0, nullifier)).toBe('open')
    expect(await stateAfter(1, `0x${'1'.repeat(64)}`)).toBe('open')
    expect(await stateAfter(1, nullifier)).toBe('answered')
  })
})

const offChain = [
  'form',
  'request-signature',
  'recipient',
  'time',
  'issuers-root',
  'consent',
  'verifier',
  'nullifier',
  'proof',
]

const as = () => ({ as: Desk.insurer(desk) })

async function proofOf(id: string) {
  const { json } = await Desk.call(desk, 'GET', `/v1/proofs/${id}`, as())
  return { body: json }
}

async function checksOf(id: string) {
  const { body } = await proofOf(id)
  const named = (wanted: boolean) =>
    body.checks.flatMap(({ name, passed }: { name: string; passed: boolean | null }) =>
      passed === wanted ? [name] : [],
    )
  return { state: body.state, passed: named(true), failed: named(false) }
}

function toldOf(id: string) {
  const own = desk.told.filter(({ data }) => (data as { id: string }).id === id)
  return { events: own.map(({ event }) => event) }
}

async function judge(submission: Submission.Submission) {
  const body = { proof: PresentationResponse.toJson(submission) }
  return (await Desk.call(desk, 'POST', '/v1/proofs', { ...as(), body })).json
}

function changedConsent(changes: Partial<NonNullable<Submission.Submission['consent']>>): Submission.Submission {
  const { consent } = answer
  if (!consent) throw new Error('This submission carries no consent.')
  return { ...answer, consent: { ...consent, ...changes } }
}

/** What the follower writes down when the chain has a receipt. */
async function receipt({ object }: Asking, part: number, nullifier: string) {
  const request = PresentationRequest.requestOf(object)
  const place = `${part}${nullifier.slice(-6)}`
  await desk.services.database
    .insertInto('receipts')
    .values({
      id: `rcp_${place}`,
      position: place,
      request_digest: Asked.idOf(request),
      stakeholder_id: Desk.insurer(desk),
      policy_hash: `0x${(request.policyHashes[part] ?? 0n).toString(16).padStart(64, '0')}`,
      part,
      nullifier,
      block_number: 1,
      transaction_hash: `0x${'2'.repeat(64)}`,
      timestamp: new Date(),
    })
    .execute()
}

async function refuseAll(): Promise<never> {
  throw new ApiError('unavailable')
}
