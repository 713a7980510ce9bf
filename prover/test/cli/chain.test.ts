import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { id } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Town from '../../../samples/Town.ts'
import * as Network from '../../src/chain/Network.ts'
import { admit, type Desk, desk, patients, settle } from './medseal.ts'
import * as Rpc from './rpc.ts'

/** One predicate, so that its proof is quick; the diagnosis is of 2019. */
const policy = {
  medseal: 'policy/1',
  name: 'Type 2 diabetes',
  issuers: ['hospital'],
  record: { maximumAgeDays: 30 },
  require: { any: { category: 'condition', system: 'ICD-10-CM', prefix: 'E11' } },
}

describe('on a chain', () => {
  let at: Desk
  let town: Town.LocalTown
  let node: Awaited<ReturnType<typeof Rpc.serve>>
  let chain: string[]

  beforeAll(async () => {
    at = desk()
    town = await Town.found({ startsAt: new Date() })
    node = await Rpc.serve(town.chain.provider)
    const { chainId, fromBlock, addresses } = town.network
    const deployment = { medseal: 'deployment/1', chainId: String(chainId), fromBlock, addresses }
    writeFileSync(at.path('deployment.json'), JSON.stringify(deployment))
    writeFileSync(at.path('policy.json'), JSON.stringify(policy))
    chain = ['--rpc', node.url, '--deployment', 'deployment.json']

    await settle(at)
    await at.run(['keys', 'create', 'account', '--out', 'hospital.account.json'])
    const hospital = await account('hospital.account.json')
    const { issuerId, validUntilField, statusRoot } = await at.json(['issuer', 'show', 'issuer.json'])
    await register(hospital, 'hospital', { issuerId, validUntil: validUntilField, statusRoot })
    await register(await account('insurer.key.json'), 'insurer', { issuerId: 0, validUntil: 0, statusRoot: 0 })

    const today = new Date().toISOString().slice(0, 10)
    await at.json(['record', 'import', join(patients, 'adela.json'), '--as-of', today, '--out', 'record.json'])
    await admit(at)
  })
  afterAll(async () => {
    await node.close()
    await town.chain.close()
    at.clear()
  })

  /** The address of a key made by the command line, with ether to spend. */
  async function account(file: string): Promise<string> {
    const { address } = await at.json(['keys', 'show', 'account', '--file', file])
    await town.chain.provider.send('hardhat_setBalance', [address, '0xde0b6b3a7640000'])
    return address
  }

  /** The registrar adds a stakeholder, from what `issuer show` says where it issues. */
  async function register(key: string, role: 'hospital' | 'insurer', issuing: object): Promise<void> {
    const registry = Network.contract(town.network, 'StakeholderRegistry', town.registrar)
    const roles = { hospital: 1 << 1, insurer: 1 << 3 }[role]
    const addition = { key, payout: key, roles, licenceHash: id(role), ...issuing }
    await Town.sent(registry.getFunction('register')(addition))
  }

  it('finds everything in its place', async () => {
    const { well, findings } = await at.json(['doctor', ...chain])
    expect(well).toBe(true)
    const says = findings.find(({ about }: { about: string }) => about === 'chain').says
    expect(says).toMatch(/^chain 31337, every contract is there/)
  })

  it('shows a request for what it is', async () => {
    const asked = ['--account', 'insurer.key.json', '--recipient', '2', '--purpose', 'COVAUTH']
    const deployed = ['--deployment', 'deployment.json']
    await at.json(['request', 'create', 'policy.json', ...asked, ...deployed, '--out', 'request.json'])
    const shown = await at.json(['request', 'show', 'request.json', ...chain])
    expect(shown).toMatchObject({ recipientId: '2', purpose: 'COVAUTH', checkedOnChain: true, objections: [] })

    const stolen = ['--account', 'hospital.account.json', '--recipient', '2', '--purpose', 'TREAT', ...deployed]
    await at.json(['request', 'create', 'policy.json', ...stolen, '--out', 'stolen.json'])
    const refused = await at.run(['request', 'show', 'stolen.json', ...chain, '--json'])
    expect(refused.code).toBe(3)
    expect(JSON.parse(refused.stdout).objections).toEqual(['purpose-not-allowed', 'signature'])
  })

  it('proves, submits once, and finds the receipt', async () => {
    await at.json([...proving(), '--out', 'proof.json'])
    const before = await at.json(['verify', 'proof.json', ...chain])
    expect(before).toMatchObject({ valid: true, circuit: 'eligibility-s', receipts: [] })

    const submit = ['submit', 'proof.json', '--account', 'insurer.key.json', ...chain]
    const { transaction } = await at.json(submit)
    const after = await at.json(['verify', 'proof.json', '--request', 'request.json', ...chain])
    expect(after).toMatchObject({ valid: true, receipts: [{ transactionHash: transaction, recipientId: '2' }] })

    const again = await at.run(submit)
    expect([again.code, again.stdout]).toEqual([4, ''])
    expect(again.stderr).toContain('Chain.RefusedError: The contract refuses: NullifierStore_AlreadySpent.')
  })

  it('hands the receipt on as a FHIR resource, and none of a proof that was not submitted', async () => {
    const { receipts } = await at.json(['audit', ...chain])
    const { code, stdout, stderr } = await at.run(['receipt', 'proof.json', '--policy', 'policy.json', ...chain])
    expect([code, stderr]).toEqual([0, ''])
    const response = JSON.parse(stdout)
    expect(response).toMatchObject({ resourceType: 'CoverageEligibilityResponse', status: 'active' })
    expect(BigInt(response.patient.identifier.value)).toBe(BigInt(receipts[0].nullifier))

    await at.json([...proving(), '--out', 'kept.json'])
    const kept = JSON.parse(at.read('kept.json'))
    writeFileSync(at.path('kept.json'), JSON.stringify({ ...kept, nullifier: '1' }))
    const none = await at.run(['receipt', 'kept.json', ...chain])
    expect([none.code, none.stdout]).toEqual([2, ''])
    expect(none.stderr).toContain('CoverageEligibilityResponse.NoReceiptError')
  })

  it('is audited, and a node that lies is found out', async () => {
    const report = await at.json(['audit', ...chain])
    expect(report).toMatchObject({ sound: true, brokenTrails: [] })
    expect(report.receipts).toMatchObject([{ findings: [], part: 0, circuit: 'eligibility-s' }])

    const liar = await Rpc.serve(town.chain.provider, { tamper: withOtherNullifier })
    const { code, stdout } = await at.run(['audit', '--rpc', liar.url, '--deployment', 'deployment.json', '--json'])
    await liar.close()
    expect(code).toBe(3)
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ sound: false, brokenTrails: ['EligibilityRegistry'] })
    expect(found.receipts).toMatchObject([{ findings: ['proof'] }])
  })

  it('revokes: nobody takes the credential from then on', async () => {
    const check = ['credential', 'check', 'credential.json', '--holder', 'holder.json', ...chain]
    expect(await at.json(check)).toMatchObject({ valid: true })
    const signed = ['--issuer', 'issuer.json', '--account', 'hospital.account.json', ...chain]
    const revoked = await at.json(['credential', 'revoke', 'enrolment.json', ...signed])
    expect(revoked).toMatchObject({ revoked: true, published: { words: 1 } })

    const checked = await at.run([...check, '--json'])
    expect([checked.code, JSON.parse(checked.stdout).reason]).toEqual([3, 'revoked'])
    const proven = await at.run([...proving(), '--out', 'late.json'])
    expect(proven.code).toBe(3)
    expect(proven.stderr).toContain('Answer.NotValidNowError')
    const publish = ['issuer', 'publish', 'issuer.json', '--account', 'hospital.account.json', ...chain]
    expect(await at.json(publish)).toMatchObject({ words: 0 })
    expect((await at.run(['credential', 'revoke', 'enrolment.json', ...signed])).code).toBe(2)
  })

  it('lets only the issuer publish its list', async () => {
    await at.json(['issuer', 'invite', 'issuer.json', '--out', 'again.json'])
    await at.json(['credential', 'enrol', 'again.json', '--holder', 'holder.json', '--out', 'again.enrolment.json'])
    const issue = ['--issuer', 'issuer.json', '--signing-key', 'hospital.key.json']
    const to = ['--enrolment', 'again.enrolment.json', '--out', 'again.credential.json']
    await at.json(['credential', 'issue', 'record.json', ...issue, ...to])
    const stranger = ['--issuer', 'issuer.json', '--account', 'insurer.key.json', ...chain]
    const { code, stderr } = await at.run(['credential', 'revoke', 'again.enrolment.json', ...stranger])
    expect(code).toBe(4)
    expect(stderr).toMatch(/The contract refuses: StakeholderRegistry_\w+\./)
  })

  it('tells a chain that is not there, another one, and one without Medseal', async () => {
    const nowhere = ['audit', '--deployment', 'deployment.json', '--rpc', 'http://127.0.0.1:9/secret-key']
    const unreachable = await at.run(nowhere)
    expect(unreachable.code).toBe(4)
    expect(unreachable.stderr).toContain('Chain.UnreachableError: No chain answers at 127.0.0.1:9.')
    expect(unreachable.stderr).not.toContain('secret-key')

    for (const [change, name] of [
      [{ chainId: '1' }, 'Chain.OtherChainError'],
      [
        { addresses: { ...town.network.addresses, EligibilityRegistry: `0x${'12'.repeat(20)}` } },
        'Chain.NotDeployedError',
      ],
    ] as const) {
      const deployment = { ...JSON.parse(at.read('deployment.json')), ...change }
      writeFileSync(at.path('other.json'), JSON.stringify(deployment))
      const { code, stderr } = await at.run(['audit', '--rpc', node.url, '--deployment', 'other.json'])
      expect(code).toBe(2)
      expect(stderr).toContain(name)
    }
  })

  const proving = () => [
    'prove',
    'request.json',
    '--credential',
    'credential.json',
    '--holder',
    'holder.json',
    ...chain,
  ]
})

/** The tenth word of a receipt, behind the offset and length of the bytes it is in. */
function withOtherNullifier(method: string, result: unknown): unknown {
  if (method !== 'eth_getLogs') return result
  const verified = id('eligibility.verified')
  return (result as { topics: string[]; data: string }[]).map((log) => {
    if (!log.topics.includes(verified)) return log
    const at = 2 + 64 * wordOfNullifier
    const word = (BigInt(`0x${log.data.slice(at, at + 64)}`) ^ 1n).toString(16).padStart(64, '0')
    return { ...log, data: log.data.slice(0, at) + word + log.data.slice(at + 64) }
  })
}

/** head, offset of the details, their length, and then the receipt's words: the nullifier is the tenth. */
const wordOfNullifier = 3 + 9
