import { encryptKeystoreJsonSync, Wallet } from 'ethers'
import { expect, test } from 'vitest'
import * as StakeholderKey from '../../src/shared/key/StakeholderKey.ts'

const wallet = Wallet.createRandom()

test("reads the command line's key file, bare digits, and an Ethereum keystore", async () => {
  const { privateKey, address } = wallet
  const file = JSON.stringify({ medseal: 'account-key/1', secret: privateKey })
  const keystore = encryptKeystoreJsonSync({ address, privateKey }, 'passphrase', { scrypt: { N: 1024 } })
  expect(await StakeholderKey.secretOf(file, '')).toBe(privateKey)
  expect(await StakeholderKey.secretOf(` ${privateKey.slice(2).toUpperCase()}\n`, '')).toBe(privateKey)
  expect(await StakeholderKey.secretOf(keystore, 'passphrase')).toBe(privateKey)
  await expect(StakeholderKey.secretOf(keystore, 'another')).rejects.toBeInstanceOf(
    StakeholderKey.KeystorePassphraseError,
  )
  expect((await StakeholderKey.fromSecret(privateKey)).address).toBe(address)
})

test.each([
  ['another kind of file', JSON.stringify({ medseal: 'issuer-key/1', secret: wallet.privateKey })],
  ['no JSON', '{ secret'],
  ['too few digits', wallet.privateKey.slice(0, -1)],
  ['nothing', ''],
])('refuses %s without repeating it', async (_, text) => {
  const refusal = await StakeholderKey.secretOf(text, '').catch((cause: unknown) => cause)
  expect(refusal).toBeInstanceOf(StakeholderKey.InvalidKeyError)
  expect(String(refusal)).not.toContain(wallet.privateKey.slice(2, 20))
})

test('no key is made of zero', async () => {
  await expect(StakeholderKey.fromSecret(`0x${'0'.repeat(64)}`)).rejects.toBeInstanceOf(StakeholderKey.InvalidKeyError)
})
