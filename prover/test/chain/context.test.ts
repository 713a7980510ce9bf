import { ContractFactory, encodeBytes32String, type Result } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChain } from '../../../contracts/localChain.ts'
import * as Patient from '../../../samples/Patient.ts'
import * as Stage from '../../../samples/Stage.ts'
import * as Town from '../../../samples/Town.ts'
import type * as Answer from '../../src/chain/Answer.ts'
import * as AuditLog from '../../src/chain/AuditLog.ts'
import * as Network from '../../src/chain/Network.ts'
import * as Submission from '../../src/chain/Submission.ts'
import * as SnarkjsEngine from '../../src/engine/snarkjsEngine.ts'
import { parameters } from '../../src/generated/parameters.ts'
import * as Consent from '../../src/protocol/Consent.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import * as Request from '../../src/protocol/Request.ts'
import * as Signals from '../../src/Signals.ts'
import * as Verify from '../../src/verify.ts'
import * as Planted from './plantedVerifier.ts'
import * as Scene from './scene.ts'

let scene: Scene.Scene
let guest: Scene.Guest
let rival: Town.Stakeholder
/** Answers a request with the same policy twice, so that another part is another place for the same words. */
let prepared: Answer.Prepared
let submission: Submission.Submission

beforeAll(async () => {
  scene = await Scene.set()
  guest = Scene.invite(scene)
  rival = await Town.verifyRecipient(scene.town, { account: 5, roles: ['insurer'] })
  prepared = await Scene.prepare(scene, guest, { policies: [scene.policy, scene.policy] })
  submission = await Scene.prove(scene, prepared)
})
afterAll(() => Scene.strike(scene))

const consentOf = ({ consent }: Submission.Submission): Consent.Consent => {
  if (!consent) throw new Error('This submission carries no consent.')
  return consent
}

/** The recipient signs a changed request, as a dishonest one would, for the contract that it names. */
async function resign(
  request: Request.Request,
  { signer }: Town.Stakeholder,
): Promise<Pick<Submission.Submission, 'request' | 'requestSignature'>> {
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  const requestSignature = await signer.signTypedData(domain, Request.types, Request.toTypedData(request))
  return { request, requestSignature }
}

/** Carried on to a request that the proof was not made for. */
const move = (request: Request.Request): Submission.Submission => ({
  ...submission,
  request,
  consent: { ...consentOf(submission), requestId: Request.idOf(request), recipientId: request.recipientId },
})

describe('CTX-1 a proof altered in one thing', () => {
  it.each([
    ['deadline, a second later', (s: Submission.Submission) => ({ ...s, deadline: s.deadline + 1n })],
    ['deadline, a second sooner', (s: Submission.Submission) => ({ ...s, deadline: s.deadline - 1n })],
    ['payload: the part', (s: Submission.Submission) => ({ ...s, part: 1 })],
    ['day, the next', (s: Submission.Submission) => ({ ...s, today: (s.today + 1) as Day.Day })],
    ['day, the one before', (s: Submission.Submission) => ({ ...s, today: (s.today - 1) as Day.Day })],
    ['circuit', (s: Submission.Submission) => ({ ...s, circuit: 'eligibility-m' as const })],
    [
      "consent: the patient's key",
      (s: Submission.Submission) => ({ ...s, consent: { ...consentOf(s), patientKey: s.request.consumer } }),
    ],
    [
      'consent: its details',
      (s: Submission.Submission) => ({ ...s, consent: { ...consentOf(s), detailsHash: consentOf(s).salt } }),
    ],
    [
      'consent: its beginning',
      (s: Submission.Submission) => ({ ...s, consent: { ...consentOf(s), notBefore: consentOf(s).notBefore - 1n } }),
    ],
    [
      'consent: its end',
      (s: Submission.Submission) => ({ ...s, consent: { ...consentOf(s), notAfter: consentOf(s).notAfter + 1n } }),
    ],
    [
      'consent: its salt',
      (s: Submission.Submission) => ({ ...s, consent: { ...consentOf(s), salt: Consent.noDetails } }),
    ],
  ])('is refused as a proof: %s', async (_, alter) => {
    expect(await Scene.tryOut(scene, alter(submission))).toBe('EligibilityRegistry_InvalidProof')
  })

  it('is refused where its request is not the one that was signed', async () => {
    const { request } = submission
    const others: readonly Request.Request[] = [
      { ...request, nonce: request.nonce + 1n },
      { ...request, policyHashes: [...request.policyHashes, scene.policy.hash] },
      { ...request, purpose: 'COVERAGE' },
      { ...request, consentRequired: false },
      { ...request, expiresAt: request.expiresAt + 1n },
      { ...request, recipientId: rival.id },
    ]
    for (const other of others) {
      expect(await Scene.tryOut(scene, move(other))).toBe('EligibilityRegistry_InvalidRequestSignature')
    }
  })

  it('is refused for another request, and for another recipient, even when they have signed', async () => {
    const { request } = submission
    const others = [
      await resign({ ...request, nonce: request.nonce + 1n }, scene.insurer),
      await resign({ ...request, consentRequired: false }, scene.insurer),
      await resign({ ...request, recipientId: rival.id }, rival),
    ]
    for (const { request, requestSignature } of others) {
      const moved = { ...move(request), requestSignature }
      expect(await Scene.tryOut(scene, moved)).toBe('EligibilityRegistry_InvalidProof')
    }
  })

  it('is refused without its consent, whether or not one is asked for', async () => {
    const { consent: _, ...without } = submission
    expect(await Scene.tryOut(scene, without)).toBe('EligibilityRegistry_ConsentRequired')
    const lax = await resign({ ...submission.request, consentRequired: false }, scene.insurer)
    expect(await Scene.tryOut(scene, { ...without, ...lax })).toBe('EligibilityRegistry_InvalidProof')
  })

  it('is refused under another version of its verifier, of the very same key', async () => {
    const { chain, network, registrar } = scene.town
    const back = await chain.snapshot()
    const verifiers = Network.contract(network, 'VerifierRegistry', registrar)
    const kind = encodeBytes32String(submission.circuit)
    const address: string = await verifiers.getFunction('verifierOf')(kind, 1)
    expect(await Scene.tryOut(scene, { ...submission, verifierVersion: 2 })).toBe('VerifierRegistry_NotUsable')
    await Town.sent(verifiers.getFunction('register')(kind, 2, address))
    expect(await Scene.tryOut(scene, { ...submission, verifierVersion: 2 })).toBe('EligibilityRegistry_InvalidProof')
    await back()
  })

  it('is refused by another consumer with the same registries behind it', async () => {
    const { chain, network, registrar } = scene.town
    const back = await chain.snapshot()
    const artifact = await chain.readArtifact('EligibilityRegistry')
    if (!artifact) throw new Error('EligibilityRegistry is not compiled.')
    const { addresses } = network
    const second = await new ContractFactory(artifact.abi, artifact.bytecode, registrar).deploy(
      addresses.StakeholderRegistry,
      addresses.VerifierRegistry,
      addresses.PolicyRegistry,
      addresses.NullifierStore,
      addresses.ConsentRegistry,
    )
    await second.waitForDeployment()
    const consumer = (await second.getAddress()) as Request.Address
    const nullifiers = Network.contract(network, 'NullifierStore', registrar)
    await Town.sent(nullifiers.getFunction('scheduleWriter')(encodeBytes32String('eligibility'), consumer))
    await Town.sent(nullifiers.getFunction('admitWriter')(consumer))
    const secondNetwork = { ...network, addresses: { ...addresses, EligibilityRegistry: consumer } }
    const there = { ...scene, town: { ...scene.town, network: secondNetwork } }

    expect(await Scene.tryOut(there, submission)).toBe('EligibilityRegistry_InvalidRequestSignature')
    const resigned = await resign({ ...submission.request, consumer }, scene.insurer)
    const moved = { ...move(resigned.request), requestSignature: resigned.requestSignature }
    expect(await Scene.tryOut(there, moved)).toBe('EligibilityRegistry_InvalidProof')
    const own = await Scene.prove(scene, Scene.retarget(prepared, resigned))
    expect(await Scene.tryOut(there, own)).toBe('accepted')
    await back()
  })

  it('is refused on another chain, where every address and every stakeholder is the same', async () => {
    const there = await elsewhere()
    const { network } = there.town
    expect(network.addresses).toEqual(scene.town.network.addresses)
    expect(network.chainId).not.toBe(scene.town.network.chainId)
    const consent = consentOf(submission)
    const request = { ...submission.request, chainId: network.chainId }
    const moved: Submission.Submission = {
      ...submission,
      ...(await resign(request, there.insurer)),
      consent: { ...consent, chainId: network.chainId, requestId: Request.idOf(request) },
    }
    const registry = Network.contract(network, 'EligibilityRegistry')
    const signals = await registry.getFunction('signalsOf')(Submission.toContractArgs(moved))
    expect(signals.toObject()).toEqual(Submission.signalsOf(moved))
    expect(signals.toObject()).not.toEqual(Submission.signalsOf(submission))

    expect(await Scene.tryOut(there, submission)).toBe('EligibilityRegistry_InvalidRequestSignature')
    expect(await Scene.tryOut(there, moved)).toBe('EligibilityRegistry_InvalidProof')
    // What was moved is all that stands against it.
    const { request: asked, requestSignature } = moved
    const own = Scene.retarget(prepared, { request: asked, requestSignature })
    if (!own.terms.consent) throw new Error('There is no consent.')
    const agreed = { ...own.terms.consent, chainId: network.chainId }
    const made = await Scene.prove(scene, Scene.retarget(own, { consent: agreed }))
    expect(await Scene.tryOut(there, made)).toBe('accepted')
    await Scene.strike(there)
  })

  it('is accepted unaltered, after all that', async () => {
    const receipt = await Scene.submit(scene, submission)
    expect(Scene.tally(scene, receipt)).toEqual({ accepted: 1, skipped: [] })
    expect(await Scene.outcome(Scene.submit(scene, submission))).toBe('NullifierStore_AlreadySpent')
  })
})

/** The scene again on a public chain, the verifier as one for production. Additions take two days there, verifiers seven. */
async function elsewhere(): Promise<Scene.Scene> {
  const noon = (scene.today * 86_400 + 43_200) * 1000
  const chain = await createChain({ network: 'public', startsAt: new Date(noon - 20 * 86_400_000) })
  const [registrar, first, second] = chain.accounts
  if (!registrar || !first || !second) throw new Error('The chain has no accounts.')
  const { chainId, fromBlock, addresses } = chain.deployment
  const network = { chainId, fromBlock, addresses, provider: chain.provider }
  const additionType = 'tuple(address,address,uint16,bytes32,uint256,uint32,uint256)'
  const additions = (await AuditLog.read(scene.town.network, ['StakeholderRegistry']))
    .filter(({ action }) => action === 'stakeholder.added')
    .map((entry) => AuditLog.decode(entry, [additionType, 'uint256'])[0] as Result)
  const stakeholders = Network.contract(network, 'StakeholderRegistry', registrar)
  for (const addition of additions) await Town.sent(stakeholders.getFunction('scheduleAddition')(addition.toArray()))
  const verifiers = Network.contract(network, 'VerifierRegistry', registrar)
  const verifier = await Planted.deploy(registrar, 'eligibility-s', { isDevelopment: false })
  const kind = encodeBytes32String('eligibility-s')
  await Town.sent(verifiers.getFunction('register')(kind, 1, verifier))
  const { codeHash, keyHash } = await verifiers.getFunction('entry')(kind, 1)
  for (const attester of [first, second]) {
    const own = Network.contract(network, 'VerifierRegistry', attester)
    await Town.sent(own.getFunction('attest')(kind, 1, codeHash, keyHash))
  }
  await chain.setNextTime(await scene.town.chain.now())
  await Town.sent(verifiers.getFunction('activate')(kind, 1))
  for (const addition of additions) await Town.sent(stakeholders.getFunction('executeAddition')(addition.toArray()))
  const insurer = { id: scene.insurer.id, signer: chain.accounts[4] as typeof registrar }
  return { ...scene, town: { chain, network, registrar, accounts: chain.accounts }, insurer }
}

describe('CTX-2 consent', () => {
  const revocation = async (
    consent: Consent.Consent,
    key = Patient.keyFor(guest.patient, scene.town.network, scene.insurer.id),
  ) => {
    const domain = Request.domainOf({ chainId: consent.chainId, contract: consent.registry })
    const consentId = Consent.idOf(consent)
    return [key.address, consentId, await key.signTypedData(domain, Consent.revocationTypes, { consentId })] as const
  }
  const revoke = async (...args: Parameters<typeof revocation>) => {
    const signed = await revocation(...args)
    const registry = Network.contract(scene.town.network, 'ConsentRegistry', scene.town.registrar)
    return () => registry.getFunction('revokeBySignature')(...signed, { gasLimit: 200_000 })
  }
  const use = (used: Submission.Submission) => {
    const registry = Network.contract(scene.town.network, 'EligibilityRegistry', scene.town.registrar)
    return () => registry.getFunction('verify')(Submission.toContractArgs(used), { gasLimit: 2_000_000 })
  }
  const isMet = ({ request, nullifier }: Submission.Submission): Promise<boolean> =>
    Network.contract(scene.town.network, 'EligibilityRegistry').getFunction('isMet')(
      Request.toTypedData(request),
      nullifier,
    )
  let fresh: Answer.Prepared
  let proven: Submission.Submission
  beforeAll(async () => {
    fresh = await Scene.prepare(scene, guest)
    proven = await Scene.prove(scene, fresh)
  })

  it('revoked and then used in one block: the use fails', async () => {
    const back = await scene.town.chain.snapshot()
    const sends = [await revoke(consentOf(proven)), use(proven)]
    expect(await scene.town.chain.inOneBlock(sends)).toEqual([true, false])
    expect(await isMet(proven)).toBe(false)
    expect(await Scene.outcome(Scene.submit(scene, proven))).toBe('EligibilityRegistry_ConsentRevoked')
    await back()
  })

  it('used and then revoked in one block: what was used stays used', async () => {
    const back = await scene.town.chain.snapshot()
    const sends = [use(proven), await revoke(consentOf(proven))]
    expect(await scene.town.chain.inOneBlock(sends)).toEqual([true, true])
    expect(await isMet(proven)).toBe(true)
    expect(await Scene.outcome(Scene.submit(scene, proven))).toBe('EligibilityRegistry_ConsentRevoked')
    await back()
  })

  it('revoked before anybody has seen it: holds for the proof that is made later', async () => {
    const back = await scene.town.chain.snapshot()
    const later = await Scene.prepare(scene, guest)
    if (!later.terms.consent) throw new Error('There is no consent.')
    await Town.sent((await revoke(later.terms.consent))())
    const made = await Scene.prove(scene, later)
    expect(await Scene.outcome(Scene.submit(scene, made))).toBe('EligibilityRegistry_ConsentRevoked')
    await back()
  })

  it("revoked by somebody else's key under the same id: no effect, and nobody signs for another", async () => {
    const back = await scene.town.chain.snapshot()
    const stranger = Patient.keyFor(Patient.create('stranger'), scene.town.network, scene.insurer.id)
    const consent = consentOf(proven)
    await Town.sent((await revoke(consent, stranger))())
    const [, id, signature] = await revocation(consent, stranger)
    const registry = Network.contract(scene.town.network, 'ConsentRegistry', scene.town.registrar)
    expect(await Scene.outcome(registry.getFunction('revokeBySignature')(consent.patientKey, id, signature))).toBe(
      'ConsentRegistry_InvalidSignature',
    )
    expect(await Scene.outcome(Scene.submit(scene, proven))).toBe('accepted')
    await back()
  })

  it('for the nullifier of somebody else: refused, even when the proof was made for it', async () => {
    const other = consentOf(proven).subject + 1n
    const consent = { ...consentOf(proven), subject: other }
    expect(await Scene.tryOut(scene, { ...proven, consent })).toBe('EligibilityRegistry_ConsentOfAnother')
    const bound = await Scene.prove(scene, Scene.retarget(fresh, { consent }))
    expect(await Scene.tryOut(scene, bound)).toBe('EligibilityRegistry_ConsentOfAnother')
    const renamed = { ...bound, consent: { ...consent, subject: bound.nullifier } }
    expect(await Scene.tryOut(scene, renamed)).toBe('EligibilityRegistry_InvalidProof')
  })

  it('counts from its beginning, inclusive, to its end, exclusive', async () => {
    const { notAfter } = consentOf(proven)
    for (const [time, expected] of [
      [notAfter - 1n, 'accepted'],
      [notAfter, 'EligibilityRegistry_ConsentNotInTime'],
    ] as const) {
      const back = await scene.town.chain.snapshot()
      await scene.town.chain.setNextTime(Number(time))
      expect(await Scene.outcome(Scene.submit(scene, proven))).toBe(expected)
      await back()
    }
  })
})

describe('CTX-3 the day of a proof', () => {
  it.each([
    [-2, 'EligibilityRegistry_WrongDay'],
    [-1, 'accepted'],
    [1, 'accepted'],
    [2, 'EligibilityRegistry_WrongDay'],
  ])("%i from the block's: %s", async (distance, expected) => {
    const base = await Scene.prepare(scene, guest)
    const shifted = Scene.retarget(base, { today: (scene.today + distance) as Day.Day })
    expect(await Scene.tryOut(scene, await Scene.prove(scene, shifted))).toBe(expected)
  })

  it('refuses a proof, really made, whose yyyymmdd is another day than its day', async () => {
    const base = await Scene.prepare(scene, guest)
    const { subject } = base
    const honest = Eligibility.toCircuitInput(subject, { circuit: 'eligibility-s' })
    const wrong = BigInt(Day.toDateNumber((scene.today + 365) as Day.Day))
    const shift = BigInt(parameters.occasion.day + parameters.occasion.venue)
    const date = honest.date as bigint
    const occasion = (honest.occasion as bigint) + ((wrong - date) << shift)
    const { proof, publicSignals } = await SnarkjsEngine.create().prove({
      circuit: 'eligibility-s',
      artifacts: await scene.artifacts('eligibility-s', ['wasm', 'zkey']),
      input: { ...honest, date: wrong, occasion },
    })
    expect(await Verify.verify('eligibility-s', proof, publicSignals)).toMatchObject({ valid: true })
    const { nullifier, issuersRoot, ...rest } = Signals.decode('eligibility-s', publicSignals)
    const forged = {
      ...base.terms,
      requestSignature: base.requestSignature,
      circuit: base.circuit,
      nullifier: nullifier as Eligibility.Nullifier,
      issuersRoot: issuersRoot as Submission.IssuersRoot,
      proof,
    }
    expect(rest).toEqual({ policyHash: scene.policy.hash, context: subject.context, occasion })
    expect(await Scene.tryOut(scene, forged)).toBe('EligibilityRegistry_InvalidProof')
  })
})

describe('CTX-4 a recipient that would recognise a patient again', () => {
  let program: bigint
  let notOnce: bigint
  let rivals: bigint
  beforeAll(async () => {
    const compiled = scene.policy
    program = await Town.publishPolicy(scene.town, scene.insurer, { compiled, version: 1, oncePerPerson: true })
    notOnce = await Town.publishPolicy(scene.town, scene.insurer, { compiled, version: 2 })
    rivals = await Town.publishPolicy(scene.town, rival, { compiled, version: 1, oncePerPerson: true })
  })

  it('is refused by wallet and contract unless the program is its own, once per person, and for the policy asked', async () => {
    const plain = await Scene.prepare(scene, guest)
    const other = Scene.policyOf({ atLeast: '6.4' })
    const hashes = [scene.policy.hash]
    const unfit = [
      [rivals, hashes, [scene.policy]],
      [notOnce, hashes, [scene.policy]],
      [program + 7n, hashes, [scene.policy]],
      [program, [other.hash], [other]],
    ] as const
    for (const [picked, policyHashes, policies] of unfit) {
      const asked = await Town.ask(scene.town, scene.insurer, { policyHashes, program: picked })
      await expect(Scene.answer(scene, guest, { ...asked, policies })).rejects.toMatchObject({
        name: 'Answer.RefusedError',
        objections: ['unfit-program'],
      })
      // A wallet that does not look would prove all the same.
      const careless = Scene.retarget(plain, asked)
      const [policy] = policies
      const made = await Scene.prove(scene, { ...careless, subject: { ...careless.subject, policy } })
      expect(await Scene.tryOut(scene, made)).toBe('EligibilityRegistry_UnfitProgram')
    }
    const two = await Town.ask(scene.town, scene.insurer, { policyHashes: [...hashes, ...hashes], program })
    await expect(Scene.answer(scene, guest, { ...two, policies: [scene.policy, scene.policy] })).rejects.toMatchObject({
      objections: ['program-with-several-policies', 'unfit-program'],
    })
    const both = await Scene.prove(scene, Scene.retarget(plain, two))
    expect(await Scene.tryOut(scene, both)).toBe('EligibilityRegistry_UnfitProgram')
  })

  it('sees unrelated nullifiers in two requests, and cannot have the one where the other belongs', async () => {
    const [one, two] = [await Scene.prepare(scene, guest), await Scene.prepare(scene, guest)]
    const first = await Scene.prove(scene, one)
    const second = await Scene.prove(scene, two)
    expect(first.nullifier).not.toBe(second.nullifier)
    expect(first.nullifier).toBe(Eligibility.nullifierOf(guest.holding.secret, one.subject.scope))
    const swapped = {
      ...second,
      nullifier: first.nullifier,
      consent: { ...consentOf(second), subject: first.nullifier },
    }
    expect(await Scene.tryOut(scene, swapped)).toBe('EligibilityRegistry_InvalidProof')
    for (const each of [first, second]) expect(await Scene.tryOut(scene, each)).toBe('accepted')
  })

  it('with a fit program sees the same nullifier again, and the second use is refused', async () => {
    const first = await Scene.prove(scene, await Scene.prepare(scene, guest, { program }))
    const second = await Scene.prove(scene, await Scene.prepare(scene, guest, { program }))
    expect(Request.idOf(first.request)).not.toBe(Request.idOf(second.request))
    expect(first.nullifier).toBe(second.nullifier)
    await Stage.submit(scene.town, first)
    expect(await Scene.outcome(Scene.submit(scene, second))).toBe('NullifierStore_AlreadySpent')
    const registry = Network.contract(scene.town.network, 'EligibilityRegistry')
    const isMet = ({ request, nullifier }: Submission.Submission) =>
      registry.getFunction('isMet')(Request.toTypedData(request), nullifier)
    expect([await isMet(first), await isMet(second)]).toEqual([true, false])
    const other = await Scene.prove(scene, await Scene.prepare(scene, Scene.invite(scene), { program }))
    expect(await Scene.outcome(Scene.submit(scene, other))).toBe('accepted')
  })
})
