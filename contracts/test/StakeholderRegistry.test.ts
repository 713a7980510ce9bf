import { IncrementalMerkleTree } from '@zk-kit/incremental-merkle-tree'
import { type Contract, type JsonRpcSigner, ZeroAddress } from 'ethers'
import { poseidon4 } from 'poseidon-lite/poseidon4'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fieldOrder } from '../../prover/src/generated/parameters.ts'
import { publicDelays } from '../deployment.ts'
import { type Chain, createChain } from '../localChain.ts'
import { as, expectRefusal, read, send } from './chain.ts'
import { type Addition, issuer, leafOf, recipient, role } from './stakeholders.ts'

const hour = 3600
const full = process.env.MEDSEAL_DOSE === 'full'

const chains: Chain[] = []
async function open(options: Parameters<typeof createChain>[0]): Promise<Chain> {
  const chain = await createChain({ verifiers: [], ...options })
  chains.push(chain)
  return chain
}
afterAll(() => Promise.all(chains.map((chain) => chain.close())))

describe('constructor', () => {
  it('off local chains refuses delays under their minimum', async () => {
    const chain = await open({ network: 'public' })
    const { StakeholderRegistry } = chain.contracts
    expect(await read(StakeholderRegistry, 'ADDITION_DELAY')).toBe(BigInt(48 * hour))
    for (const [short, minimum] of [
      ['addition', 48n * 3600n],
      ['payout', 7n * 24n * 3600n],
      ['activation', 7n * 24n * 3600n],
      ['admission', 7n * 24n * 3600n],
    ] as const) {
      const delays = { ...publicDelays, [short]: publicDelays[short] - 1 }
      const localChainErrors = chain.contracts.StakeholderRegistry
      await expectRefusal(
        createChain({ network: 'public', verifiers: [], delays }),
        localChainErrors,
        'LocalChain_DelayTooShort',
        minimum - 1n,
        minimum,
      )
    }
  })
})

describe('on a local chain', () => {
  let chain: Chain
  let registry: Contract
  let key: JsonRpcSigner
  let other: JsonRpcSigner
  let back: () => Promise<void>
  beforeAll(async () => {
    chain = await open({ delays: { addition: 0, payout: 7 * 24 * hour, activation: 0, admission: 0 } })
    registry = chain.contracts.StakeholderRegistry
    key = chain.accounts[3] as JsonRpcSigner
    other = chain.accounts[4] as JsonRpcSigner
  })
  beforeEach(async () => {
    back = await chain.snapshot()
  })
  afterEach(() => back())

  const root = () => read(registry, 'currentRoot')
  const isValid = (candidate: bigint) => read<boolean>(registry, 'isValidRoot', candidate)

  describe('additions', () => {
    it('number stakeholders from 1 and keep what was said', async () => {
      await send(registry, 'register', recipient(key.address))
      await send(registry, 'register', issuer(other.address, 1n))
      expect(await read(registry, 'stakeholderCount')).toBe(2n)
      const added = await registry.getFunction('stakeholder')(2)
      expect(added.key).toBe(other.address)
      expect(added.roles).toBe(role('hospital'))
      expect(added.issuerId).toBe(1001n)
      expect(added.validUntil).toBe(160_000n)
      expect(added.payout).toBe(other.address)
      expect(await read(registry, 'keyOf', 1)).toBe(key.address)
      expect(await read(registry, 'keyOf', 3)).toBe(ZeroAddress)
      await expectRefusal(read(registry, 'stakeholder', 3), registry, 'StakeholderRegistry_Unknown', 3n)
    })

    it('are the registrar’s', async () => {
      const stranger = as(registry, other)
      const addition = recipient(other.address)
      for (const [method, ...args] of [
        ['register', addition],
        ['scheduleAddition', addition],
        ['cancelAddition', `0x${'11'.repeat(32)}`],
        ['suspend', 1],
        ['unsuspend', 1],
        ['extendIssuer', 1, 5],
        ['removeIssuer', 1],
        ['overruleStatus', 1, 5n, [], []],
        ['proposeRegistrar', other.address],
      ] as const) {
        await expectRefusal(send(stranger, method, ...args), registry, 'Registrar_NotRegistrar', other.address)
      }
    })

    it('refuse fields that cannot be', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      const cases: readonly (readonly [Addition, string])[] = [
        [recipient(ZeroAddress), 'IncompleteAddition'],
        [recipient(key.address, { payout: ZeroAddress }), 'IncompleteAddition'],
        [recipient(key.address, { roles: 0n }), 'IncompleteAddition'],
        [recipient(key.address, { validUntil: 1n }), 'UnusableValidUntil'],
        [recipient(key.address, { statusRoot: 1n }), 'UnusableStatusRoot'],
        [issuer(key.address, 1n), 'UnusableIssuerId'],
        [issuer(key.address, 2n, { issuerId: fieldOrder }), 'UnusableIssuerId'],
        [issuer(key.address, 2n, { validUntil: 1n << 20n }), 'UnusableValidUntil'],
        [issuer(key.address, 2n, { statusRoot: 0n }), 'UnusableStatusRoot'],
        [issuer(key.address, 2n, { statusRoot: fieldOrder }), 'UnusableStatusRoot'],
      ]
      for (const [addition, reason] of cases) {
        await expectRefusal(send(registry, 'register', addition), registry, `StakeholderRegistry_${reason}`)
      }
    })

    it('never take an issuer id again, not even after its removal', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      await send(registry, 'removeIssuer', 1)
      await expectRefusal(
        send(registry, 'register', issuer(key.address, 1n)),
        registry,
        'StakeholderRegistry_UnusableIssuerId',
        1001n,
      )
    })
  })

  describe('keys', () => {
    it('rotate in two steps', async () => {
      await send(registry, 'register', recipient(key.address))
      await expectRefusal(
        send(as(registry, other), 'proposeKey', 1, other.address),
        registry,
        'StakeholderRegistry_NotKey',
        1n,
        other.address,
      )
      await send(as(registry, key), 'proposeKey', 1, other.address)
      expect(await read(registry, 'keyOf', 1)).toBe(key.address)
      await expectRefusal(send(as(registry, key), 'acceptKey', 1), registry, 'StakeholderRegistry_NotKey')
      await send(as(registry, other), 'acceptKey', 1)
      expect(await read(registry, 'keyOf', 1)).toBe(other.address)
      await expectRefusal(send(as(registry, key), 'proposeKey', 1, key.address), registry, 'StakeholderRegistry_NotKey')
      await expectRefusal(send(as(registry, other), 'acceptKey', 1), registry, 'StakeholderRegistry_NotKey')
    })

    it('of the registrar rotate in two steps', async () => {
      await expectRefusal(send(as(registry, other), 'acceptRegistrar'), registry, 'Registrar_NotProposed')
      await send(registry, 'proposeRegistrar', other.address)
      await send(registry, 'register', recipient(key.address))
      await send(as(registry, other), 'acceptRegistrar')
      await expectRefusal(send(registry, 'suspend', 1), registry, 'Registrar_NotRegistrar')
      await send(as(registry, other), 'suspend', 1)
      expect(await read(registry, 'isSuspended', 1)).toBe(true)
    })
  })

  describe('payout addresses', () => {
    it('change only after the delay, and can be kept', async () => {
      await send(registry, 'register', recipient(key.address))
      const own = as(registry, key)
      await expectRefusal(send(own, 'cancelPayout', 1), registry, 'StakeholderRegistry_NoPayoutChange', 1n)
      await send(own, 'proposePayout', 1, other.address)
      await send(own, 'cancelPayout', 1)
      await chain.pass(8 * 24 * hour)
      expect(await read(registry, 'payoutOf', 1)).toBe(key.address)

      await send(own, 'proposePayout', 1, other.address)
      const proposedAt = await chain.now()
      await chain.setNextTime(proposedAt + 7 * 24 * hour - 1)
      await chain.provider.send('evm_mine', [])
      expect(await read(registry, 'payoutOf', 1)).toBe(key.address)
      await chain.pass(1)
      expect(await read(registry, 'payoutOf', 1)).toBe(other.address)
      await expectRefusal(send(own, 'cancelPayout', 1), registry, 'StakeholderRegistry_NoPayoutChange', 1n)
      // A later change starts from the one in effect.
      await send(own, 'proposePayout', 1, chain.accounts[5]?.address)
      expect(await read(registry, 'payoutOf', 1)).toBe(other.address)
    })
  })

  describe('ROOT-1: roots', () => {
    const status = (id: number, statusRoot: bigint) =>
      send(as(registry, key), 'updateStatus', id, statusRoot, [0], [statusRoot])

    it('are valid while current, and never 0', async () => {
      expect(await isValid(0n)).toBe(false)
      expect(await isValid(await root())).toBe(true)
      expect(await isValid(123n)).toBe(false)
      await send(registry, 'register', issuer(key.address, 1n))
      await chain.pass(1000 * hour)
      expect(await isValid(await root())).toBe(true)
    })

    it('have a grace of an hour since they were replaced, whatever their age', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      const old = await root()
      await chain.pass(1000 * hour)
      await status(1, 8n)
      const replacedAt = await chain.now()
      await chain.setNextTime(replacedAt + hour - 1)
      await chain.provider.send('evm_mine', [])
      expect(await isValid(old)).toBe(true)
      await chain.setNextTime(replacedAt + hour)
      await chain.provider.send('evm_mine', [])
      expect(await isValid(old)).toBe(false)
    })

    it('A -> B -> A -> C: A counts from the last time it was replaced', async () => {
      await send(registry, 'register', issuer(key.address, 1n, { statusRoot: 10n }))
      const a = await root()
      await status(1, 11n)
      const b = await root()
      await chain.pass(2 * hour)
      expect(await isValid(a)).toBe(false)
      await status(1, 10n)
      expect(await root()).toBe(a)
      expect(await isValid(a)).toBe(true)
      await chain.pass(2 * hour)
      expect(await isValid(a)).toBe(true)
      expect(await isValid(b)).toBe(false)
      await status(1, 12n)
      const replacedAt = await chain.now()
      expect(await isValid(a)).toBe(true)
      const state = await registry.getFunction('rootState')(a)
      expect([...state]).toEqual([true, false, 0n, BigInt(replacedAt)])
      await chain.pass(hour)
      expect(await isValid(a)).toBe(false)
    })

    it('die at once when an issuer is suspended, and come back only as the current one', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      const oneIssuer = await root()
      await send(registry, 'register', issuer(key.address, 2n))
      const twoIssuers = await root()
      expect(await isValid(oneIssuer)).toBe(true)
      await send(registry, 'suspend', 2)
      expect(await read(registry, 'epoch')).toBe(1n)
      // Its leaf is 0, and so the tree is the one before, which is current again.
      expect(await root()).toBe(oneIssuer)
      expect(await isValid(oneIssuer)).toBe(true)
      expect(await isValid(twoIssuers)).toBe(false)

      await send(registry, 'suspend', 1)
      expect(await isValid(oneIssuer)).toBe(false)
      await send(registry, 'unsuspend', 1)
      expect(await root()).toBe(oneIssuer)
      await send(registry, 'unsuspend', 2)
      // Same epoch since: the one it replaced has its grace, and the revived one is current.
      expect(await root()).toBe(twoIssuers)
      expect(await isValid(oneIssuer)).toBe(true)
      expect(await isValid(twoIssuers)).toBe(true)
    })

    it('die at once when the registrar overrules a status list or removes an issuer', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      await send(registry, 'register', issuer(key.address, 2n))
      const first = await root()
      await send(registry, 'overruleStatus', 1, 99n, [3], [1n])
      expect(await isValid(first)).toBe(false)
      const second = await root()
      expect(await isValid(second)).toBe(true)
      await send(registry, 'removeIssuer', 2)
      expect(await isValid(second)).toBe(false)
      expect(await read(registry, 'epoch')).toBe(2n)
      await expectRefusal(send(registry, 'removeIssuer', 2), registry, 'StakeholderRegistry_NotIssuer', 2n)
    })

    it('stay when somebody who is no issuer is suspended', async () => {
      await send(registry, 'register', recipient(key.address))
      const before = await root()
      await send(registry, 'suspend', 1)
      expect(await root()).toBe(before)
      expect(await read(registry, 'epoch')).toBe(0n)
      await expectRefusal(send(registry, 'suspend', 1), registry, 'StakeholderRegistry_Suspended', 1n)
      await send(registry, 'unsuspend', 1)
      await expectRefusal(send(registry, 'unsuspend', 1), registry, 'StakeholderRegistry_NotSuspended', 1n)
      await expectRefusal(send(registry, 'suspend', 9), registry, 'StakeholderRegistry_Unknown', 9n)
    })
  })

  describe('updateStatus', () => {
    beforeEach(async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      await send(registry, 'register', issuer(other.address, 2n))
      await send(registry, 'register', recipient(key.address))
    })

    it('is the issuer’s own, while it is one and not suspended', async () => {
      const own = as(registry, key)
      await expectRefusal(
        send(own, 'updateStatus', 2, 8n, [], []),
        registry,
        'StakeholderRegistry_NotKey',
        2n,
        key.address,
      )
      await expectRefusal(send(own, 'updateStatus', 3, 8n, [], []), registry, 'StakeholderRegistry_NotIssuer', 3n)
      await send(registry, 'suspend', 1)
      await expectRefusal(send(own, 'updateStatus', 1, 8n, [], []), registry, 'StakeholderRegistry_Suspended', 1n)
      // The registrar still can, and it shows when the suspension ends.
      await send(registry, 'overruleStatus', 1, 8n, [], [])
      await send(registry, 'unsuspend', 1)
      expect(await read(registry, 'nodeAt', 0, 0)).toBe(leafOf(issuer(key.address, 1n, { statusRoot: 8n })))
    })

    it('refuses roots, words and positions that cannot be', async () => {
      const own = as(registry, key)
      for (const bad of [0n, fieldOrder]) {
        await expectRefusal(
          send(own, 'updateStatus', 1, bad, [], []),
          registry,
          'StakeholderRegistry_UnusableStatusRoot',
          bad,
        )
      }
      await expectRefusal(send(own, 'updateStatus', 1, 8n, [0], []), registry, 'StakeholderRegistry_WordCount', 1n, 0n)
      await expectRefusal(
        send(own, 'updateStatus', 1, 8n, [0], [1n << 248n]),
        registry,
        'StakeholderRegistry_UnusableWord',
        0n,
        1n << 248n,
      )
      await expectRefusal(
        send(own, 'updateStatus', 1, 8n, [4096], [1n]),
        registry,
        'StakeholderRegistry_UnusableWord',
        4096n,
        1n,
      )
      await send(own, 'updateStatus', 1, 8n, [4095], [(1n << 248n) - 1n])
    })

    it('succeeds for two issuers in one block', async () => {
      const update = (signer: JsonRpcSigner, id: number) => () =>
        as(registry, signer).getFunction('updateStatus')(id, 50n + BigInt(id), [0], [1n], { gasLimit: 1_000_000 })
      expect(await chain.inOneBlock([update(key, 1), update(other, 2)])).toEqual([true, true])
      const leaves = [issuer(key.address, 1n, { statusRoot: 51n }), issuer(key.address, 2n, { statusRoot: 52n })]
      expect(await root()).toBe(new IncrementalMerkleTree(poseidon4, 6, 0n, 4, leaves.map(leafOf)).root)
    })
  })

  describe('extendIssuer', () => {
    it('only extends, within 20 bits', async () => {
      await send(registry, 'register', issuer(key.address, 1n))
      for (const bad of [160_000n, 1n << 20n]) {
        await expectRefusal(
          send(registry, 'extendIssuer', 1, bad),
          registry,
          'StakeholderRegistry_UnusableValidUntil',
          bad,
        )
      }
      await send(registry, 'extendIssuer', 1, 170_000n)
      expect(await read(registry, 'nodeAt', 0, 0)).toBe(leafOf(issuer(key.address, 1n, { validUntil: 170_000n })))
    })
  })

  const seed = Number(process.env.MEDSEAL_SEED ?? 20_261_122)
  const steps = full ? 10_000 : 300
  it(`ROOT-2: the tree equals the TypeScript tree after ${steps} random changes (seed ${seed})`, async () => {
    const random = seeded(seed)
    const gas = { gasLimit: 2_000_000n } // Spares estimating it, which is as slow as the call.
    const tree = new IncrementalMerkleTree(poseidon4, 6, 0n, 4)
    expect(await root()).toBe(tree.root)
    const issuers: { leaf: Addition; suspended: boolean; removed: boolean }[] = []
    for (let step = 0; step < steps; step++) {
      const position = random(Math.max(issuers.length, 1))
      const chosen = issuers[position]
      const choice = random(10)
      if (!chosen || (choice < 4 && issuers.length < 4096)) {
        const leaf = issuer(key.address, BigInt(issuers.length), { statusRoot: BigInt(1 + random(1_000_000)) })
        await send(registry, 'register', leaf, gas)
        tree.insert(leafOf(leaf))
        issuers.push({ leaf, suspended: false, removed: false })
      } else if (chosen.removed) {
        await expectRefusal(send(registry, 'removeIssuer', position + 1), registry, 'StakeholderRegistry_NotIssuer')
      } else if (choice < 7) {
        chosen.leaf = { ...chosen.leaf, statusRoot: BigInt(1 + random(1_000_000)) }
        const method = chosen.suspended ? 'overruleStatus' : 'updateStatus'
        const caller = chosen.suspended ? registry : as(registry, key)
        await send(caller, method, position + 1, chosen.leaf.statusRoot, [], [], gas)
        if (!chosen.suspended) tree.update(position, leafOf(chosen.leaf))
      } else if (choice < 9) {
        await send(registry, chosen.suspended ? 'unsuspend' : 'suspend', position + 1, gas)
        chosen.suspended = !chosen.suspended
        tree.update(position, chosen.suspended ? 0n : leafOf(chosen.leaf))
      } else {
        await send(registry, 'removeIssuer', position + 1, gas)
        chosen.removed = true
        tree.update(position, 0n)
      }
      expect(await root(), `after step ${step}`).toBe(tree.root)
    }
    const leaves = issuers.map(({ leaf, suspended, removed }) => (suspended || removed ? 0n : leafOf(leaf)))
    expect(await root()).toBe(new IncrementalMerkleTree(poseidon4, 6, 0n, 4, leaves).root)
  }, 3_600_000)

  it('ROOT-2: an empty tree has the zeros of the TypeScript tree', async () => {
    let zero = 0n
    for (let level = 0; level <= 6; level++) {
      expect(await read(registry, 'nodeAt', level, 0)).toBe(zero)
      zero = poseidon4([zero, zero, zero, zero])
    }
  })
})

describe('on another chain', () => {
  it('an addition waits out its delay, is executed by anyone, once, and can be cancelled', async () => {
    const chain = await open({ network: 'public' })
    const registry = chain.contracts.StakeholderRegistry
    const [, , , key, other] = chain.accounts as JsonRpcSigner[]
    const addition = recipient((key as JsonRpcSigner).address)
    await expectRefusal(send(registry, 'register', addition), registry, 'StakeholderRegistry_Delayed', 172_800n)
    const anyone = as(registry, other as JsonRpcSigner)
    await expectRefusal(send(anyone, 'executeAddition', addition), registry, 'StakeholderRegistry_NotScheduled')
    await send(registry, 'scheduleAddition', addition)
    const id = await read<string>(registry, 'additionIdOf', addition)
    await expectRefusal(
      send(registry, 'scheduleAddition', addition),
      registry,
      'StakeholderRegistry_AlreadyScheduled',
      id,
    )
    const eta = await read(registry, 'additionEta', id)
    await chain.setNextTime(Number(eta) - 1)
    await chain.provider.send('evm_mine', [])
    await expectRefusal(
      anyone.getFunction('executeAddition').staticCall(addition),
      registry,
      'StakeholderRegistry_TooEarly',
      id,
      eta,
    )
    await chain.setNextTime(Number(eta))
    await send(anyone, 'executeAddition', addition)
    expect(await read(registry, 'keyOf', 1)).toBe((key as JsonRpcSigner).address)
    await expectRefusal(send(anyone, 'executeAddition', addition), registry, 'StakeholderRegistry_NotScheduled')

    await send(registry, 'scheduleAddition', addition)
    await send(registry, 'cancelAddition', id)
    await chain.pass(49 * hour)
    await expectRefusal(send(anyone, 'executeAddition', addition), registry, 'StakeholderRegistry_NotScheduled')
    await expectRefusal(send(registry, 'cancelAddition', id), registry, 'StakeholderRegistry_NotScheduled')
  })
})

/** Numbers below a bound by a linear congruential generator (Numerical Recipes, section 7.1). */
function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
