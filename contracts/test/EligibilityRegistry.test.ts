import { type Contract, encodeBytes32String, id, type JsonRpcSigner, TypedDataEncoder, ZeroHash } from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fieldOrder } from '../../prover/src/generated/parameters.ts'
import { type Chain, createChain } from '../localChain.ts'
import { auditEntries } from './audit.ts'
import { abi, as, doubleProof, doubles, expectError, expectRefusal, read, send } from './chain.ts'
import { issuer, recipient, role } from './stakeholders.ts'
import * as Submissions from './submissions.ts'

const day = 86_400
const kindOf = (size: 's' | 'm' | 'l') => encodeBytes32String(`eligibility-${size}`)

describe('EligibilityRegistry', () => {
  let chain: Chain
  let registry: Contract
  let insurer: JsonRpcSigner
  let patient: JsonRpcSigner
  let stranger: JsonRpcSigner
  let back: () => Promise<void>

  beforeAll(async () => {
    chain = await createChain({ verifiers: doubles, startsAt: new Date('2027-03-01T12:00:00Z') })
    registry = chain.contracts.EligibilityRegistry
    ;[insurer, patient, stranger] = chain.accounts.slice(3) as [JsonRpcSigner, JsonRpcSigner, JsonRpcSigner]
    await send(chain.contracts.StakeholderRegistry, 'register', recipient(insurer.address))
    await send(chain.contracts.StakeholderRegistry, 'register', issuer(stranger.address, 1n))
  })
  afterAll(() => chain.close())
  beforeEach(async () => {
    back = await chain.snapshot()
  })
  afterEach(() => back())

  const make = async (
    changes: Partial<Submissions.Submission> = {},
    requestChanges: Partial<Submissions.Request> = {},
  ) =>
    Submissions.makeSubmission(chain, {
      request: changes.request ?? (await Submissions.makeRequest(chain, requestChanges)),
      recipient: insurer,
      patientKey: patient.address,
      changes,
    })
  const verify = (submission: Submissions.Submission) => send(registry, 'verify', submission)
  const refuse = (submission: Submissions.Submission, reason: string, ...parameters: unknown[]) =>
    expectRefusal(verify(submission), registry, `EligibilityRegistry_${reason}`, ...parameters)

  describe('hashes', () => {
    it('are what ethers computes from the documentation', async () => {
      const request = await Submissions.makeRequest(chain, { policyHashes: [1n, 2n, 3n] })
      const submission = await make({ request, part: 2n, verifierVersion: 77n })
      const { consent } = submission
      expect(await read(registry, 'requestId', request)).toBe(Submissions.requestIdOf(chain, request))
      expect(await read(registry, 'scopeOf', request)).toBe(Submissions.scopeOf(chain, request))
      expect(await read(registry, 'consentId', request, consent)).toBe(Submissions.consentIdOf(chain, request, consent))
      expect(await read(registry, 'consentId', request, Submissions.noConsent)).toBe(ZeroHash)
      expect(await read(registry, 'domainSeparator')).toBe(
        TypedDataEncoder.hashDomain(Submissions.domainOf(chain, 'EligibilityRegistry')),
      )
      for (const changed of [
        submission,
        { ...submission, consent: Submissions.noConsent },
        { ...submission, request: { ...request, program: (1n << 32n) | 5n, policyHashes: [4n] }, part: 0n },
      ]) {
        const signals = await read<bigint[]>(registry, 'signalsOf', changed)
        expect([...signals]).toEqual(Submissions.signalsOf(chain, changed))
      }
    })

    it('have the calendar’s date, leap days and century years included', async () => {
      const submission = await make()
      const dates = ['1970-01-01', '1999-12-31', '2000-02-29', '2024-02-29', '2027-02-28', '2027-03-01', '2100-02-28']
      for (const date of [...dates, '2100-03-01', '2400-02-29', '2399-12-31']) {
        const days = BigInt(Date.parse(date) / 86_400_000)
        const [, , , , occasion] = await read<bigint[]>(registry, 'signalsOf', { ...submission, day: days })
        expect(((occasion ?? 0n) >> 60n) & ((1n << 27n) - 1n), date).toBe(BigInt(date.replaceAll('-', '')))
        expect(occasion).toBe(Submissions.occasionOf(chain, submission.request, days))
      }
    })

    it('CTX-4: two requests of one recipient have unrelated scopes, two of one program have one', async () => {
      const scope = async (changes: Partial<Submissions.Request>) =>
        read(registry, 'scopeOf', await Submissions.makeRequest(chain, changes))
      expect(await scope({})).not.toBe(await scope({}))
      expect(await scope({ program: 5n })).toBe(await scope({ program: 5n }))
      expect(await scope({ program: 5n })).not.toBe(await scope({ program: 6n }))
      expect(await scope({ program: 5n })).not.toBe(await scope({ program: 5n, recipientId: 2n }))
    })
  })

  describe('verify', () => {
    it('spends, marks with the request, and leaves a receipt from which all is computed again', async () => {
      const submission = await make()
      const { request, part, nullifier } = submission
      await verify(submission)
      const requestId = Submissions.requestIdOf(chain, request)
      const key = Submissions.spentKeyOf(chain, request, part, nullifier)
      const { NullifierStore } = chain.contracts
      expect(await read(NullifierStore, 'markOf', encodeBytes32String('eligibility'), key)).toBe(requestId)

      const entry = (await auditEntries(registry)).at(-1)
      expect(entry?.action).toBe(id('eligibility.verified'))
      expect(entry?.subject).toBe(requestId)
      const receipt = abi.decode(
        [
          ...['uint256', 'uint256', 'bytes32', 'uint256', 'uint256', 'bytes32', 'uint32', 'uint256', 'uint256'],
          ...['uint256', 'uint256', 'tuple(uint256[2] a, uint256[2][2] b, uint256[2] c)'],
        ],
        entry?.details ?? '0x',
      )
      const { kind, verifierVersion, deadline, consent } = submission
      expect([...receipt].slice(0, -1)).toEqual([
        request.recipientId,
        request.program,
        Submissions.consentIdOf(chain, request, consent),
        request.policyHashes[0],
        part,
        kind,
        verifierVersion,
        deadline,
        submission.day,
        nullifier,
        submission.issuersRoot,
      ])
      expect(receipt.at(-1).toObject(true)).toEqual(submission.proof)
    })

    it('refuses kinds that are none, and verifiers that may not be used (KEY-4)', async () => {
      for (const kind of ['eligibility', 'eligibility-x', 'dispense', '']) {
        const bytes = encodeBytes32String(kind)
        await refuse(await make({ kind: bytes }), 'UnknownKind', bytes)
      }
      const { VerifierRegistry } = chain.contracts
      await expectRefusal(
        verify(await make({ verifierVersion: 2n })),
        VerifierRegistry,
        'VerifierRegistry_NotUsable',
        kindOf('s'),
        2n,
        0n,
      )
      await verify(await make({ kind: kindOf('m') }))
      const submission = await make({ kind: kindOf('l') })
      await send(VerifierRegistry, 'retire', kindOf('l'), 1, (await chain.now()) + 100)
      await chain.pass(100)
      await expectRefusal(verify(submission), VerifierRegistry, 'VerifierRegistry_NotUsable', kindOf('l'), 1n, 4n)
    })

    it('holds to the request’s end and the submission’s deadline, to the second', async () => {
      const now = BigInt(await chain.now())
      const submission = await make({ deadline: now + 500n }, { expiresAt: now + 100n })
      await chain.setNextTime(Number(now) + 99)
      await chain.provider.send('evm_mine', [])
      await registry.getFunction('verify').staticCall(submission, { blockTag: 'latest' })
      await chain.setNextTime(Number(now) + 100)
      await chain.provider.send('evm_mine', [])
      await refuse(submission, 'RequestExpired', now + 100n)

      const other = await make({ deadline: now + 200n })
      await chain.setNextTime(Number(now) + 200)
      await verify(other)
      const late = await make({ deadline: now + 300n })
      await chain.setNextTime(Number(now) + 301)
      await chain.provider.send('evm_mine', [])
      await refuse(late, 'DeadlinePassed', now + 300n)
    })

    it('CTX-3: takes yesterday, today and tomorrow, and no other day', async () => {
      const today = BigInt(await chain.now()) / BigInt(day)
      for (const claimed of [today - 1n, today, today + 1n]) await verify(await make({ day: claimed }))
      for (const claimed of [today - 2n, today + 2n, 0n, 2n ** 64n - 1n, 2n ** 256n - 1n]) {
        await refuse({ ...(await make()), day: claimed }, 'WrongDay', claimed, today)
      }
    })

    it('refuses parts that are none, and nullifier 0', async () => {
      await refuse({ ...(await make()), part: 1n }, 'NoSuchPart', 1n, 1n)
      await refuse(await make({}, { policyHashes: [] }), 'NoSuchPart', 0n, 0n)
      await refuse(await make({ nullifier: 0n }), 'NoNullifier')
    })

    it('refuses recipients that are unknown, suspended, or may not ask', async () => {
      await refuse(await make({}, { recipientId: 9n }), 'UnknownRecipient', 9n)
      await refuse(await make({}, { recipientId: 0n }), 'UnknownRecipient', 0n)
      for (const purpose of ['TREAT', 'HRESCH', 'NOSUCH', '']) {
        const bytes = encodeBytes32String(purpose)
        await refuse(await make({}, { purpose: bytes }), 'PurposeNotAllowed', bytes, role('insurer'))
      }
      const submission = await make()
      await send(chain.contracts.StakeholderRegistry, 'suspend', 1)
      await refuse(submission, 'RecipientSuspended', 1n)
      await send(chain.contracts.StakeholderRegistry, 'unsuspend', 1)
      await verify(submission)
    })

    it('refuses requests that the recipient’s present key has not signed', async () => {
      const submission = await make()
      const { request, requestSignature } = submission
      const byStranger = await Submissions.signRequest(chain, request, stranger)
      await refuse({ ...submission, requestSignature: byStranger }, 'InvalidRequestSignature', 1n, insurer.address)
      await refuse({ ...submission, requestSignature: '0x' }, 'InvalidRequestSignature')
      await refuse({ ...submission, requestSignature: `${requestSignature}00` }, 'InvalidRequestSignature')
      for (const [field, value] of [
        ['policyHashes', [request.policyHashes[0], 5n]],
        ['policyHashes', [5n]],
        ['purpose', encodeBytes32String('COVAUTH')],
        ['consentRequired', false],
        ['expiresAt', request.expiresAt + 1n],
        ['nonce', request.nonce + 1n],
      ] as const) {
        const altered = Submissions.prove(chain, { ...submission, request: { ...request, [field]: value } })
        await refuse(altered, 'InvalidRequestSignature', 1n, insurer.address)
      }
      const { StakeholderRegistry } = chain.contracts
      await send(as(StakeholderRegistry, insurer), 'proposeKey', 1, stranger.address)
      await verify(await make())
      await send(as(StakeholderRegistry, stranger), 'acceptKey', 1)
      await refuse(submission, 'InvalidRequestSignature', 1n, stranger.address)
      await verify({ ...submission, requestSignature: byStranger })
    })

    it('ROOT-1: refuses roots that were never published, or died', async () => {
      for (const issuersRoot of [0n, 5n, fieldOrder]) {
        await refuse(await make({ issuersRoot }), 'UnknownRoot', issuersRoot)
      }
      const submission = await make()
      const { StakeholderRegistry } = chain.contracts
      await send(as(StakeholderRegistry, stranger), 'updateStatus', 2, 99n, [], [])
      await registry.getFunction('verify').staticCall(submission)
      await send(StakeholderRegistry, 'suspend', 2)
      await refuse(submission, 'UnknownRoot', submission.issuersRoot)
    })

    describe('with a program', () => {
      const terms = {
        termsHash: id('terms'),
        token: `0x${'00'.repeat(20)}`,
        price: 0n,
        maximumPayout: 0n,
        maximumSales: 0n,
      }
      const publish = (version: number, changes: { policyHash?: bigint; oncePerPerson?: boolean } = {}) =>
        send(
          as(chain.contracts.PolicyRegistry, insurer),
          'publish',
          1,
          version,
          { ...terms, policyHash: 11n, oncePerPerson: true, ...changes },
          '0x',
        )

      it('counts a person once over all its requests', async () => {
        await publish(1)
        const program = (1n << 32n) | 1n
        const first = await make({}, { program, policyHashes: [11n] })
        await verify(first)
        const again = await make({ nullifier: first.nullifier }, { program, policyHashes: [11n] })
        const key = Submissions.spentKeyOf(chain, first.request, 0n, first.nullifier)
        const kind = encodeBytes32String('eligibility')
        await expectRefusal(verify(again), chain.contracts.NullifierStore, 'NullifierStore_AlreadySpent', kind, key)
        expect(await read(registry, 'isMet', first.request, first.nullifier)).toBe(true)
        expect(await read(registry, 'isMet', again.request, first.nullifier)).toBe(false)
        await verify(await make({}, { program, policyHashes: [11n] }))
      })

      it('refuses entries that are another’s, not oncePerPerson, of another policy, or one of several', async () => {
        await publish(1)
        await publish(2, { oncePerPerson: false })
        const program = 1n << 32n
        for (const [version, policyHashes] of [
          [1n, [12n]],
          [1n, [11n, 11n]],
          [2n, [11n]],
          [3n, [11n]],
        ] as const) {
          await refuse(await make({}, { program: program | version, policyHashes }), 'UnfitProgram', program | version)
        }
        await send(chain.contracts.StakeholderRegistry, 'register', recipient(insurer.address))
        await refuse(await make({}, { recipientId: 3n, program: program | 1n, policyHashes: [11n] }), 'UnfitProgram')
      })
    })

    describe('CTX-2: consents', () => {
      it('are needed where the request says so', async () => {
        await refuse(await make({ consent: Submissions.noConsent }), 'ConsentRequired')
        await verify(await make({ consent: Submissions.noConsent }, { consentRequired: false }))
        await verify(await make({}, { consentRequired: false }))
      })

      it('of another nullifier are refused', async () => {
        const submission = await make()
        const consent = { ...submission.consent, subject: submission.nullifier + 1n }
        await refuse(
          Submissions.prove(chain, { ...submission, consent }),
          'ConsentOfAnother',
          submission.nullifier + 1n,
          submission.nullifier,
        )
      })

      it('count from notBefore to before notAfter', async () => {
        const now = BigInt(await chain.now())
        const base = await make()
        const within = (notBefore: bigint, notAfter: bigint) =>
          Submissions.prove(chain, { ...base, consent: { ...base.consent, notBefore, notAfter } })
        await chain.setNextTime(Number(now) + 50)
        await chain.provider.send('evm_mine', [])
        const check = (submission: Submissions.Submission) => registry.getFunction('verify').staticCall(submission)
        const refused = (submission: Submissions.Submission) =>
          expectRefusal(check(submission), registry, 'EligibilityRegistry_ConsentNotInTime')
        // Calls see the latest block's time or the next one's; both are between these.
        await refused(within(now + 5000n, now + 6000n))
        await refused(within(now, now + 50n))
        await refused(within(now + 6000n, now))
        await check(within(now + 50n, now + 6000n))
        const exact = within(now + 100n, now + 101n)
        await chain.setNextTime(Number(now) + 100)
        await verify(exact)
        const ended = within(now + 100n, now + 200n)
        await chain.setNextTime(Number(now) + 200)
        await expectRefusal(verify(ended), registry, 'EligibilityRegistry_ConsentNotInTime', now + 100n, now + 200n)
      })

      it('revoked kill proofs already made; another’s revocation, or of another id, does not', async () => {
        const submission = await make()
        const consentId = Submissions.consentIdOf(chain, submission.request, submission.consent)
        const { ConsentRegistry } = chain.contracts
        await send(as(ConsentRegistry, stranger), 'revoke', consentId)
        await send(as(ConsentRegistry, patient), 'revoke', id('another'))
        await registry.getFunction('verify').staticCall(submission)
        await send(as(ConsentRegistry, patient), 'revoke', consentId)
        await refuse(submission, 'ConsentRevoked', consentId)
      })

      it('revoked and used in one block: the order decides', async () => {
        const { ConsentRegistry } = chain.contracts
        const both = async (submission: Submissions.Submission) => {
          const consentId = Submissions.consentIdOf(chain, submission.request, submission.consent)
          const revoke = () => as(ConsentRegistry, patient).getFunction('revoke')(consentId, { gasLimit: 200_000 })
          const use = () => registry.getFunction('verify')(submission, { gasLimit: 1_000_000 })
          return { revoke, use }
        }
        const first = await both(await make())
        expect(await chain.inOneBlock([first.revoke, first.use])).toEqual([true, false])
        const second = await both(await make())
        expect(await chain.inOneBlock([second.use, second.revoke])).toEqual([true, true])
      })
    })

    it('CTX-1: refuses a proof of anything else than what was proven', async () => {
      const request = await Submissions.makeRequest(chain, { policyHashes: [21n, 21n], consentRequired: false })
      const proven = await make({ request })
      const { consent } = proven
      const other = await Submissions.makeRequest(chain, { policyHashes: [21n, 21n], consentRequired: false })
      await send(chain.contracts.StakeholderRegistry, 'register', recipient(insurer.address))
      const toAnother = { ...request, recipientId: 3n }
      const signed = async (to: Submissions.Request) => ({
        request: to,
        requestSignature: await Submissions.signRequest(chain, to, insurer),
      })
      const changes: readonly (readonly [string, Partial<Submissions.Submission>])[] = [
        ['request', await signed(other)],
        ['recipient', await signed(toAnother)],
        ['part', { part: 1n }],
        ['day', { day: proven.day - 1n }],
        ['deadline', { deadline: proven.deadline + 1n }],
        ['no consent', { consent: Submissions.noConsent }],
        ['patient key', { consent: { ...consent, patientKey: stranger.address } }],
        ['details', { consent: { ...consent, detailsHash: id('other') } }],
        ['notBefore', { consent: { ...consent, notBefore: consent.notBefore - 1n } }],
        ['notAfter', { consent: { ...consent, notAfter: consent.notAfter + 1n } }],
        ['salt', { consent: { ...consent, salt: id('other') } }],
      ]
      for (const [what, change] of changes) {
        const failure = await verify({ ...proven, ...change }).then(
          () => undefined,
          (cause) => cause,
        )
        expect(failure, what).toBeDefined()
        expectError(failure.data, registry, 'EligibilityRegistry_InvalidProof')
      }
      const nullifier = proven.nullifier + 1n
      await refuse({ ...proven, nullifier, consent: { ...consent, subject: nullifier } }, 'InvalidProof')
      // Another chain, another contract of the same code.
      const elsewhere = await createChain({ verifiers: doubles, startsAt: new Date('2027-03-01T12:00:00Z') })
      await send(elsewhere.contracts.StakeholderRegistry, 'register', recipient(insurer.address))
      await send(elsewhere.contracts.StakeholderRegistry, 'register', issuer(stranger.address, 1n))
      const moved = { ...elsewhere, deployment: { ...elsewhere.deployment, chainId: 5n } }
      const there = await Submissions.makeSubmission(elsewhere, {
        request,
        recipient: elsewhere.accounts[3] as JsonRpcSigner,
        patientKey: patient.address,
      })
      await elsewhere.contracts.EligibilityRegistry.getFunction('verify').staticCall(there)
      for (const made of [Submissions.prove(moved, there), { ...there, proof: doubleProof([]) }]) {
        await expectRefusal(
          elsewhere.contracts.EligibilityRegistry.getFunction('verify').staticCall(made),
          registry,
          'EligibilityRegistry_InvalidProof',
        )
      }
      await elsewhere.close()
      await verify(proven)
    })

    it('PUB-2: spends once, whatever the proof’s bytes', async () => {
      const submission = await make()
      await verify(submission)
      const again = { ...submission, proof: { ...submission.proof, c: [9n, 9n] as const } }
      for (const repeated of [
        submission,
        again,
        Submissions.prove(chain, { ...submission, deadline: submission.deadline + 1n }),
      ]) {
        await expectRefusal(
          verify(repeated as typeof submission),
          chain.contracts.NullifierStore,
          'NullifierStore_AlreadySpent',
        )
      }
    })
  })

  describe('verifyBatch', () => {
    const skippedIn = (receipt: Awaited<ReturnType<typeof send>>) =>
      receipt.logs.flatMap((log) => {
        const event = registry.interface.parseLog(log)
        return event?.name === 'SubmissionSkipped' ? [event.args] : []
      })

    it('BAT-1: skips what may not be used with verify’s own refusal, takes the rest', async () => {
      const request = await Submissions.makeRequest(chain)
      const good = await make()
      const sameRequest = [await make({ request }), await make({ request })]
      const spent = await make()
      await verify(spent)
      const stale = await make({ issuersRoot: 5n })
      const late = await make({ deadline: 1n })
      const unsigned = { ...(await make()), requestSignature: '0x' }
      const batch = [stale, good, late, ...sameRequest, good, spent, unsigned]
      const receipt = await send(registry, 'verifyBatch', batch)
      const skipped = skippedIn(receipt)
      expect(skipped.map(({ index }) => index)).toEqual([0n, 2n, 5n, 6n, 7n])
      expect(skipped.map(({ nullifier }) => nullifier)).toEqual(
        [stale, late, good, spent, unsigned].map(({ nullifier }) => nullifier),
      )
      const [first, second, third, fourth, fifth] = skipped.map(({ refusal }) => refusal)
      expectError(first, registry, 'EligibilityRegistry_UnknownRoot', 5n)
      expectError(second, registry, 'EligibilityRegistry_DeadlinePassed', 1n)
      for (const refusal of [third, fourth]) {
        expectError(refusal, chain.contracts.NullifierStore, 'NullifierStore_AlreadySpent')
      }
      expectError(fifth, registry, 'EligibilityRegistry_InvalidRequestSignature', 1n, insurer.address)
      for (const taken of [good, ...sameRequest]) {
        expect(await read(registry, 'isMet', taken.request, taken.nullifier)).toBe(true)
      }
      for (const [i, submission] of [stale, late].entries()) {
        const failure = await verify(submission).catch((cause) => cause)
        expect(failure.data).toBe([first, second][i])
      }
    })

    it('checks each recipient of a mixed batch', async () => {
      const { StakeholderRegistry } = chain.contracts
      await send(StakeholderRegistry, 'register', recipient(stranger.address))
      const ofAnother = async (signer: JsonRpcSigner) =>
        Submissions.makeSubmission(chain, {
          request: await Submissions.makeRequest(chain, { recipientId: 3n }),
          recipient: signer,
          patientKey: patient.address,
        })
      const receipt = await send(registry, 'verifyBatch', [
        await make(),
        await ofAnother(insurer),
        await ofAnother(stranger),
        await make({}, { recipientId: 9n }),
        await make(),
      ])
      expect(skippedIn(receipt).map(({ index }) => index)).toEqual([1n, 3n])
    })

    it('reverts as a whole for one wrong proof, and spends nothing', async () => {
      const good = await make()
      const bad = { ...(await make()), proof: doubleProof([1n]) }
      await expectRefusal(send(registry, 'verifyBatch', [good, bad]), registry, 'EligibilityRegistry_InvalidProof')
      expect(await read(registry, 'isMet', good.request, good.nullifier)).toBe(false)
      await send(registry, 'verifyBatch', [good])
    })

    it('takes one kind and version at a time', async () => {
      const mixed = [await make(), await make({ kind: kindOf('m') })]
      await expectRefusal(send(registry, 'verifyBatch', mixed), registry, 'EligibilityRegistry_MixedBatch', 1n)
      const versions = [await make(), await make({ verifierVersion: 2n })]
      await expectRefusal(send(registry, 'verifyBatch', versions), registry, 'EligibilityRegistry_MixedBatch', 1n)
    })

    it('of nothing, or nothing that may be used, leaves the trail as it was', async () => {
      const head = await read(registry, 'auditHead')
      await send(registry, 'verifyBatch', [])
      const receipt = await send(registry, 'verifyBatch', [await make({ deadline: 1n })])
      expect(skippedIn(receipt).length).toBe(1)
      expect(await read(registry, 'auditHead')).toBe(head)
    })
  })

  describe('isMet', () => {
    it('is true when one nullifier has spent every part for this request, and only then', async () => {
      const request = await Submissions.makeRequest(chain, { policyHashes: [31n, 32n] })
      const first = await make({ request, part: 0n })
      const { nullifier } = first
      const isMet = (by = nullifier) => read<boolean>(registry, 'isMet', request, by)
      expect(await isMet()).toBe(false)
      await verify(first)
      expect(await isMet()).toBe(false)
      const byAnother = await make({ request, part: 1n })
      await verify(byAnother)
      expect(await isMet()).toBe(false)
      expect(await isMet(byAnother.nullifier)).toBe(false)
      await verify(await make({ request, part: 1n, nullifier, kind: kindOf('m') }))
      expect(await isMet()).toBe(true)
      expect(await read(registry, 'isMet', { ...request, nonce: request.nonce + 1n }, nullifier)).toBe(false)
      expect(await read(registry, 'isMet', { ...request, policyHashes: [] }, nullifier)).toBe(false)
    })
  })
})
