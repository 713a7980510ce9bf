import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { JsonRpcProvider } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Network from '../../../prover/src/chain/Network.ts'
import * as RequestCheck from '../../../prover/src/chain/RequestCheck.ts'
import * as CoverageEligibilityResponse from '../../../prover/src/fhir/CoverageEligibilityResponse.ts'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Town from '../../../samples/Town.ts'
import { createApp } from '../../src/app.ts'
import * as auditEntries from '../../src/routes/auditEntries.ts'
import * as network from '../../src/routes/network.ts'
import * as receipts from '../../src/routes/receipts.ts'
import * as rpc from '../../src/routes/rpc.ts'
import * as stakeholders from '../../src/routes/stakeholders.ts'
import { testServices } from '../services.ts'
import * as Dock from './dock.ts'
import * as Harbour from './harbour.ts'

describe('what the chain says, over HTTP', () => {
  let harbour: Harbour.Harbour
  let services: Awaited<ReturnType<typeof testServices>>
  let server: Server
  let origin: string

  beforeAll(async () => {
    harbour = await Harbour.open({ proofs: 1 })
    services = await testServices({ network: harbour.network })
    const [submission] = harbour.submissions
    if (submission) await Scene.submit(harbour.scene, submission)
    await Dock.catchUp(Dock.following(harbour, services.storage))
    const routes = [network, stakeholders, auditEntries, receipts, rpc].flatMap((noun) => noun.routes(services))
    server = createApp(services, { authenticate: async () => undefined, routes }).listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server?.close()
    await services?.close()
    await harbour?.close()
  })

  async function get(path: string) {
    const response = await fetch(origin + path)
    return { status: response.status, json: JSON.parse(await response.text()) }
  }
  async function ask(body: unknown) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${origin}/rpc`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, json: JSON.parse(await response.text()) }
  }
  const call = (method: string, ...params: unknown[]) => ({ jsonrpc: '2.0', id: 1, method, params })

  it('says where everything is', async () => {
    const { json } = await get('/v1/network')
    const { chainId, fromBlock, addresses } = harbour.network
    expect(json).toMatchObject({ object: 'network', chainId: `${chainId}`, fromBlock, addresses })
    expect(json.blockNumber).toBe(await harbour.provider.getBlockNumber())
  })

  it('lists stakeholders, and finds one by number and by key', async () => {
    const { json } = await get('/v1/stakeholders')
    expect(json.data.map(({ roles }: { roles: string[] }) => roles)).toEqual([['hospital'], ['insurer']])
    const { id, signer } = harbour.scene.insurer
    expect((await get(`/v1/stakeholders/${id}`)).json).toMatchObject({ key: signer.address.toLowerCase() })
    expect((await get(`/v1/stakeholders?key=${signer.address}`)).json.data).toHaveLength(1)
    expect((await get('/v1/stakeholders/99')).status).toBe(404)
  })

  it('gives all audit entries page by page, each once', async () => {
    for (const order of ['asc', 'desc']) {
      const seen: string[] = []
      for (let cursor = ''; ; ) {
        const { json } = await get(`/v1/audit-entries?limit=3&order=${order}${cursor && `&cursor=${cursor}`}`)
        seen.push(...json.data.map(({ id }: { id: string }) => id))
        if (json.next === null) break
        cursor = json.next
      }
      const rows = await services.database.selectFrom('audit_entries').select('id').orderBy('position').execute()
      const ids = rows.map(({ id }) => id)
      expect(seen).toEqual(order === 'asc' ? ids : ids.reverse())
    }
    const { json } = await get('/v1/audit-entries?contract=EligibilityRegistry&action=eligibility.verified')
    expect(json.data).toHaveLength(1)
    expect((await get('/v1/audit-entries?contract=Nobody')).status).toBe(400)
    expect((await get('/v1/audit-entries?cursor=AAAA')).status).toBe(400)
  })

  it('gives receipts, and one as a FHIR resource that stands the comparison with the chain', async () => {
    const { id } = harbour.scene.insurer
    const { json } = await get(`/v1/receipts?recipientId=${id}`)
    const [receipt] = json.data
    expect(receipt).toMatchObject({ object: 'receipt', recipientId: `${id}`, part: 0, final: true })
    expect((await get(`/v1/receipts/${receipt.id}`)).json).toEqual(receipt)
    expect((await get(`/v1/receipts?policyHash=${receipt.policyHash}`)).json.data).toEqual([receipt])
    expect((await get(`/v1/receipts?requestDigest=${receipt.policyHash}`)).json.data).toEqual([])
    const response = await fetch(`${origin}/v1/receipts/${receipt.id}/coverage-eligibility-response`)
    expect(response.headers.get('content-type')).toContain('application/fhir+json')
    const said = CoverageEligibilityResponse.parse(await response.text())
    expect(said).toMatchObject({ transactionHash: receipt.transactionHash, policyHash: receipt.policyHash })
    expect((await get('/v1/receipts/rcp_99/coverage-eligibility-response')).status).toBe(404)
  })

  it('lets a page check a request and send what it signed, all through /rpc', async () => {
    const provider = new JsonRpcProvider(`${origin}/rpc`, 31337, { staticNetwork: true, cacheTimeout: -1 })
    const seen = { ...harbour.network, provider }
    const { scene } = harbour
    const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: [scene.policy.hash] })
    expect(await RequestCheck.objections(seen, { ...asked, policies: [scene.policy] })).toEqual([])
    const { signer, id } = scene.insurer
    const registry = Network.contract(seen, 'StakeholderRegistry', signer.connect(provider))
    const sent = await registry.getFunction('proposeKey')(id, scene.town.registrar.address)
    expect((await sent.wait()).status).toBe(1)
    provider.destroy()
  })

  it('answers a batch in its order, refusals among it', async () => {
    const { json } = await ask([
      { ...call('eth_chainId'), id: 'a' },
      { ...call('anvil_setBalance', harbour.scene.insurer.signer.address, '0x0'), id: 'b' },
      { ...call('eth_blockNumber'), id: 'c' },
    ])
    expect(json).toMatchObject([{ id: 'a', result: '0x7a69' }, { id: 'b', error: { code: -32601 } }, { id: 'c' }])
  })

  it.each([
    ['accounts of the node', 'eth_accounts', []],
    ['what the node would sign', 'eth_sendTransaction', [{}]],
    ['the clock of the chain', 'evm_increaseTime', [1000]],
    ['prototypes', '__proto__', []],
    ['logs of others', 'eth_getLogs', [{ fromBlock: '0x0' }]],
    ['calls of others', 'eth_call', [{ to: `0x${'22'.repeat(20)}`, data: '0x' }, 'latest']],
    ['calls in an altered state', 'eth_call', [{ to: `0x${'22'.repeat(20)}` }, 'latest', {}]],
    ['transactions to others', 'eth_sendRawTransaction', ['0x02']],
    ['whole blocks', 'eth_getBlockByNumber', ['latest', true]],
  ])('does not pass on %s', async (_, method, params) => {
    const { status, json } = await ask(call(method, ...params))
    expect(status).toBe(200)
    expect([-32601, -32602]).toContain(json.error.code)
  })

  it('passes on what the chain refuses as the chain says it', async () => {
    const registry = Network.contract(harbour.network, 'EligibilityRegistry')
    const data = registry.interface.encodeFunctionData('verifyBatch', [[]]).slice(0, 10)
    const { json } = await ask(call('eth_call', { to: harbour.network.addresses.EligibilityRegistry, data }, 'latest'))
    expect(json.error.code).toBeTypeOf('number')
    expect(json.result).toBeUndefined()
  })

  it.each([[[]], [Array.from({ length: 21 }, () => call('eth_chainId'))], [{}], ['text'], [null]])(
    'takes no body of another form: %#',
    async (body) => {
      expect((await ask(body)).status).toBe(400)
    },
  )
})
