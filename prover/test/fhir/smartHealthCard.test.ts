import { readFileSync } from 'node:fs'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as Jose from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import * as CardIssuer from '../../src/fhir/CardIssuer.ts'
import * as CardText from '../../src/fhir/CardText.ts'
import * as JsonText from '../../src/fhir/JsonText.ts'
import * as SmartHealthCard from '../../src/fhir/SmartHealthCard.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Value from '../../src/protocol/Value.ts'
import { fileOf, haveFolder } from '../expectations.ts'
import * as CardMaker from './cardMaker.ts'
import { bundle, observation, patient } from './document.ts'

// The public key of the specification's example issuer and the cards it revoked, published under <iss>/.well-known
// (smart-on-fhir/health-cards, 5eb9aa8bca78, generate-examples/issuer/.well-known).
const exampleIss = 'https://spec.smarthealth.cards/examples/issuer'
const exampleKey = {
  kty: 'EC',
  kid: '3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s',
  use: 'sig',
  alg: 'ES256',
  crv: 'P-256',
  x: '11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw',
  y: 'eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8',
  crlVersion: 1,
}
const exampleList = {
  kid: exampleKey.kid,
  method: 'rid',
  ctr: 1,
  rids: ['vwAjHdarZuc.1664492124', 'FKDIxsTCGlU', 'XkNHp2Iyk0Y.1664492124', 'TqB_qu_6OtM'],
}
const exampleKeys = JSON.stringify({ keys: [exampleKey] })
const exampleIssuer = CardIssuer.parse(exampleIss, { jwks: exampleKeys, revocations: [JSON.stringify(exampleList)] })

/** A day in 2026, after every card here. */
const now = 1_780_000_000n

let maker: CardMaker.Maker
let other: CardMaker.Maker
beforeAll(async () => {
  maker = await CardMaker.create('https://clinic.example/cards')
  other = await CardMaker.create('https://other.example/cards')
})

async function reasonOf(jws: string, { issuers = [CardMaker.published(maker)], at = now } = {}) {
  const verdict = await SmartHealthCard.verify(jws, { issuers, now: at })
  return verdict.valid ? 'valid' : verdict.reason
}

async function ruleOf(jws: string) {
  const rule = (error: unknown) => (error instanceof SmartHealthCard.NotACardError ? error.rule : error)
  return SmartHealthCard.verify(jws, { issuers: [CardMaker.published(maker)], now }).catch(rule)
}

async function cardOf(jws: string, issuer = CardMaker.published(maker)) {
  const verdict = await SmartHealthCard.verify(jws, { issuers: [issuer], now })
  if (!verdict.valid) throw new Error(`The card is refused: ${verdict.reason}.`)
  return verdict.card
}

function factsOf(card: SmartHealthCard.Card) {
  const { imported, asOf } = SmartHealthCard.importCard(card)
  const facts = imported.attributes.map(({ category, system, code, day, value }) =>
    category === 'demographic'
      ? [category, CodeSystem.decode('LOINC', code), value]
      : [category, system, CodeSystem.decode(system, code), Day.format(day)],
  )
  return { facts, asOf: Day.format(asOf), complete: imported.complete, remarks: imported.remarks }
}

describe.skipIf(!haveFolder)("the specification's example cards", () => {
  const jwsOf = (name: string) => readFileSync(fileOf(name), 'utf8').trim()

  it('are signed by the example issuer, and hold the published bundle letter by letter', async () => {
    for (const name of ['shc_example-00', 'shc_example-02']) {
      const card = await cardOf(jwsOf(`${name}-d`), exampleIssuer)
      expect(card).toMatchObject({ issuer: exampleIss, keyId: exampleKey.kid })
      expect(card.types).toEqual(['https://smarthealth.cards#health-card'])
      const minified = readFileSync(fileOf(`${name}-a`), 'utf8')
      expect(card.fhirBundle).toBe(JSON.stringify(JSON.parse(minified)))
    }
  })

  it('import as counted by hand, as of the day they were issued', async () => {
    // John B. Anyperson, three doses; no sex is given.
    expect(factsOf(await cardOf(jwsOf('shc_example-00-d'), exampleIssuer))).toMatchObject({
      asOf: '2024-05-07',
      facts: [
        ['demographic', '21112-8', 19510120n],
        ['immunization', 'CVX', '207', '2021-01-01'],
        ['immunization', 'CVX', '207', '2021-01-29'],
        ['immunization', 'CVX', '229', '2022-09-05'],
      ],
    })
    // Its condition, medicine and allergy are about resource:0, which is the Composition: nobody's.
    expect(factsOf(await cardOf(jwsOf('shc_example-02-d'), exampleIssuer)).facts).toEqual([
      ['demographic', '21112-8', 19720501n],
      ['demographic', '46098-0', Value.ofText('female')],
    ])
  })

  it('are refused with any character of payload or signature changed', async () => {
    const jws = jwsOf('shc_example-00-d')
    const [header = '', payload = '', signature = ''] = jws.split('.')
    const issuers = [exampleIssuer]
    const changed = (text: string, i: number) => `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`
    for (let i = 0; i < payload.length; i += 37) {
      const tampered = `${header}.${changed(payload, i)}.${signature}`
      // Most changes no longer inflate or no longer are JSON, which is refused earlier still.
      await expect(reasonOf(tampered, { issuers }).catch((error: Error) => error.name)).resolves.not.toBe('valid')
    }
    for (let i = 0; i < signature.length - 1; i += 7) {
      expect(await reasonOf(`${header}.${payload}.${changed(signature, i)}`, { issuers })).toBe('signature')
    }
    const birth = textIn(payload).replace('1951-01-20', '1981-01-20')
    const older = `${header}.${Jose.base64url.encode(deflateRawSync(birth))}.${signature}`
    expect(await reasonOf(older, { issuers })).toBe('signature')
    expect(await reasonOf(jws, { issuers })).toBe('valid')
  })

  it('are refused before they were issued, and of an issuer whose key is another', async () => {
    const jws = jwsOf('shc_example-00-d')
    const issuers = [exampleIssuer]
    // nbf is 1715107763.677.
    expect(await reasonOf(jws, { issuers, at: 1_715_107_763n })).toBe('not-yet-valid')
    expect(await reasonOf(jws, { issuers, at: 1_715_107_764n })).toBe('valid')
    expect(await reasonOf(jws)).toBe('unknown-issuer')
    const jwks = JSON.stringify({ keys: [{ ...maker.jwk, kid: exampleKey.kid }] })
    expect(await reasonOf(jws, { issuers: [CardIssuer.parse(exampleIss, { jwks })] })).toBe('unknown-key')
  })

  it('are refused where nobody looked at what the issuer revoked, or where it revoked them', async () => {
    const jws = jwsOf('shc_example-00-d')
    const withLists = (...lists: object[]) => ({
      issuers: [CardIssuer.parse(exampleIss, { jwks: exampleKeys, revocations: lists.map((l) => JSON.stringify(l)) })],
    })
    expect(await reasonOf(jws, withLists())).toBe('revocation-unknown')
    expect(await reasonOf(jws, withLists({ ...exampleList, rids: ['MKyCxh7p6uQ'] }))).toBe('revoked')
  })
})

function textIn(payload: string): string {
  return inflateRawSync(Jose.base64url.decode(payload)).toString()
}

describe('SmartHealthCard.verify', () => {
  it('takes a card of a trusted issuer, and says who, when and what', async () => {
    const rid = 'MKyCxh7p6uQ'
    const type = ['https://smarthealth.cards#health-card', 'https://smarthealth.cards#laboratory']
    const payload = CardMaker.payloadOf(maker, { nbf: 1_700_000_000.5, exp: 1_800_000_000, type, rid })
    expect(await SmartHealthCard.verify(await CardMaker.sign(maker, payload), options())).toEqual({
      valid: true,
      card: {
        issuer: 'https://clinic.example/cards',
        keyId: maker.jwk.kid,
        issuedAt: 1_700_000_000.5,
        expiresAt: 1_800_000_000,
        types: type,
        fhirBundle: '{"resourceType":"Bundle","type":"collection","entry":[]}',
      },
    })
  })

  function options() {
    return { issuers: [CardMaker.published(other), CardMaker.published(maker)], now }
  }

  it('refuses a card that expired, from the second on', async () => {
    const jws = await CardMaker.sign(maker, CardMaker.payloadOf(maker, { exp: 1_779_999_999.5 }))
    expect(await reasonOf(jws, { at: 1_779_999_999n })).toBe('valid')
    expect(await reasonOf(jws, { at: 1_780_000_000n })).toBe('expired')
  })

  it('refuses a card signed by another key than the one it names, or in the name of another issuer', async () => {
    const payload = CardMaker.payloadOf(maker)
    expect(await reasonOf(await CardMaker.sign(other, payload))).toBe('unknown-key')
    expect(await reasonOf(await CardMaker.sign(other, payload, { kid: maker.jwk.kid }))).toBe('signature')
    const both = [CardMaker.published(maker), CardMaker.published(other)]
    expect(await reasonOf(await CardMaker.sign(other, payload), { issuers: both })).toBe('unknown-key')
    const swapped = CardMaker.payloadOf(maker, { iss: other.iss })
    expect(await reasonOf(await CardMaker.sign(maker, swapped), { issuers: both })).toBe('unknown-key')
  })

  it("does not use a key that the card brings with it, nor one whose kid is not the key's thumbprint", async () => {
    const payload = CardMaker.payloadOf(maker)
    const brought = await CardMaker.sign(other, payload, { kid: maker.jwk.kid, jwk: { ...other.jwk } })
    expect(await reasonOf(brought)).toBe('signature')
    const renamed = CardIssuer.parse(maker.iss, {
      jwks: JSON.stringify({ keys: [{ ...other.jwk, kid: maker.jwk.kid }] }),
    })
    expect(await reasonOf(await CardMaker.sign(other, payload, { kid: maker.jwk.kid }), { issuers: [renamed] })).toBe(
      'unknown-key',
    )
  })

  it('refuses none, HS256 and every other header that the specification does not have', async () => {
    const jws = await CardMaker.sign(maker, CardMaker.payloadOf(maker))
    const header = { alg: 'ES256', zip: 'DEF', kid: maker.jwk.kid }
    const { kid: _, ...nameless } = header
    const { zip: __, ...plain } = header
    expect(await ruleOf(CardMaker.withHeader(jws, { ...header, alg: 'none' }))).toBe('is signed with ES256')
    expect(await ruleOf(`${CardMaker.withHeader(jws, { ...header, alg: 'none' }).replace(/[^.]+$/, '')}`)).toBe(
      'is a compact JWS',
    )
    // An HMAC keyed with what everyone knows, the public key.
    const secret = new TextEncoder().encode(JSON.stringify(maker.jwk))
    const hmac = await new Jose.CompactSign(deflateRawSync(CardMaker.payloadOf(maker)))
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(secret)
    expect(await ruleOf(hmac)).toBe('is signed with ES256')
    expect(await ruleOf(CardMaker.withHeader(jws, nameless))).toBe('names its key')
    expect(await ruleOf(CardMaker.withHeader(jws, plain))).toBe('is compressed with DEF')
    expect(await ruleOf(CardMaker.withHeader(jws, { ...header, crit: ['b64'], b64: false }))).toBe(
      'has no critical header',
    )
    // A header changed in what does not matter is still not what was signed.
    expect(await reasonOf(CardMaker.withHeader(jws, { ...header, typ: 'JWT' }))).toBe('signature')
  })

  it('gives up a card that inflates without end, before its memory is taken', async () => {
    const bomb = deflateRawSync(Buffer.alloc(400_000_000))
    expect(bomb.length).toBeLessThan(SmartHealthCard.longestCard / 2)
    expect(await ruleOf(await CardMaker.sign(maker, bomb))).toBe('inflates to at most 8388608 bytes')
    const most = CardMaker.payloadOf(maker, { fhirBundle: `{"a":"${'x'.repeat(8_380_000)}"}` })
    expect(await reasonOf(await CardMaker.sign(maker, most))).toBe('valid')
  })

  it.each([
    ['another type', { type: ['https://smarthealth.cards#immunization'] }, 'is of type health-card'],
    ['a type that is no list', { type: 'https://smarthealth.cards#health-card' }, 'is of type health-card'],
    ['FHIR R5', { fhirVersion: '5.0.0' }, 'holds FHIR R4 (fhirVersion 4.0.x)'],
    ['no time of issue', { nbf: null }, 'has nbf in Unix seconds'],
    ['a time as text', { nbf: '1700000000' }, 'has nbf in Unix seconds'],
    ['a time of the devil', { exp: 1e300 }, 'has exp in Unix seconds'],
    ['an issuer without TLS', { iss: 'http://clinic.example/cards' }, isAddress()],
    ['an issuer with a "/" at its end', { iss: 'https://clinic.example/cards/' }, isAddress()],
    ['an issuer with a query', { iss: 'https://clinic.example/cards?a=b' }, isAddress()],
    ['a bundle as text', { fhirBundle: '"{}"' }, 'holds one FHIR bundle'],
    ['two bundles', { fhirBundle: '{},"fhirBundle":{}' }, 'consists of JSON that can be read'],
    ['a long revocation id', { rid: 'a'.repeat(25) }, 'has a rid of at most 24 base64url characters'],
  ])('refuses a card with %s', async (_what, claims, rule) => {
    expect(await ruleOf(await CardMaker.sign(maker, CardMaker.payloadOf(maker, claims)))).toBe(rule)
  })

  function isAddress() {
    return 'has an iss that is an https address without a "/" at its end'
  }

  it.each([
    ['nothing', '', 'is a compact JWS'],
    ['two parts', 'YQ.YQ', 'is a compact JWS'],
    ['four parts', 'YQ.YQ.YQ.YQ', 'is a compact JWS'],
    ['other characters', 'YQ==.YQ.YQ', 'is written in base64url'],
    ['a header that is no JSON', 'YQ.YQ.YQ', 'consists of JSON that can be read'],
    ['too many characters', 'a'.repeat(1024 * 1024 + 1), 'has at most 1048576 characters'],
  ])('refuses a text of %s', async (_what, text, rule) => {
    expect(await ruleOf(text)).toBe(rule)
  })

  it('refuses payloads that are not raw DEFLATE, UTF-8 and JSON, and never says what they hold', async () => {
    const canary = 'canary-4711'
    for (const [bytes, rule] of [
      [Buffer.from(canary), 'is compressed with raw DEFLATE'],
      [deflateRawSync(canary).subarray(0, 6), 'is compressed with raw DEFLATE'],
      [deflateRawSync(Buffer.from([0xc3, 0x28])), 'is written in UTF-8'],
      [deflateRawSync(canary), 'consists of JSON that can be read'],
      [deflateRawSync('['.repeat(1000)), 'consists of JSON that can be read'],
      [deflateRawSync(`"${canary}"`), 'has vc.credentialSubject'],
      [deflateRawSync('{"vc":null}'), 'has vc.credentialSubject'],
    ] as const) {
      const jws = await CardMaker.sign(maker, bytes)
      const error = await SmartHealthCard.verify(jws, { issuers: [], now }).catch((cause: Error) => cause)
      expect(error).toBeInstanceOf(SmartHealthCard.NotACardError)
      expect((error as SmartHealthCard.NotACardError).rule).toBe(rule)
      expect(String(error)).not.toContain(canary)
    }
  })

  it('refuses what the issuer revoked, and what it may have revoked', async () => {
    const jws = await CardMaker.sign(maker, CardMaker.payloadOf(maker, { rid: 'MKyCxh7p6uQ' }))
    const against = (...rids: string[]) => ({
      issuers: [CardMaker.published(maker, { crlVersion: 2 }, [{ kid: maker.jwk.kid, method: 'rid', ctr: 2, rids }])],
    })
    expect(await reasonOf(jws, { issuers: [CardMaker.published(maker, { crlVersion: 2 })] })).toBe('revocation-unknown')
    const stale = [{ kid: maker.jwk.kid, method: 'rid', ctr: 1, rids: [] }]
    expect(await reasonOf(jws, { issuers: [CardMaker.published(maker, { crlVersion: 2 }, stale)] })).toBe(
      'revocation-unknown',
    )
    expect(await reasonOf(jws, against())).toBe('valid')
    expect(await reasonOf(jws, against('AQPCj4wwk6Mt', 'MKyCxh7p6u'))).toBe('valid')
    expect(await reasonOf(jws, against('AQPCj4wwk6Mt', 'MKyCxh7p6uQ'))).toBe('revoked')
    const younger = { kid: maker.jwk.kid, method: 'rid', ctr: 3, rids: ['MKyCxh7p6uQ'] }
    const both = CardMaker.published(maker, { crlVersion: 2 }, [{ ...younger, ctr: 2, rids: [] }, younger])
    expect(await reasonOf(jws, { issuers: [both] })).toBe('revoked')
    // Issued at 1,700,000,000.
    expect(await reasonOf(jws, against('MKyCxh7p6uQ.1700000000'))).toBe('valid')
    expect(await reasonOf(jws, against('MKyCxh7p6uQ.1700000001'))).toBe('revoked')
  })
})

describe('SmartHealthCard.importCard', () => {
  it('keeps numbers as they were signed, and never calls anything complete', async () => {
    const document = JSON.stringify(bundle([patient(), observation({ id: 'o' })])).replace(
      '"value":6.5,',
      '"value":6.50,',
    )
    const fhirBundle = document.replace('{"resourceType":"Bundle",', '{ "resourceType" : "Bundle",\n')
    const card = await cardOf(
      await CardMaker.sign(maker, CardMaker.payloadOf(maker, { fhirBundle, nbf: 1_718_000_000 })),
    )
    expect(card.fhirBundle).toBe(fhirBundle)
    expect(card.fhirBundle).toContain('"value":6.50,')
    const { facts, asOf, complete, remarks } = factsOf(card)
    expect(asOf).toBe('2024-06-10')
    expect(facts.at(-1)).toEqual(['observation', 'LOINC', '4548-4', '2024-03-04'])
    expect(complete).toEqual({ categories: [], systems: [] })
    expect(remarks.map(({ reason }) => reason)).toEqual(['selection'])
  })
})

describe('CardText.cardsIn', () => {
  const jws = 'eyJ6aXAiOiJERUYifQ.3ZJ-b_9.QUJD-_x'

  it('reads a card, a file and codes, whole or in parts and in any order', () => {
    expect(CardText.cardsIn(` ${jws}\n`)).toEqual([jws])
    expect(CardText.cardsIn(JSON.stringify({ verifiableCredential: [jws, 'a.b.c'] }))).toEqual([jws, 'a.b.c'])
    // The specification's own example: the code of "X" is 43.
    expect(CardText.cardsIn('shc:/43')).toEqual(['X'])
    expect(CardText.cardsIn('shc:/5676290952432060346029243740446031222959532654603460292540772804336028')).toEqual([
      'eyJ6aXAiOiJERUYiLCJhbGciOiJFUzI1NiI',
    ])
    expect(CardText.cardsIn([`shc:/${CardMaker.digitsOf(jws)}`, 'shc:/43'])).toEqual([jws, 'X'])
    const codes = [jws.slice(0, 11), jws.slice(11, 20), jws.slice(20)].map(
      (part, i) => `shc:/${i + 1}/3/${CardMaker.digitsOf(part)}`,
    )
    expect(CardText.cardsIn(codes)).toEqual([jws])
    expect(CardText.cardsIn(codes.toReversed())).toEqual([jws])
    expect(CardText.cardsIn([...codes, ...codes])).toEqual([jws])
  })

  it.each([
    ['an odd digit', ['shc:/434'], 'are digits in pairs'],
    ['letters', ['shc:/4a'], 'are digits in pairs'],
    ['no digits', ['shc:/'], 'are digits in pairs'],
    ['characters a JWS has not', ['shc:/99'], 'have only characters of a JWS'],
    ['a part missing', ['shc:/1/3/43', 'shc:/3/3/43'], 'have all their parts'],
    ['parts of two cards', ['shc:/1/2/43', 'shc:/2/3/43'], 'have parts of one card only'],
    ['two first parts', ['shc:/1/2/43', 'shc:/1/2/44'], 'have each part once'],
    ['part 0', ['shc:/0/1/43'], 'have parts of one card only'],
    ['part 3 of 2', ['shc:/3/2/43'], 'have parts of one card only'],
    ['a file that is no JSON', ['{verifiableCredential'], 'are JSON in a file'],
    ['a file without cards', ['{"verifiableCredential":[]}'], 'stand in verifiableCredential'],
    ['a file of something else', ['{"verifiableCredential":"a.b.c"}'], 'stand in verifiableCredential'],
    ['a file with a number', ['{"verifiableCredential":[1]}'], 'are texts in verifiableCredential'],
    ['too many parts', Array.from({ length: 101 }, () => 'shc:/43'), 'come in at most 100 parts'],
  ])('refuses %s', (_what, shown, rule) => {
    expect(() => CardText.cardsIn(shown)).toThrow(CardText.NotCardsError)
    expect(() => CardText.cardsIn(shown)).toThrow(rule)
  })

  it.skipIf(!haveFolder)("reads the specification's example from its code to its facts", async () => {
    const jws = readFileSync(fileOf('shc_example-00-d'), 'utf8').trim()
    const [read = ''] = CardText.cardsIn(`shc:/${CardMaker.digitsOf(jws)}`)
    expect(await SmartHealthCard.claimedIssuer(read)).toBe(exampleIss)
    expect(await reasonOf(read, { issuers: [exampleIssuer] })).toBe('valid')
  })
})

describe('CardIssuer', () => {
  it('gets keys and revocation lists from where the specification puts them, and from nowhere else', async () => {
    const asked: string[] = []
    const texts = new Map([
      [`${exampleIss}/.well-known/jwks.json`, JSON.stringify({ keys: [exampleKey] })],
      [`${exampleIss}/.well-known/crl/${exampleKey.kid}.json`, JSON.stringify(exampleList)],
    ])
    const issuer = await CardIssuer.getFrom(exampleIss, async (url) => {
      asked.push(url)
      return texts.get(url) ?? ''
    })
    expect(asked).toEqual([...texts.keys()])
    const { kty, crv, x, y, kid, crlVersion } = exampleKey
    const { rids } = exampleList
    expect(issuer).toEqual({
      iss: exampleIss,
      keys: [{ kty, crv, x, y, kid, crlVersion }],
      revocations: [{ kid, method: 'rid', ctr: 1, rids }],
    })
  })

  it.each([
    'http://a.example',
    'https://a.example/',
    'ftp://a.example',
    'https://',
    'https://a.example/x?y',
    'a.example',
  ])('asks nothing of %s', async (iss) => {
    const get = () => Promise.reject(new Error('was asked'))
    await expect(CardIssuer.getFrom(iss, get)).rejects.toThrow(CardIssuer.NotHttpsError)
  })

  it('passes over keys for other uses, and a key that shows its secret', () => {
    const keys = [
      { ...exampleKey, alg: 'RS256', kty: 'RSA' },
      { ...exampleKey, use: 'enc' },
      { ...exampleKey, crv: 'P-384' },
      { ...exampleKey, d: exampleKey.x },
      { ...exampleKey, kid: '../../../x' },
      'key',
    ]
    expect(CardIssuer.parse(exampleIss, { jwks: JSON.stringify({ keys }) }).keys).toEqual([])
  })

  it.each(['', '[]', '{}', '{"keys":{}}', '<html>'])('refuses the key set %j', (jwks) => {
    expect(() => CardIssuer.parse(exampleIss, { jwks })).toThrow(CardIssuer.InvalidIssuerError)
  })

  it('refuses a revocation list of another form', () => {
    for (const change of [
      { method: 'other' },
      { rids: ['a b'] },
      { rids: 'AQPCj4wwk6Mt' },
      { ctr: -1 },
      { kid: 'x' },
    ]) {
      const revocations = [JSON.stringify({ ...exampleList, ...change })]
      expect(() => CardIssuer.parse(exampleIss, { jwks: '{"keys":[]}', revocations })).toThrow(
        CardIssuer.InvalidIssuerError,
      )
    }
  })
})

describe('JsonText', () => {
  const text = ' { "a" : [1.50, {"b":"}"}] , "\\u0062":{"c":1e2 ,"d":"\\"}," } ,"e":-0.0}\n'

  it('cuts members out as they are written', () => {
    expect(JsonText.member(text, 'a')).toBe('[1.50, {"b":"}"}]')
    expect(JsonText.member(text, 'b')).toBe('{"c":1e2 ,"d":"\\"}," }')
    expect(JsonText.member(text, 'e')).toBe('-0.0')
    expect(JsonText.memberAt(text, ['b', 'c'])).toBe('1e2')
    expect(JsonText.memberAt(text, ['b', 'd'])).toBe('"\\"},"')
    for (const path of [['c'], ['a', 'b'], ['e', 'x'], ['x', 'y']])
      expect(JsonText.memberAt(text, path)).toBeUndefined()
    for (const none of ['[]', '1', '"{"', '{}', 'null']) expect(JsonText.member(none, 'a')).toBeUndefined()
  })

  it('refuses a name that stands twice, however it is spelt', () => {
    expect(() => JsonText.member('{"a":1,"\\u0061":2}', 'a')).toThrow(JsonText.RepeatedMemberError)
    expect(JsonText.member('{"a":1,"b":2,"b":3}', 'a')).toBe('1')
  })
})
