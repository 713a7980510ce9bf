import { expect, test } from 'vitest'
import * as Vault from '../../src/shared/vault/Vault.ts'

const passphrase = 'correct horse battery'

test('what is sealed opens under its passphrase and no other', async () => {
  const sealed = await Vault.seal('a secret', passphrase)
  expect(await Vault.open(sealed, passphrase)).toBe('a secret')
  await expect(Vault.open(sealed, `${passphrase} `)).rejects.toBeInstanceOf(Vault.WrongPassphraseError)
})

test('a flipped bit is not opened', async () => {
  const sealed = await Vault.seal('a secret', passphrase)
  const ciphertext = Uint8Array.from(sealed.ciphertext, (byte, i) => (i === 0 ? byte ^ 1 : byte))
  await expect(Vault.open({ ...sealed, ciphertext }, passphrase)).rejects.toBeInstanceOf(Vault.WrongPassphraseError)
})

test('two seals of one secret share nothing, and a short passphrase is refused', async () => {
  const [one, other] = [await Vault.seal('a secret', passphrase), await Vault.seal('a secret', passphrase)]
  expect(one.salt).not.toEqual(other.salt)
  expect(one.ciphertext).not.toEqual(other.ciphertext)
  await expect(Vault.seal('a secret', 'too short')).rejects.toBeInstanceOf(Vault.ShortPassphraseError)
})
