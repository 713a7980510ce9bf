import { readFileSync } from 'node:fs'
import * as PolicyFile from '@medseal/prover/protocol/PolicyFile'
import { createInstance } from 'i18next'
import { expect, test } from 'vitest'
import * as Link from '../../src/patient/Link.ts'
import * as wording from '../../src/patient/wording.ts'
import * as words from '../../src/patient/words.ts'
import * as Objection from '../../src/wallet/Objection.ts'

type Tree = { readonly [key: string]: string | Tree }

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const locale = (name: string): Tree => JSON.parse(read(`../../src/patient/locales/${name}.json`))

/** Every key with its text. */
function textsOf(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of textsOf(value, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}

const placesIn = (text = '') => (text.match(/{{\w+}}/g) ?? []).sort()

test.each(['', 'codes.'])('both languages say the same things: %s', (kind) => {
  const [english, german] = [textsOf(locale(`${kind}en`)), textsOf(locale(`${kind}de`))]
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort())
  for (const [key, text] of english) {
    expect(text, key).not.toBe('')
    if (!key.endsWith('_one')) expect(placesIn(german.get(key)), key).toEqual(placesIn(text))
  }
})

test.each(['en', 'de'])('every objection has a sentence: %s', (language) => {
  const texts = textsOf(locale(language))
  for (const one of Objection.all) expect(texts.get(`objection.${one}`), one).toMatch(/\.$/)
})

test.each(['en', 'de'])('every error a wallet or the prover names has a sentence: %s', (language) => {
  const texts = textsOf(locale(language))
  for (const name of errorNames()) expect(texts.get(`errors.${name}`), name).toMatch(/\.$/)
})

/** Names of errors that reach a page, from the modules that throw them. */
function errorNames(): string[] {
  const wallet = ['Vault', 'Store', 'Backup', 'Passkey', 'Wallet', 'Holdings', 'Sending'].map((m) => `${m}.ts`)
  const device = ['Desk', 'requests', 'answering', 'Device'].map((m) => `device/${m}.ts`)
  const sources = [...wallet, ...device, 'Chain.ts'].map((path) => `../../src/wallet/${path}`)
  const prover = ['prove.ts', 'Artifacts.ts', 'ArtifactsFetch.ts', 'engine/Engine.ts'].map(
    (path) => `../../../prover/src/${path}`,
  )
  const names = [...sources, ...prover].flatMap((path) =>
    Array.from(read(path).matchAll(/name = '([\w.]+)'/g), ([, name = '']) => name),
  )
  return [...new Set(names)]
}

const policies = ['glp1-type-2-diabetes', 'life-cover-best-class', 'school-immunisation', 'type-2-diabetes-trial']

test.each(['en', 'de'])('every predicate of the sample policies is a sentence without holes: %s', async (language) => {
  const i18n = createInstance({ lng: language, fallbackLng: false, ns: ['patient'], defaultNS: 'patient' })
  await i18n.init({
    interpolation: { escapeValue: false },
    resources: { [language]: { patient: locale(language) } },
  })
  await words.load(i18n, language)
  const t = i18n.t as unknown as words.T
  const say = words.speaker(t, language)
  for (const name of policies) {
    const policy = PolicyFile.parse(read(`../../../samples/policies/${name}.json`))
    const sentences = predicatesIn(policy.require).map((one) => wording.sentence(t, say, one))
    for (const one of [...sentences, wording.recordSentence(t, say, policy)]) {
      expect(one).not.toMatch(/{{|undefined|words\.|noun\.|NaN/)
      expect(one.length).toBeGreaterThan(10)
    }
  }
})

type Formula = ReturnType<typeof PolicyFile.parse>['require']
type Predicate = Parameters<typeof wording.sentence>[2]

function predicatesIn(formula: Formula): Predicate[] {
  if ('allOf' in formula) return formula.allOf.flatMap(predicatesIn)
  if ('anyOf' in formula) return formula.anyOf.flatMap(predicatesIn)
  if ('atLeast' in formula) return formula.of.flatMap(predicatesIn)
  return 'not' in formula ? predicatesIn(formula.not) : [formula]
}

test('units read as people write them', () => {
  expect(wording.unit('mm[Hg]')).toBe('mmHg')
  expect(wording.unit('mL/min/{1.73_m2}')).toBe('mL/min/1.73 m²')
  expect(wording.unit('m[iU]/mL')).toBe('mIU/mL')
})

test('a link leads to a request here, elsewhere, or nowhere', () => {
  const origin = 'https://medseal.example'
  expect(Link.read(' https://medseal.example/r/req_1 ', origin)).toEqual({ kind: 'request', id: 'req_1' })
  expect(Link.read('https://evil.example/r/req_1', origin)).toEqual({ kind: 'elsewhere', host: 'evil.example' })
  expect(Link.read('{"a":1}', origin)).toEqual({ kind: 'object', text: '{"a":1}' })
  for (const text of ['', 'req_1', 'https://medseal.example/wallet', 'javascript:alert(1)', '//x/r/1'])
    expect(Link.read(text, origin)).toEqual({ kind: 'nothing' })
})
