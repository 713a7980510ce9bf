import {
  type Contract,
  ContractFactory,
  encodeBytes32String,
  id,
  type JsonRpcSigner,
  ZeroAddress,
  ZeroHash,
} from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, createChain } from '../localChain.ts'
import { as, expectRefusal, read, send } from './chain.ts'

const kinds = ['eligibility', 'dispense', 'third'].map(encodeBytes32String) as [string, string, string]

describe('NullifierStore', () => {
  let chain: Chain
  let store: Contract
  let writers: readonly [JsonRpcSigner, JsonRpcSigner, JsonRpcSigner]
  let later: JsonRpcSigner
  const delay = 7 * 86_400

  const deploy = async (...constructorArguments: readonly unknown[]) => {
    const artifact = await chain.readArtifact('NullifierStore')
    if (!artifact) throw new Error('NullifierStore is not compiled.')
    const factory = new ContractFactory(artifact.abi, artifact.bytecode, chain.accounts[0])
    const deployed = await factory.deploy(...constructorArguments)
    await deployed.waitForDeployment()
    return deployed as Contract
  }

  beforeAll(async () => {
    chain = await createChain({ network: 'public', verifiers: [] })
    writers = chain.accounts.slice(3, 6) as unknown as typeof writers
    later = chain.accounts[6] as JsonRpcSigner
    // Three first writers: two are found in the code, the third in storage.
    store = await deploy(
      chain.accounts[0]?.address,
      delay,
      kinds,
      writers.map(({ address }) => address),
    )
  })
  afterAll(() => chain.close())

  it('admits first writers at deployment only as they can be', async () => {
    const [first, second] = writers
    const registrar = chain.accounts[0]?.address
    for (const [theirKinds, theirWriters, error] of [
      [[kinds[0]], [], 'WriterCount'],
      [[kinds[0]], [ZeroAddress], 'UnfitWriter'],
      [[ZeroHash], [first.address], 'UnfitWriter'],
      [[kinds[0], kinds[1]], [first.address, first.address], 'UnfitWriter'],
    ] as const) {
      await expectRefusal(deploy(registrar, delay, theirKinds, theirWriters), store, `NullifierStore_${error}`)
    }
    const one = await deploy(registrar, delay, [kinds[0]], [first.address])
    await send(as(one, first), 'spend', kinds[0], id('key'), id('mark'))
    await expectRefusal(
      send(as(one, second), 'spend', ZeroHash, id('key'), id('mark')),
      store,
      'NullifierStore_NotWriter',
    )
    const none = await deploy(registrar, delay, [], [])
    await expectRefusal(
      send(as(none, first), 'spend', ZeroHash, id('key'), id('mark')),
      store,
      'NullifierStore_NotWriter',
    )
  })

  it('marks a key once and under one kind', async () => {
    for (const [i, writer] of writers.entries()) {
      const kind = kinds[i] as string
      const own = as(store, writer)
      expect(await read(store, 'markOf', kind, id('key'))).toBe(ZeroHash)
      await expectRefusal(send(own, 'spend', kind, id('key'), ZeroHash), store, 'NullifierStore_NoMark')
      await send(own, 'spend', kind, id('key'), id(`mark ${i}`))
      expect(await read(store, 'markOf', kind, id('key'))).toBe(id(`mark ${i}`))
      await expectRefusal(
        send(own, 'spend', kind, id('key'), id('other')),
        store,
        'NullifierStore_AlreadySpent',
        kind,
        id('key'),
      )
      const otherKind = kinds[(i + 1) % 3] as string
      await expectRefusal(
        send(own, 'spend', otherKind, id('new'), id('mark')),
        store,
        'NullifierStore_NotWriter',
        otherKind,
        writer.address,
      )
    }
  })

  it('admits a later writer after the delay, which finds every mark', async () => {
    const [kind] = kinds
    await expectRefusal(send(as(store, later), 'scheduleWriter', kind, later.address), store, 'Registrar_NotRegistrar')
    await expectRefusal(send(store, 'scheduleWriter', kind, writers[0].address), store, 'NullifierStore_UnfitWriter')
    await expectRefusal(send(store, 'scheduleWriter', ZeroHash, later.address), store, 'NullifierStore_UnfitWriter')
    await expectRefusal(send(store, 'admitWriter', later.address), store, 'NullifierStore_NotScheduled', later.address)
    await send(store, 'scheduleWriter', kind, later.address)
    await expectRefusal(send(store, 'scheduleWriter', kind, later.address), store, 'NullifierStore_AlreadyScheduled')
    const { eta } = await store.getFunction('scheduled')(later.address)
    await chain.setNextTime(Number(eta) - 1)
    await chain.provider.send('evm_mine', [])
    await expectRefusal(store.getFunction('admitWriter').staticCall(later.address), store, 'NullifierStore_TooEarly')
    await expectRefusal(
      as(store, later).getFunction('spend').staticCall(kind, id('new'), id('mark')),
      store,
      'NullifierStore_NotWriter',
    )
    await chain.setNextTime(Number(eta))
    await send(as(store, later), 'admitWriter', later.address)
    expect(await read(store, 'kindOf', later.address)).toBe(kind)
    await expectRefusal(
      send(as(store, later), 'spend', kind, id('key'), id('mark')),
      store,
      'NullifierStore_AlreadySpent',
      kind,
      id('key'),
    )
    await send(as(store, later), 'spend', kind, id('new'), id('mark'))
    await expectRefusal(
      send(as(store, writers[0]), 'spend', kind, id('new'), id('mark')),
      store,
      'NullifierStore_AlreadySpent',
    )
    await expectRefusal(send(store, 'admitWriter', later.address), store, 'NullifierStore_NotScheduled')
  })

  it('forgets a cancelled writer', async () => {
    const other = chain.accounts[7] as JsonRpcSigner
    await expectRefusal(send(store, 'cancelWriter', other.address), store, 'NullifierStore_NotScheduled')
    await send(store, 'scheduleWriter', kinds[0], other.address)
    await send(store, 'cancelWriter', other.address)
    await chain.pass(delay)
    await expectRefusal(send(store, 'admitWriter', other.address), store, 'NullifierStore_NotScheduled')
  })
})
