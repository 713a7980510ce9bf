import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import * as Day from '@medseal/prover/protocol/Day'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import { expect, test } from 'vitest'
import * as SigningKeyFile from '../../src/issuer/SigningKeyFile.ts'
import * as Registration from '../../src/registrar/Registration.ts'

const signingKey = SigningKeyFile.create()
const publicKey = Issuer.publicKeyOf(signingKey)
const registration = IssuerDesk.registrationOf({
  issuer: { publicKey, roles: ['hospital', 'laboratory'], validUntil: Day.parse('2027-12-31') },
  chainId: 31337n,
  status: StatusList.create(),
  alive: new Map(),
  taken: new Set(),
  invitations: new Set(),
})

test('what an issuer gives is read, its key checked', () => {
  const read = Registration.parse(textOf(registration))
  expect(read).toEqual({
    issuerId: Issuer.idOf(publicKey),
    publicKey,
    roles: ['hospital', 'laboratory'],
    validUntil: Day.parse('2027-12-31'),
    statusRoot: StatusList.root(StatusList.create()),
  })
})

test('the identity is no key, whatever id it comes with', () => {
  const identity = [0n, 1n] as unknown as Issuer.PublicKey
  const text = textOf({ ...registration, publicKey: identity, issuerId: Issuer.idOf(identity) })
  expect(() => Registration.parse(text)).toThrow(Issuer.InvalidKeyError)
})

test('a point off the curve is no key', () => {
  const [x, y] = publicKey
  expect(() => Registration.parse(textOf({ ...registration, publicKey: [x, y + 1n] }))).toThrow(Issuer.InvalidKeyError)
})

test('an id of another key is refused', () => {
  const other = Issuer.idOf(Issuer.publicKeyOf(SigningKeyFile.create()))
  expect(() => Registration.parse(textOf({ ...registration, issuerId: other }))).toThrow(Registration.OtherIdError)
})

test('what is no registration names the place and the rule', () => {
  expect(() => Registration.parse('{')).toThrow('$ must be JSON')
  expect(() => Registration.parse(textOf({ ...registration, roles: [] }))).toThrow('roles must be of its form')
})

function textOf(data: object): string {
  return JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}
