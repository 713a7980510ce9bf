import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as Stage from '../../../samples/Stage.ts'
import * as Audit from '../../src/chain/Audit.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Response from '../../src/fhir/CoverageEligibilityResponse.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Scene from '../chain/scene.ts'

const policy = Scene.policyOf()

const receipt: Response.Receipt = {
  transactionHash: `0x${'ab'.repeat(32)}`,
  blockNumber: 4_711,
  // 2026-11-15T12:00:05Z.
  timestamp: 1_794_744_005n,
  requestId: `0x${'cd'.repeat(32)}`,
  recipientId: 7n,
  program: 0n,
  part: 1,
  circuit: 'eligibility-s',
  verifierVersion: 3,
  consentId: `0x${'ef'.repeat(32)}`,
  deadline: 1_794_747_600n,
  day: Day.parse('2026-11-14'),
  nullifier: 0x1234n,
  issuersRoot: 0x5678n,
  policyHash: policy.hash,
  findings: [],
}
const terms: Response.Terms = { chainId: 31_337n, contract: '0x00000000000000000000000000000000000000Ff' }
const hash = (end: string) => `0x${end.padStart(64, '0')}`

// The R4 resource (hl7.org/fhir/R4/coverageeligibilityresponse.html): its elements, which are required (1..1, 1..*),
// and the codes of its required bindings fm-status, eligibilityresponse-purpose and remittance-outcome. Nothing of R4
// is empty (ele-1), hence no text and no list without anything in it.
const text = z.string().min(1).regex(/\S/)
const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/)
const identifier = z.strictObject({ system: uri, value: text })
// ref-1 and the type of what is meant; no `display`, which would be a name.
const reference = <Type extends string>(type: Type) => z.strictObject({ type: z.literal(type), identifier })
// R4 Extension: a value or extensions, never both (ext-1); within an extension the url may be relative.
const extension = z.strictObject({
  url: uri,
  extension: z.array(z.strictObject({ url: text, valueString: text })).min(1),
})
const resource = z.strictObject({
  resourceType: z.literal('CoverageEligibilityResponse'),
  extension: z.array(extension).min(1),
  identifier: z.array(identifier).min(1),
  status: z.enum(['active', 'cancelled', 'draft', 'entered-in-error']),
  purpose: z.array(z.enum(['auth-requirements', 'benefits', 'discovery', 'validation'])).min(1),
  patient: reference('Patient'),
  created: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  request: reference('CoverageEligibilityRequest'),
  outcome: z.enum(['queued', 'complete', 'error', 'partial']),
  disposition: text.optional(),
  insurer: reference('Organization'),
})

describe('CoverageEligibilityResponse.fromReceipt', () => {
  it('says what the chain says, by hand', () => {
    expect(Response.fromReceipt(receipt, terms)).toEqual({
      resourceType: 'CoverageEligibilityResponse',
      extension: [
        {
          url: 'urn:medseal:receipt',
          extension: [
            { url: 'chainId', valueString: '31337' },
            { url: 'contract', valueString: '0x00000000000000000000000000000000000000ff' },
            { url: 'transactionHash', valueString: `0x${'ab'.repeat(32)}` },
            { url: 'blockNumber', valueString: '4711' },
            { url: 'timestamp', valueString: '1794744005' },
            { url: 'requestId', valueString: `0x${'cd'.repeat(32)}` },
            { url: 'part', valueString: '1' },
            { url: 'recipientId', valueString: '7' },
            { url: 'program', valueString: '0' },
            { url: 'consentId', valueString: `0x${'ef'.repeat(32)}` },
            { url: 'deadline', valueString: '1794747600' },
            { url: 'day', valueString: '2026-11-14' },
            { url: 'circuit', valueString: 'eligibility-s' },
            { url: 'verifierVersion', valueString: '3' },
            { url: 'nullifier', valueString: hash('1234') },
            { url: 'issuersRoot', valueString: hash('5678') },
            { url: 'policyHash', valueString: hash(policy.hash.toString(16)) },
          ],
        },
      ],
      identifier: [{ system: 'urn:medseal:receipt', value: `0x${'cd'.repeat(32)}/1/${hash('1234')}` }],
      status: 'active',
      purpose: ['validation'],
      patient: { type: 'Patient', identifier: { system: 'urn:medseal:nullifier', value: hash('1234') } },
      created: '2026-11-15',
      request: {
        type: 'CoverageEligibilityRequest',
        identifier: { system: 'urn:medseal:request', value: `0x${'cd'.repeat(32)}` },
      },
      outcome: 'complete',
      disposition:
        'A patient was shown to meet the policy whose hash is given. The proof was checked on the chain; the record it rests on was not disclosed.',
      insurer: {
        type: 'Organization',
        identifier: {
          system: 'urn:medseal:recipient',
          value: 'eip155:31337:0x00000000000000000000000000000000000000ff/7',
        },
      },
    })
  })

  it('is a resource of R4, with the policy in words or without', () => {
    resource.parse(Response.fromReceipt(receipt, terms))
    const named = resource.parse(Response.fromReceipt(receipt, { ...terms, policy }))
    expect(named.disposition).toBe(
      'A patient was shown to meet the policy "HbA1c of 6.5 % or more", by a record of an issuer that is one of: hospital. The proof was checked on the chain; the record it rests on was not disclosed.',
    )
  })

  it('says nothing of what was proven unless it is given the policy', () => {
    expect(Response.format(Response.fromReceipt(receipt, terms))).not.toMatch(/HbA1c|4548/)
  })

  it('is the same text for the same receipt, whoever asks', () => {
    const once = Response.format(Response.fromReceipt(receipt, { ...terms, policy }))
    const reordered = Object.fromEntries(Object.entries(receipt).reverse()) as unknown as Response.Receipt
    const again = { ...terms, contract: terms.contract.toLowerCase(), policy: Scene.policyOf() }
    expect(Response.format(Response.fromReceipt(reordered, again))).toBe(once)
  })

  it('is not made of nothing, of a receipt that does not stand, or with another policy', () => {
    expect(() => Response.fromReceipt(undefined, terms)).toThrow(Response.NoReceiptError)
    const refused = { ...receipt, findings: ['issuers-root', 'day'] }
    expect(() => Response.fromReceipt(refused, terms)).toThrow('The receipt does not stand: issuers-root, day.')
    const other = Scene.policyOf({ atLeast: '7' })
    expect(() => Response.fromReceipt(receipt, { ...terms, policy: other })).toThrow(Response.PolicyMismatchError)
    // A hash that was only claimed.
    const claimed = { ...other, hash: policy.hash }
    expect(() => Response.fromReceipt(receipt, { ...terms, policy: claimed })).toThrow(Response.PolicyMismatchError)
  })
})

describe('CoverageEligibilityResponse.differences', () => {
  const given = Response.format(Response.fromReceipt(receipt, { ...terms, policy }))

  it('are none between a response and its receipt, also after a server gave it an id', () => {
    expect(Response.differences(given, receipt, { ...terms, policy })).toEqual([])
    const stored = { id: '42', meta: { versionId: '1', lastUpdated: '2026-11-16T00:00:00Z' }, ...JSON.parse(given) }
    expect(Response.differences(JSON.stringify(stored), receipt, { ...terms, policy })).toEqual([])
  })

  it.each([
    ['transactionHash', { transactionHash: `0x${'ac'.repeat(32)}` }],
    ['blockNumber', { blockNumber: 4_712 }],
    ['timestamp', { timestamp: 1_794_744_006n }],
    ['requestId', { requestId: `0x${'ce'.repeat(32)}` }],
    ['part', { part: 0 }],
    ['recipientId', { recipientId: 8n }],
    ['program', { program: 1n }],
    ['consentId', { consentId: `0x${'00'.repeat(32)}` }],
    ['deadline', { deadline: 1n }],
    ['day', { day: Day.parse('2026-11-15') }],
    ['circuit', { circuit: 'eligibility-m' }],
    ['verifierVersion', { verifierVersion: 4 }],
    ['nullifier', { nullifier: 0x1235n }],
    ['issuersRoot', { issuersRoot: 0x5679n }],
  ])('name the %s', (name, change) => {
    expect(Response.differences(given, { ...receipt, ...change }, { ...terms, policy })).toEqual([name])
  })

  it('name the chain, the contract, and the policy', () => {
    expect(Response.differences(given, receipt, { ...terms, chainId: 1n, policy })).toEqual(['chainId'])
    const contract = '0x0000000000000000000000000000000000000001'
    expect(Response.differences(given, receipt, { ...terms, contract, policy })).toEqual(['contract'])
    const other = Scene.policyOf({ atLeast: '7' })
    const ofOther = { ...receipt, policyHash: other.hash }
    expect(Response.differences(given, ofOther, { ...terms, policy: other })).toEqual(['policyHash', 'disposition'])
    // Nobody can vouch for a name without the policy.
    expect(Response.differences(given, receipt, terms)).toEqual(['disposition'])
  })
})

describe('CoverageEligibilityResponse.parse', () => {
  const json = JSON.parse(Response.format(Response.fromReceipt(receipt, terms)))
  const refusal = (change: object) => () => Response.parse(JSON.stringify({ ...json, ...change }))

  it('gives the facts as texts', () => {
    expect(Response.parse(JSON.stringify(json))).toMatchObject({ recipientId: '7', nullifier: hash('1234') })
  })

  it.each([
    ['another status', { status: 'cancelled' }],
    ['another outcome', { outcome: 'error' }],
    ['another day', { created: '2026-11-14' }],
    ['another patient', { patient: { type: 'Patient', identifier: { system: 'urn:medseal:nullifier', value: 'x' } } }],
    ['a name', { patient: { ...json.patient, display: 'Ann Example' } }],
    ['a cover said to be in force', { insurance: [{ coverage: { display: 'x' }, inforce: true }] }],
    ['a narrative', { text: { status: 'generated', div: '<div>Approved.</div>' } }],
    ['a modifier', { modifierExtension: [{ url: 'urn:x', valueBoolean: false }] }],
    ['another type', { resourceType: 'ClaimResponse' }],
    ['an error', { error: [{ code: { text: 'x' } }] }],
    ['no extension', { extension: [] }],
    ['a second extension', { extension: [...json.extension, { url: 'urn:x', valueString: 'x' }] }],
    ['a disposition that is no text', { disposition: 1 }],
  ])('refuses a response with %s', (_what, change) => {
    expect(refusal(change)).toThrow(Response.NotAResponseError)
  })

  it.each([
    ['chainId', '031337'],
    ['contract', '0x00000000000000000000000000000000000000FF'],
    ['timestamp', '99999999999999'],
    ['part', '-1'],
    ['day', '14.11.2026'],
    ['circuit', 'enrolment'],
    ['nullifier', '0x1234'],
  ])('refuses a %s in another form, and names the place', (name, value) => {
    const [outer] = json.extension
    const written = outer.extension.map((inner: { url: string }) =>
      inner.url === name ? { ...inner, valueString: value } : inner,
    )
    const change = { extension: [{ ...outer, extension: written }] }
    expect(refusal(change)).toThrow(Response.NotAResponseError)
    expect(refusal(change)).toThrow(`(${name}) is not as Medseal writes it.`)
  })

  it.each(['[]', 'null', '"x"', '{}', '{"disposition":"x","extension":[{"extension":{}}]}'])('refuses %s', (text) => {
    expect(() => Response.parse(text)).toThrow(Response.NotAResponseError)
  })
})

describe('a receipt off the chain', () => {
  let scene: Scene.Scene
  beforeAll(async () => {
    scene = await Scene.set()
    const prepared = await Scene.prepare(scene, Scene.invite(scene))
    await Stage.submit(scene.town, await Scene.prove(scene, prepared))
  })
  afterAll(() => Scene.strike(scene))

  it('becomes a response that the insurer compares with the chain again', async () => {
    const { network } = scene.town
    const contract = Network.addressOf(network, 'EligibilityRegistry')
    const own = { chainId: network.chainId, contract, policy: scene.policy }
    const [first] = (await Audit.replay(network)).receipts
    const response = Response.fromReceipt(first, own)
    expect(resource.parse(response)).toMatchObject({ created: '2026-11-15', outcome: 'complete' })
    const [again] = (await Audit.replay(network)).receipts
    expect(Response.differences(Response.format(response), again, own)).toEqual([])
  })
})
