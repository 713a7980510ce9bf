import {
  type Contract,
  ContractFactory,
  hexlify,
  id,
  type JsonRpcSigner,
  randomBytes,
  Signature,
  TypedDataEncoder,
  ZeroAddress,
} from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, createChain } from '../localChain.ts'
import { as, expectRefusal, read, send } from './chain.ts'
import { consentTypes, domainOf, revocationTypes } from './submissions.ts'

/** Order of secp256k1 (SEC 2, section 2.4.1). */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe('ConsentRegistry', () => {
  let chain: Chain
  let consents: Contract
  let patient: JsonRpcSigner
  let other: JsonRpcSigner
  beforeAll(async () => {
    chain = await createChain({ verifiers: [] })
    consents = chain.contracts.ConsentRegistry
    patient = chain.accounts[3] as JsonRpcSigner
    other = chain.accounts[4] as JsonRpcSigner
  })
  afterAll(() => chain.close())

  const sign = (consentId: string) =>
    patient.signTypedData(domainOf(chain, 'ConsentRegistry'), revocationTypes, { consentId })

  it('revokes any id, once, for the caller alone', async () => {
    const consentId = id('never granted')
    await send(as(consents, patient), 'revoke', consentId)
    expect(await read(consents, 'revokedAt', patient.address, consentId)).toBe(BigInt(await chain.now()))
    expect(await read(consents, 'revokedAt', other.address, consentId)).toBe(0n)
    await expectRefusal(
      send(as(consents, patient), 'revoke', consentId),
      consents,
      'ConsentRegistry_AlreadyRevoked',
      patient.address,
      consentId,
    )
    await send(as(consents, other), 'revoke', consentId)
  })

  it('revokes by signature, whoever carries it', async () => {
    const consentId = id('signed')
    const signature = await sign(consentId)
    const carrier = as(consents, other)
    const refused = (...[key, of, by]: readonly [string, string, string]) =>
      expectRefusal(send(carrier, 'revokeBySignature', key, of, by), consents, 'ConsentRegistry_InvalidSignature', key)
    await refused(other.address, consentId, signature)
    await refused(ZeroAddress, consentId, signature)
    await refused(patient.address, id('another'), signature)
    await refused(patient.address, consentId, `${signature}00`)
    await refused(patient.address, consentId, signature.slice(0, -2))
    await refused(patient.address, consentId, '0x')
    const { r, s, v } = Signature.from(signature)
    const highS = (order - BigInt(s)).toString(16).padStart(64, '0')
    await refused(patient.address, consentId, `${r}${highS}${v === 27 ? '1c' : '1b'}`)
    await refused(patient.address, consentId, `${signature.slice(0, -2)}${v === 27 ? '00' : '01'}`)
    const elsewhere = { ...domainOf(chain, 'ConsentRegistry'), chainId: 1n }
    await refused(patient.address, consentId, await patient.signTypedData(elsewhere, revocationTypes, { consentId }))
    await send(carrier, 'revokeBySignature', patient.address, consentId, signature)
    expect(await read(consents, 'revokedAt', patient.address, consentId)).not.toBe(0n)
    await expectRefusal(
      send(carrier, 'revokeBySignature', patient.address, consentId, signature),
      consents,
      'ConsentRegistry_AlreadyRevoked',
    )
  })

  it('takes the word of a contract that is the patient (ERC-1271), and survives what it answers', async () => {
    const artifact = await chain.readArtifact('WalletDouble')
    if (!artifact) throw new Error('WalletDouble is not compiled.')
    const wallet = (await new ContractFactory(artifact.abi, artifact.bytecode, patient).deploy()) as Contract
    await wallet.waitForDeployment()
    const address = await wallet.getAddress()
    const consentId = id('by a contract')
    const revoke = () => send(consents, 'revokeBySignature', address, consentId, '0x1234')
    await expectRefusal(revoke(), consents, 'ConsentRegistry_InvalidSignature', address)
    for (const manner of [1, 2]) {
      await send(wallet, 'behave', manner)
      await expectRefusal(revoke(), consents, 'ConsentRegistry_InvalidSignature', address)
    }
    await send(wallet, 'behave', 0)
    const digest = TypedDataEncoder.hash(domainOf(chain, 'ConsentRegistry'), revocationTypes, { consentId })
    await send(wallet, 'accept', digest)
    await revoke()
    expect(await read(consents, 'revokedAt', address, consentId)).not.toBe(0n)
    // A long answer that begins rightly is an answer; only its first word is copied.
    await send(wallet, 'behave', 3)
    await send(consents, 'revokeBySignature', address, id('another'), '0x')
  })

  it('computes ids as EIP-712 says', async () => {
    const consent = {
      requestId: id('request'),
      recipientId: 7n,
      patientKey: patient.address,
      subject: 123n,
      detailsHash: id('details'),
      notBefore: 5n,
      notAfter: 2n ** 64n - 1n,
      uses: 1n,
      salt: hexlify(randomBytes(32)),
    }
    const domain = domainOf(chain, 'ConsentRegistry')
    expect(await read(consents, 'consentId', consent)).toBe(TypedDataEncoder.hash(domain, consentTypes, consent))
    expect(await read(consents, 'domainSeparator')).toBe(TypedDataEncoder.hashDomain(domain))
  })
})
