import { expect, test } from 'vitest'
import * as Backup from '../../src/wallet/Backup.ts'
import * as Keeper from '../../src/wallet/Keeper.ts'
import * as Vault from '../../src/wallet/Vault.ts'
import * as Wallet from '../../src/wallet/Wallet.ts'
import * as Memory from './Memory.ts'

const passphrase = 'correct horse battery'
// A thousandth of the real cost: what is tested here is not how long a guess takes.
const cost = { N: 2 ** 7, r: 8, p: 1 }

async function wallet() {
  const store = Memory.create()
  const words = Wallet.createWords()
  const keeper = await Wallet.create(store, { words, passphrase, cost })
  return { store, words, keeper }
}

test('a wallet opens with its passphrase and gives the secrets of its words', async () => {
  const { store, keeper } = await wallet()
  const again = await Wallet.unlock(store, passphrase)
  expect(await Wallet.secretsOf(again)).toEqual(await Wallet.secretsOf(keeper))
})

test('nothing of the words lies in the store', async () => {
  const { store, words } = await wallet()
  const text = JSON.stringify([await store.vault(), await store.get('words')], (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value,
  )
  for (const word of words.split(' ').filter(({ length }) => length > 4)) expect(text).not.toContain(word)
})

test('a wrong passphrase opens nothing, a short one makes nothing', async () => {
  const { store, words } = await wallet()
  await expect(Wallet.unlock(store, 'correct horse batterie')).rejects.toThrow(Vault.WrongPassphraseError)
  const other = Memory.create()
  await expect(Wallet.create(other, { words, passphrase: 'short', cost })).rejects.toThrow(Vault.ShortPassphraseError)
  expect(await other.vault()).toBeUndefined()
})

test('one passphrase in another writing of its letters is the same', async () => {
  const store = Memory.create()
  await Wallet.create(store, { words: Wallet.createWords(), passphrase: 'sch\u00f6nes Wetter', cost })
  await expect(Wallet.unlock(store, 'scho\u0308nes Wetter')).resolves.toBeDefined()
})

test('a wallet is never overwritten', async () => {
  const { store, words } = await wallet()
  await expect(Wallet.create(store, { words, passphrase, cost })).rejects.toThrow(Wallet.ExistsError)
})

test('the passphrase changes and what is kept stays', async () => {
  const { store, keeper } = await wallet()
  await Keeper.write(keeper, { put: { 'asked/1': { a: 1 } } })
  const vault = await Wallet.vaultOf(store)
  await store.write({
    vault: await Vault.changePassphrase(vault, { from: passphrase, to: 'another passphrase', cost }),
  })
  await expect(Wallet.unlock(store, passphrase)).rejects.toThrow(Vault.WrongPassphraseError)
  expect(await Keeper.read(await Wallet.unlock(store, 'another passphrase'), 'asked/1')).toEqual({ a: 1 })
})

test('a passkey opens the same wallet; another secret does not', async () => {
  const { store, keeper } = await wallet()
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const passkey = { credentialId: 'abc', salt: 'def', secret }
  const vault = await Vault.addPasskey(await Wallet.vaultOf(store), passphrase, passkey)
  const dataKey = await Vault.unlockByPasskey(vault, 'abc', secret)
  expect(await Wallet.secretsOf({ store, dataKey })).toEqual(await Wallet.secretsOf(keeper))
  await expect(Vault.unlockByPasskey(vault, 'abc', new Uint8Array(32))).rejects.toThrow(Vault.WrongPasskeyError)
  await expect(Vault.unlock(vault, passphrase)).resolves.toBeDefined()
})

test('an item does not open under another name, nor once a bit of it has flipped', async () => {
  const { store, keeper } = await wallet()
  const sealed = await Vault.seal(keeper.dataKey, 'a', 'text')
  await expect(Vault.open(keeper.dataKey, 'b', sealed)).rejects.toThrow(Vault.BrokenItemError)
  const bytes = sealed.bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
  await expect(Vault.open(keeper.dataKey, 'a', { ...sealed, bytes })).rejects.toThrow(Vault.BrokenItemError)
  expect(await store.names()).toEqual(['words'])
})

test('a data key cannot be read', async () => {
  const { keeper } = await wallet()
  await expect(crypto.subtle.exportKey('raw', keeper.dataKey)).rejects.toThrow()
})

test('a backup makes the same wallet elsewhere, and only with its passphrase', async () => {
  const { store, keeper } = await wallet()
  await Keeper.write(keeper, { put: { 'credential/1': { text: 'kept' } } })
  const backup = await Backup.write(store)
  expect(backup).not.toContain('kept')

  const elsewhere = Memory.create()
  await expect(Wallet.restore(elsewhere, { backup, passphrase: 'not this one' })).rejects.toThrow(
    Vault.WrongPassphraseError,
  )
  expect(await elsewhere.vault()).toBeUndefined()
  const restored = await Wallet.restore(elsewhere, { backup, passphrase })
  expect(await Wallet.secretsOf(restored)).toEqual(await Wallet.secretsOf(keeper))
  expect(await Keeper.read(restored, 'credential/1')).toEqual({ text: 'kept' })
})

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"medseal":"wallet-backup/1","locks":[{}],"items":{}}',
  '{"medseal":"wallet-backup/1","locks":[],"items":{"words":{"iv":"*","bytes":""}}}',
])('a file that is no backup is refused: %s', (text) => {
  expect(() => Backup.read(text)).toThrow(Backup.BrokenBackupError)
})

test('a backup that asks for all memory is refused', async () => {
  const { store } = await wallet()
  const file = JSON.parse(await Backup.write(store))
  file.locks[0].scrypt.N = 2 ** 30
  const restoring = Wallet.restore(Memory.create(), { backup: JSON.stringify(file), passphrase })
  await expect(restoring).rejects.toThrow(Vault.TooCostlyError)
})
