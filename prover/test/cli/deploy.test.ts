import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as LocalChain from '../../../contracts/localChain.ts'
import { type Desk, desk } from './medseal.ts'
import * as Rpc from './rpc.ts'

const attesters = ['0x70997970C51812dc3A010C7d01b50e0d17dc79C8', '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC']
const attested = attesters.flatMap((address) => ['--attester', address])

describe.each(['local', 'public'] as const)('a %s chain', (network) => {
  let at: Desk
  let chain: LocalChain.Chain
  let node: Awaited<ReturnType<typeof Rpc.serve>>
  let operator: string

  beforeAll(async () => {
    at = desk()
    chain = await LocalChain.createChain({ network, ...(network === 'public' && { verifiers: [] }) })
    node = await Rpc.serve(chain.provider)
    await at.run(['keys', 'create', 'account', '--out', 'operator.key.json'])
    operator = (await at.json(['keys', 'show', 'account', '--file', 'operator.key.json'])).address
  })
  afterAll(async () => {
    await node.close()
    await chain.close()
    at.clear()
  })

  const deploy = (...more: string[]) => ['deploy', '--rpc', node.url, '--account', 'operator.key.json', ...more]

  it('takes nothing from an account that cannot pay, and nothing is written', async () => {
    const { code, stderr } = await at.run(deploy(...attested, '--out', 'unpaid.json'))
    expect([code, stderr]).toEqual([4, expect.stringContaining('INSUFFICIENT_FUNDS')])
    expect(existsSync(at.path('unpaid.json'))).toBe(false)
  })

  it('is refused with too few who vouch, or the registrar among them, before anything is sent', async () => {
    for (const wrong of [
      attested.slice(0, 2),
      [...attested.slice(0, 2), ...attested.slice(0, 2)],
      [...attested, '--registrar', attesters[0] ?? ''],
      ['--attester', operator, ...attested],
      ['--attester', '0x70997970c51812dc3A010C7d01b50e0d17dc79C8', ...attested],
    ]) {
      const { code } = await at.run(deploy(...wrong, '--out', 'wrong.json'))
      expect([code, existsSync(at.path('wrong.json'))]).toEqual([2, false])
    }
    expect(await chain.provider.getTransactionCount(operator)).toBe(0)
  })

  it('has every contract where the file says, and the verifiers that belong there', async () => {
    await chain.provider.send('hardhat_setBalance', [operator, '0x8ac7230489e80000'])
    const done = await at.json(deploy(...attested, '--out', 'deployment.json'))
    expect(done).toMatchObject({ registrar: operator, attesters })
    const kinds = network === 'local' ? ['eligibility-s', 'eligibility-m', 'eligibility-l'] : []
    expect(done.verifiers.map(({ kind }: { kind: string }) => kind)).toEqual(kinds)
    for (const { registered } of done.verifiers) expect(registered).toBe(true)
    const found = await at.json(['doctor', '--rpc', node.url, '--deployment', 'deployment.json'])
    expect(found.findings.find(({ about }: { about: string }) => about === 'chain')).toMatchObject({ state: 'ok' })
    expect(await at.json(['audit', '--rpc', node.url, '--deployment', 'deployment.json'])).toMatchObject({})
    const again = await at.run(deploy(...attested, '--out', 'deployment.json'))
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('deployment.json')])
  })

  it('leaves verifiers to the registrar where that is another', async () => {
    const registrar = '0x90F79bf6EB2c4f870365E785982E1f101E93b906'
    const done = await at.json(deploy(...attested, '--registrar', registrar, '--out', 'other.json'))
    expect(done.registrar).toBe(registrar)
    for (const { registered } of done.verifiers) expect(registered).toBe(false)
  })
})
