import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as files from '../../samples/files.ts'
import * as CanonicalJson from '../src/protocol/CanonicalJson.ts'
import * as PolicyCompiler from '../src/protocol/PolicyCompiler.ts'
import * as PresentationRequest from '../src/protocol/PresentationRequest.ts'
import * as Request from '../src/protocol/Request.ts'
import { seeded } from './random.ts'

type Vector = { readonly object: PresentationRequest.Unsigned; readonly nonce: string; readonly requestId: string }
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors/presentation-request.json'), 'utf8'),
)

const valueSets = files.valueSets()
const compile = (name: string) => PolicyCompiler.compile(files.policyOf(name), { valueSets })

const terms = {
  chainId: 31337n,
  consumer: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  recipientId: 2n as Request.StakeholderId,
  program: 0n,
  purpose: 'COVAUTH',
  consentRequired: true,
  expiresAt: 1_800_000_000n,
  policies: [compile('glp1-type-2-diabetes'), compile('wegovy-cardiovascular')],
  responseUri: 'https://insurer.example/v1/requests/req_1/answer',
  recipientName: 'Example Insurance',
  note: 'Before your doctor can prescribe it.',
  state: 'abc',
} as const

const unsigned = PresentationRequest.build(terms)
const object: PresentationRequest.PresentationRequest = { ...unsigned, medseal_signature: `0x${'12'.repeat(65)}` }
const text = JSON.stringify(object)

/** Every place of a JSON value with its path. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}

/** A copy with the value at the path put through `change`; undefined removes it. */
function changed(value: unknown, [key, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  const copy = structuredClone(value) as Record<string, unknown>
  const inner = changed(copy[key], rest, change)
  if (inner !== undefined) copy[key] = inner
  else if (Array.isArray(copy)) copy.splice(Number(key), 1)
  else delete copy[key]
  return copy
}

/** The nonce the key signs, or 'refused' where the text is. */
function nonceOr(text: string): bigint | 'refused' {
  try {
    return PresentationRequest.nonceOf(PresentationRequest.parse(text))
  } catch (cause) {
    expect(cause).toBeInstanceOf(PresentationRequest.InvalidError)
    return 'refused'
  }
}

describe('PresentationRequest', () => {
  it('is read back as it was built, and asks what was asked', () => {
    expect(PresentationRequest.parse(text)).toEqual(object)
    const request = PresentationRequest.requestOf(object)
    const { policies, responseUri: _, recipientName: __, note: ___, state: ____, ...asked } = terms
    expect(request).toEqual({ ...asked, policyHashes: policies.map(({ hash }) => hash), nonce: request.nonce })
    expect(PresentationRequest.policiesOf(object)).toEqual(policies.map(({ policy }) => policy))
    expect(PresentationRequest.objections(object, { policies, origin: 'https://insurer.example' })).toEqual([])
  })

  it('keeps to the golden vectors', () => {
    expect(vectors.length).toBeGreaterThan(1)
    for (const { object, nonce, requestId } of vectors) {
      const read = PresentationRequest.parseUnsigned(JSON.stringify(object))
      expect(PresentationRequest.nonceOf(read).toString()).toBe(nonce)
      expect(Request.idOf(PresentationRequest.requestOf(read))).toBe(requestId)
    }
  })

  it('makes two alike questions two requests', () => {
    const again = PresentationRequest.build(terms)
    expect(again.nonce).not.toBe(unsigned.nonce)
    expect(PresentationRequest.nonceOf(again)).not.toBe(PresentationRequest.nonceOf(unsigned))
  })

  it('is the same whatever the order of its members and the blanks between them', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, inner]) => [key, turned(inner)] as const)
          .reverse(),
      )
    }
    expect(nonceOr(JSON.stringify(turned(object), null, 3))).toBe(PresentationRequest.nonceOf(object))
  })

  it('changes its nonce, or is refused, whatever member is taken away, replaced or added', () => {
    const nonce = PresentationRequest.nonceOf(object)
    const random = seeded('presentation request')
    const changes: readonly ((old: unknown) => unknown)[] = [
      () => undefined,
      () => null,
      () => [],
      () => ({}),
      (old) => (typeof old === 'string' ? `${old}0` : [old]),
      (old) => (typeof old === 'string' ? flipped(old, random.integer(Math.max(1, old.length))) : 7),
      (old) => (typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : -1),
      (old) => (typeof old === 'object' && old && !Array.isArray(old) ? { ...old, extra: 1 } : `${old} `),
      (old) => (Array.isArray(old) ? [...old, old[0]] : true),
      (old) => (Array.isArray(old) ? old.toReversed() : 'x'),
    ]
    for (const path of placesOf(unsigned)) {
      for (const change of changes) {
        const altered = JSON.stringify(changed(object, path, change)) ?? ''
        if (CanonicalJson.write(JSON.parse(altered || 'null')) === CanonicalJson.write(object)) continue
        expect(nonceOr(altered), path.join('.')).not.toBe(nonce)
      }
    }
  })

  it('refuses what is no text of this form, and says nothing of what stands there', () => {
    const refused = [
      '',
      'null',
      '[]',
      '{}',
      text.slice(1),
      `${'['.repeat(500_000)}`,
      '['.repeat(2000) + ']'.repeat(2000),
      `${' '.repeat(PresentationRequest.longestText)}${text}`,
      text.replace('{', '{"nonce":"AAAAAAAAAAAAAAAAAAAAAA",'),
      text.replace('{', '{"__proto__":{},'),
      text.replace('{', '{"transaction_data":["secret"],'),
      JSON.stringify(unsigned),
      JSON.stringify({ ...object, medseal_signature: '0x1' }),
    ]
    for (const each of refused) expect(() => PresentationRequest.parse(each)).toThrow(PresentationRequest.InvalidError)
    const naming = { ...object, client_metadata: { ...object.client_metadata, client_name: 'x'.repeat(101) } }
    expect(() => PresentationRequest.parse(JSON.stringify(naming))).toThrow(
      'The presentation request is refused: client_metadata.client_name must be of its form, with no other members.',
    )
  })

  it.each([
    'http://insurer.example/answer',
    'javascript:alert(1)',
    'https://user@insurer.example/',
    'https://user:word@insurer.example/',
    'https://insurer.example/#part',
    'https://insurer.example',
    'HTTPS://insurer.example/',
    'http://localhost.example/',
    'http://127.0.0.1.example/',
    'http://[::2]/',
    'ftp://insurer.example/',
    '/answer',
    '',
  ])('refuses to send an answer to %s', (responseUri) => {
    expect(() => PresentationRequest.build({ ...terms, responseUri })).toThrow(PresentationRequest.InvalidError)
  })

  it.each([
    'http://127.0.0.1:3000/a',
    'http://localhost/a',
    'http://[::1]:8080/a',
    'https://insurer.example:8443/a?b=c',
  ])('sends an answer to %s', (responseUri) => {
    expect(PresentationRequest.build({ ...terms, responseUri }).response_uri).toBe(responseUri)
  })

  it.each(['a\u202eb', 'a\nb', 'a\u200bb', '\ud800', '', 'x'.repeat(101)])(
    'has no recipient call itself what a patient cannot read',
    (recipientName) => {
      expect(() => PresentationRequest.build({ ...terms, recipientName })).toThrow(PresentationRequest.InvalidError)
    },
  )

  it('tells a circuit that is not the policy’s, and an answer that goes elsewhere', () => {
    const { policies } = terms
    expect(PresentationRequest.objections(object, { policies, origin: 'https://other.example' })).toEqual([
      'other-origin',
    ])
    const other = PresentationRequest.build({ ...terms, policies: [compile('amoxicillin-safety')] })
    const [part] = other.dcql_query.credentials
    const wrong = part?.meta.circuit === 'eligibility-l' ? 'eligibility-s' : 'eligibility-l'
    const misled = changed(other, ['dcql_query', 'credentials', '0', 'meta', 'circuit'], () => wrong)
    expect(
      PresentationRequest.objections(misled as PresentationRequest.Unsigned, {
        policies: [compile('amoxicillin-safety')],
      }),
    ).toEqual(['circuit-mismatch'])
  })
})

describe('CanonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.2 to 3.2.3', () => {
    const sample = {
      // biome-ignore lint/correctness/noPrecisionLoss: the RFC's own numbers
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(CanonicalJson.write(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it("sorts members by their names' UTF-16 units", () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const written = CanonicalJson.write(Object.fromEntries(names.map((name) => [name, 0])))
    expect(Object.keys(JSON.parse(written)).filter((name) => name !== '1')).toEqual([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ])
  })

  it('refuses what has no canonical text', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, '\ud800', () => 0, Symbol('x')])
      expect(() => CanonicalJson.write(value)).toThrow(CanonicalJson.InvalidJsonError)
  })
})

function flipped(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`
}
