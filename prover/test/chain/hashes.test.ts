import { hexlify } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as AuditLog from '../../src/chain/AuditLog.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Submission from '../../src/chain/Submission.ts'
import { fieldOrder, parameters } from '../../src/generated/parameters.ts'
import * as Consent from '../../src/protocol/Consent.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Issuer from '../../src/protocol/Issuer.ts'
import type { Role } from '../../src/protocol/Policy.ts'
import * as Request from '../../src/protocol/Request.ts'
import * as Scope from '../../src/protocol/Scope.ts'
import type * as StatusList from '../../src/protocol/StatusList.ts'
import * as Tree from '../../src/protocol/Tree.ts'
import { seeded } from '../random.ts'

const count = 100
let town: Town.LocalTown
beforeAll(async () => {
  town = await Town.found({ startsAt: new Date('2026-11-15T12:00:00Z') })
})
afterAll(() => town.chain.close())

const random = seeded('Twins of the contracts')
const hex = (bits: number) =>
  hexlify(
    `0x${random
      .bits(bits)
      .toString(16)
      .padStart(bits / 4, '0')}`,
  ) as `0x${string}`
const purposes = Object.keys(parameters.purposes) as Request.Purpose[]
const field = () => random.bits(300) % fieldOrder

function makeRequest(): Request.Request {
  return {
    chainId: town.network.chainId,
    consumer: Network.addressOf(town.network, 'EligibilityRegistry'),
    recipientId: random.bits(random.pick([3, 64, 256])) as Request.StakeholderId,
    policyHashes: Array.from({ length: 1 + random.integer(5) }, () =>
      field(),
    ) as unknown as Request.Request['policyHashes'],
    program: random.pick([0n, random.bits(40), random.bits(256)]),
    purpose: random.pick(purposes),
    consentRequired: random.pick([true, false]),
    expiresAt: random.bits(random.pick([31, 64])),
    nonce: random.bits(256),
  }
}

function makeConsent(request: Request.Request): Consent.Consent {
  return {
    chainId: request.chainId,
    registry: Network.addressOf(town.network, 'ConsentRegistry'),
    requestId: Request.idOf(request),
    recipientId: request.recipientId,
    // Never nobody: that says there is no consent.
    patientKey: hex(160).replace(/^0x0/, '0x1') as Request.Address,
    subject: field(),
    detailsHash: hex(256),
    notBefore: random.bits(64),
    notAfter: random.bits(64),
    salt: hex(256),
  }
}

function makeSubmission(): Submission.Submission {
  const request = makeRequest()
  return {
    request,
    requestSignature: '0x',
    part: random.integer(request.policyHashes.length),
    circuit: random.pick(['eligibility-s', 'eligibility-m', 'eligibility-l']),
    verifierVersion: Number(random.bits(32)),
    // 1970 to 2328: later days have no twin, and no use.
    today: random.integer(Day.latest) as Day.Day,
    deadline: random.bits(64),
    ...(random.integer(3) > 0 && { consent: makeConsent(request) }),
    nullifier: field() as Submission.Submission['nullifier'],
    issuersRoot: field() as Submission.IssuersRoot,
    proof: {
      a: [1n, 2n],
      b: [
        [1n, 2n],
        [3n, 4n],
      ],
      c: [1n, 2n],
    },
  }
}

describe('the same hash in TypeScript and on chain', () => {
  it('a request, its scope, its consent, and all signals', async () => {
    const registry = Network.contract(town.network, 'EligibilityRegistry')
    const consents = Network.contract(town.network, 'ConsentRegistry')
    for (let i = 0; i < count; i++) {
      const submission = makeSubmission()
      const { request, consent } = submission
      const typed = Request.toTypedData(request)
      const sent = Submission.toContractArgs(submission)
      expect(await registry.getFunction('requestId')(typed)).toBe(Request.idOf(request))
      expect(await registry.getFunction('scopeOf')(typed)).toBe(Scope.of(request))
      expect(await registry.getFunction('consentId')(typed, sent.consent)).toBe(
        consent ? Consent.idOf(consent) : Consent.none,
      )
      if (consent) expect(await consents.getFunction('consentId')({ ...consent, uses: 1 })).toBe(Consent.idOf(consent))
      const signals = await registry.getFunction('signalsOf')(sent)
      expect(signals.toObject()).toEqual(Submission.signalsOf(submission))
    }
  })

  it('an issuer, its leaf, and the root', async () => {
    const registry = Network.contract(town.network, 'StakeholderRegistry', town.registrar)
    const tree = Tree.build([])
    const roles = Object.keys(parameters.roles) as Role[]
    for (let position = 0; position < count; position++) {
      const signingKey = new Uint8Array(32).map(() => random.integer(256)) as Issuer.SigningKey
      const issuer: Issuer.Issuer = {
        publicKey: Issuer.publicKeyOf(signingKey),
        roles: roles.filter((_, i) => i === position % roles.length || random.integer(2) === 0),
        validUntil: (random.integer(Day.latest - Day.earliest) + Day.earliest) as Day.Day,
      }
      const statusRoot = (1n + field()) as StatusList.StatusRoot
      const addition = {
        key: hex(160).replace(/^0x0/, '0x1'),
        payout: hex(160).replace(/^0x0/, '0x1'),
        roles: Issuer.rolesMask(issuer.roles),
        licenceHash: hex(256),
        issuerId: Issuer.idOf(issuer.publicKey),
        validUntil: Day.toField(issuer.validUntil),
        statusRoot,
      }
      await Town.sent(registry.getFunction('register')(addition))
      const leaf = Issuer.toLeaf(issuer, statusRoot)
      Tree.update(tree, position, leaf)
      expect(await registry.getFunction('nodeAt')(0, position)).toBe(leaf)
      expect(await registry.getFunction('currentRoot')()).toBe(Tree.root(tree))
    }
  })

  it('an audit head, of every entry there is by now', async () => {
    for (const name of ['StakeholderRegistry', 'VerifierRegistry', 'NullifierStore'] as const) {
      const entries = await AuditLog.read(town.network, [name])
      const head: bigint = await Network.contract(town.network, name).getFunction('auditHead')()
      expect(AuditLog.breaks(entries, head)).toEqual([])
    }
  })
})
