import {
  type Contract,
  ContractFactory,
  encodeBytes32String,
  id,
  type JsonRpcSigner,
  keccak256,
  toUtf8Bytes,
  ZeroAddress,
} from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fieldOrder } from '../../prover/src/generated/parameters.ts'
import { DevelopmentVerifierError } from '../deployment.ts'
import { type Chain, createChain } from '../localChain.ts'
import { as, doubleProof, doubles, expectRefusal, read, send } from './chain.ts'

const kind = encodeBytes32String('eligibility-s')
const noPosition = 2n ** 256n - 1n
const canary = BigInt(keccak256(toUtf8Bytes('medseal canary'))) % fieldOrder
const states = { none: 0n, pending: 1n, active: 2n, retiring: 3n, retired: 4n, killed: 5n }

async function makeDouble(
  chain: Chain,
  changes: { kind?: string; keyHash?: string; development?: boolean; rootPosition?: bigint } = {},
) {
  const artifact = await chain.readArtifact('VerifierDouble')
  if (!artifact) throw new Error('VerifierDouble is not compiled.')
  const verifier = await new ContractFactory(artifact.abi, artifact.bytecode, chain.accounts[0]).deploy(
    changes.kind ?? kind,
    changes.keyHash ?? id('key'),
    changes.development ?? false,
    changes.rootPosition ?? 1n,
  )
  await verifier.waitForDeployment()
  return await verifier.getAddress()
}

const stateOf = async (registry: Contract, version: number, of = kind) =>
  (await registry.getFunction('entry')(of, version)).state

describe.each(['local', 'public'] as const)('VerifierRegistry on a %s chain', (network) => {
  let chain: Chain
  let registry: Contract
  let attesters: readonly [JsonRpcSigner, JsonRpcSigner]
  let back: () => Promise<void>
  beforeAll(async () => {
    chain = await createChain({ network, verifiers: [] })
    registry = chain.contracts.VerifierRegistry
    attesters = [chain.accounts[1], chain.accounts[2]] as [JsonRpcSigner, JsonRpcSigner]
  })
  afterAll(() => chain.close())
  beforeEach(async () => {
    back = await chain.snapshot()
  })
  afterEach(() => back())

  async function activate(version: number, keyHash = id('key')) {
    const verifier = await makeDouble(chain, { keyHash })
    await send(registry, 'register', kind, version, verifier)
    const { codeHash } = await registry.getFunction('entry')(kind, version)
    for (const attester of attesters) await send(as(registry, attester), 'attest', kind, version, codeHash, keyHash)
    await chain.pass(7 * 86_400)
    await send(registry, 'activate', kind, version)
    return verifier
  }

  it('needs two distinct attesters, none of them the registrar', async () => {
    const artifact = await chain.readArtifact('VerifierRegistry')
    if (!artifact) throw new Error('VerifierRegistry is not compiled.')
    const factory = new ContractFactory(artifact.abi, artifact.bytecode, chain.accounts[0])
    const registrar = chain.accounts[0]?.address
    const [first] = attesters
    for (const unfit of [
      [],
      [first.address],
      [first.address, first.address],
      [first.address, registrar],
      [first.address, ZeroAddress],
    ]) {
      await expectRefusal(factory.deploy(registrar, unfit, 7 * 86_400), registry, 'VerifierRegistry_UnfitAttesters')
    }
  })

  it('registers only verifiers that are what they are called', async () => {
    const verifier = await makeDouble(chain)
    await expectRefusal(
      send(as(registry, attesters[0]), 'register', kind, 1, verifier),
      registry,
      'Registrar_NotRegistrar',
    )
    await expectRefusal(
      send(registry, 'register', kind, 1, attesters[0].address),
      registry,
      'VerifierRegistry_NoVerifier',
      attesters[0].address,
    )
    const other = encodeBytes32String('eligibility-m')
    await expectRefusal(
      send(registry, 'register', other, 1, verifier),
      registry,
      'VerifierRegistry_KindMismatch',
      other,
      kind,
    )
    await expectRefusal(
      send(registry, 'register', kind, 1, await makeDouble(chain, { rootPosition: 5n })),
      registry,
      'VerifierRegistry_UnfitSignals',
      5n,
      5n,
    )
    await send(registry, 'register', kind, 1, await makeDouble(chain, { rootPosition: noPosition }))
    await expectRefusal(
      send(registry, 'register', kind, 1, verifier),
      registry,
      'VerifierRegistry_AlreadyRegistered',
      kind,
      1n,
    )
    await expectRefusal(
      read(registry, 'verifierOf', kind, 1),
      registry,
      'VerifierRegistry_NotUsable',
      kind,
      1n,
      states.pending,
    )
    await expectRefusal(
      read(registry, 'verifierOf', kind, 9),
      registry,
      'VerifierRegistry_NotUsable',
      kind,
      9n,
      states.none,
    )
    await expectRefusal(read(registry, 'active', kind), registry, 'VerifierRegistry_NotUsable', kind, 0n, states.none)
  })

  it('activates a production verifier after two attestations to its code and key, and the delay', async () => {
    const verifier = await makeDouble(chain)
    await send(registry, 'register', kind, 1, verifier)
    const registeredAt = await chain.now()
    const { codeHash, keyHash } = await registry.getFunction('entry')(kind, 1)
    expect(codeHash).toBe(keccak256(await chain.provider.getCode(verifier)))
    const first = as(registry, attesters[0])
    await expectRefusal(
      send(registry, 'attest', kind, 1, codeHash, keyHash),
      registry,
      'VerifierRegistry_NotAttester',
      chain.accounts[0]?.address,
    )
    await expectRefusal(
      send(first, 'attest', kind, 1, id('x'), keyHash),
      registry,
      'VerifierRegistry_AttestationMismatch',
    )
    await expectRefusal(
      send(first, 'attest', kind, 1, codeHash, id('x')),
      registry,
      'VerifierRegistry_AttestationMismatch',
    )
    await send(first, 'attest', kind, 1, codeHash, keyHash)
    await expectRefusal(send(first, 'attest', kind, 1, codeHash, keyHash), registry, 'VerifierRegistry_AlreadyAttested')
    await expectRefusal(send(registry, 'activate', kind, 1), registry, 'VerifierRegistry_TooFewAttestations', 1n)
    await send(as(registry, attesters[1]), 'attest', kind, 1, codeHash, keyHash)
    if (network === 'public') {
      await chain.setNextTime(registeredAt + 7 * 86_400 - 1)
      await chain.provider.send('evm_mine', [])
      await expectRefusal(registry.getFunction('activate').staticCall(kind, 1), registry, 'VerifierRegistry_TooEarly')
      await chain.setNextTime(registeredAt + 7 * 86_400)
    }
    await send(as(registry, attesters[0]), 'activate', kind, 1)
    expect(await read(registry, 'verifierOf', kind, 1)).toBe(verifier)
    expect([...(await registry.getFunction('active')(kind))]).toEqual([verifier, 1n])
    await expectRefusal(
      send(registry, 'activate', kind, 1),
      registry,
      'VerifierRegistry_WrongState',
      kind,
      1n,
      states.active,
    )

    const newer = await activate(2, id('another key'))
    expect([...(await registry.getFunction('active')(kind))]).toEqual([newer, 2n])
    expect(await read(registry, 'verifierOf', kind, 1)).toBe(verifier)
  })

  it(`KEY-3: ${network === 'local' ? 'activates a development verifier at once' : 'refuses a development verifier'}`, async () => {
    const verifier = await makeDouble(chain, { development: true })
    if (network === 'public') {
      await expectRefusal(
        send(registry, 'register', kind, 1, verifier),
        registry,
        'VerifierRegistry_DevelopmentVerifier',
        verifier,
      )
      await expect(createChain({ network, verifiers: doubles })).rejects.toThrow(DevelopmentVerifierError)
    } else {
      await send(registry, 'register', kind, 1, verifier)
      expect(await read(registry, 'verifierOf', kind, 1)).toBe(verifier)
    }
  })

  it('retires a verifier at its date', async () => {
    const verifier = await activate(1)
    const date = (await chain.now()) + 1000
    await expectRefusal(send(registry, 'retire', kind, 1, date - 1000), registry, 'VerifierRegistry_RetirementPast')
    await send(registry, 'retire', kind, 1, date)
    expect(await stateOf(registry, 1)).toBe(states.retiring)
    await chain.setNextTime(date - 1)
    await chain.provider.send('evm_mine', [])
    expect(await read(registry, 'verifierOf', kind, 1)).toBe(verifier)
    await chain.setNextTime(date)
    await chain.provider.send('evm_mine', [])
    expect(await stateOf(registry, 1)).toBe(states.retired)
    await expectRefusal(
      read(registry, 'verifierOf', kind, 1),
      registry,
      'VerifierRegistry_NotUsable',
      kind,
      1n,
      states.retired,
    )
    await expectRefusal(
      send(registry, 'retire', kind, 1, date + 1000),
      registry,
      'VerifierRegistry_WrongState',
      kind,
      1n,
      states.retired,
    )
  })

  describe('KEY-4: the kill switch', () => {
    const signals = [1n, canary, 3n, 4n, 5n]

    it('kills every verifier of a key that accepts the canary, for good', async () => {
      await activate(1)
      await send(registry, 'register', kind, 2, await makeDouble(chain))
      const otherKind = encodeBytes32String('eligibility-m')
      await send(registry, 'register', otherKind, 1, await makeDouble(chain, { kind: otherKind }))
      const good = await activate(3, id('another key'))
      const anyone = as(registry, chain.accounts[7] as JsonRpcSigner)
      await send(anyone, 'kill', kind, 1, doubleProof(signals), signals)
      for (const [of, version] of [
        [kind, 1],
        [kind, 2],
        [otherKind, 1],
      ] as const) {
        expect(await stateOf(registry, version, of)).toBe(states.killed)
      }
      await expectRefusal(
        read(registry, 'verifierOf', kind, 1),
        registry,
        'VerifierRegistry_NotUsable',
        kind,
        1n,
        states.killed,
      )
      expect(await read(registry, 'verifierOf', kind, 3)).toBe(good)
      await expectRefusal(
        send(registry, 'register', kind, 4, await makeDouble(chain)),
        registry,
        'VerifierRegistry_KilledKey',
        id('key'),
      )
      await expectRefusal(
        send(anyone, 'kill', kind, 2, doubleProof(signals), signals),
        registry,
        'VerifierRegistry_WrongState',
        kind,
        2n,
        states.killed,
      )
      await expectRefusal(send(registry, 'activate', kind, 2), registry, 'VerifierRegistry_WrongState')
    })

    it('kills by a batch, too', async () => {
      await activate(1)
      const honest = [1n, 2n, 3n, 4n, 5n]
      const proofs = [doubleProof(honest), doubleProof(signals)]
      const flat = [...honest, ...signals]
      await expectRefusal(
        send(registry, 'killByBatch', kind, 1, proofs, flat, 0),
        registry,
        'VerifierRegistry_NoCanary',
      )
      await expectRefusal(
        send(registry, 'killByBatch', kind, 1, proofs, flat, 2),
        registry,
        'VerifierRegistry_NoCanary',
      )
      await expectRefusal(
        send(registry, 'killByBatch', kind, 1, proofs, flat.slice(1), 1),
        registry,
        'VerifierRegistry_NoCanary',
      )
      await expectRefusal(
        send(registry, 'killByBatch', kind, 1, [...proofs].reverse(), flat, 1),
        registry,
        'VerifierRegistry_CanaryRefused',
      )
      await send(registry, 'killByBatch', kind, 1, proofs, flat, 1)
      expect(await stateOf(registry, 1)).toBe(states.killed)
    })

    it('does not kill without the canary, or without acceptance', async () => {
      await activate(1)
      const honest = [1n, 2n, 3n, 4n, 5n]
      await expectRefusal(
        send(registry, 'kill', kind, 1, doubleProof(honest), honest),
        registry,
        'VerifierRegistry_NoCanary',
      )
      await expectRefusal(
        send(registry, 'kill', kind, 1, doubleProof(honest), signals),
        registry,
        'VerifierRegistry_CanaryRefused',
      )
      await expectRefusal(send(registry, 'kill', kind, 1, doubleProof([]), []), registry, 'VerifierRegistry_NoCanary')
      const moved = [canary, 2n, 3n, 4n, 5n]
      await expectRefusal(
        send(registry, 'kill', kind, 1, doubleProof(moved), moved),
        registry,
        'VerifierRegistry_NoCanary',
      )
      await expectRefusal(
        send(registry, 'kill', kind, 9, doubleProof(signals), signals),
        registry,
        'VerifierRegistry_WrongState',
      )
      expect(await stateOf(registry, 1)).toBe(states.active)
    })

    it('has no hold on a verifier without a root', async () => {
      await send(registry, 'register', kind, 1, await makeDouble(chain, { rootPosition: noPosition }))
      await expectRefusal(
        send(registry, 'kill', kind, 1, doubleProof(signals), signals),
        registry,
        'VerifierRegistry_NoCanary',
      )
    })
  })

  it('bounds how many pairs one key has', async () => {
    const verifier = await makeDouble(chain)
    for (let version = 1; version <= 8; version++) await send(registry, 'register', kind, version, verifier)
    await expectRefusal(
      send(registry, 'register', kind, 9, verifier),
      registry,
      'VerifierRegistry_TooManyEntries',
      id('key'),
    )
  })
})
