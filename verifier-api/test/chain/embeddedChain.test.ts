import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import * as Chain from '../../src/chain/Chain.ts'
import * as EmbeddedChain from '../../src/chain/EmbeddedChain.ts'
import * as Log from '../../src/Log.ts'
import { connect } from './dock.ts'

describe('the embedded chain', () => {
  const folders: string[] = []
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medseal-chain-'))
    folders.push(folder)
  })
  afterAll(() => {
    for (const each of folders) rmSync(each, { recursive: true, force: true })
  })

  async function on<T>(chain: EmbeddedChain.EmbeddedChain, work: (ask: Ask) => Promise<T>): Promise<T> {
    const provider = connect(chain.rpcUrl)
    try {
      return await work((method, params = []) => provider.send(method, params))
    } finally {
      provider.destroy()
    }
  }
  type Ask = (method: string, params?: unknown[]) => Promise<unknown>
  const height = async (ask: Ask) => Number(await ask('eth_blockNumber'))

  it('goes on after a restart, by the clock', async () => {
    const first = await EmbeddedChain.start({ folder })
    const [hash, transaction] = await on(first, async (ask) => {
      const [account] = (await ask('eth_accounts')) as string[]
      const sent = await ask('eth_sendTransaction', [{ from: account, to: account, value: '0x1' }])
      return [((await ask('eth_getBlockByNumber', ['latest', false])) as { hash: string }).hash, sent]
    })
    await first.close()
    const second = await EmbeddedChain.start({ folder })
    await on(second, async (ask) => {
      expect(await ask('eth_getBlockByNumber', ['0x1', false])).toMatchObject({ hash })
      expect(await ask('eth_getTransactionReceipt', [transaction])).toMatchObject({ blockHash: hash })
      await ask('evm_mine')
      const { timestamp, parentHash } = (await ask('eth_getBlockByNumber', ['latest', false])) as Record<string, string>
      expect(parentHash).toBe(hash)
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(120)
    })
    await second.close()
  })

  it('is started again when its process is killed, and has lost the last seconds at most', async () => {
    const chain = await EmbeddedChain.start({ folder, saveEverySeconds: 600 })
    await on(chain, (ask) => ask('evm_mine'))
    await chain.save()
    await on(chain, (ask) => ask('evm_mine'))
    const killed = chain.pid()
    process.kill(killed ?? 0, 'SIGKILL')
    const again = await on(chain, async (ask) => {
      for (;;) {
        const number = await height(ask).catch(() => undefined)
        if (number !== undefined && chain.pid() !== killed) return number
        await sleep(50)
      }
    })
    expect(again).toBe(1)
    await chain.close()
    expect(() => process.kill(chain.pid() ?? 0, 0)).toThrow()
  })

  it('ends with the process that started it, however that one ends', async () => {
    const script = join(import.meta.dirname, 'processes/chain.ts')
    const parent = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    let pid = 0
    parent.stdout.once('data', (line: Buffer) => {
      pid = Number(line.toString())
    })
    const signal = await new Promise((ended) => parent.once('exit', (_, by) => ended(by)))
    expect(signal).toBe('SIGKILL')
    expect(pid).toBeGreaterThan(1)
    const isThere = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    while (isThere()) await sleep(20)
    const next = await EmbeddedChain.start({ folder })
    expect(await on(next, height)).toBe(1)
    await next.close()
  })

  it('has the contracts deployed where nobody says where they are, and once', async () => {
    const nowhere = `0x${'11'.repeat(20)}`
    let deployments = 0
    const config = { dataFolder: folder, rpcUrl: undefined, deploymentFile: undefined }
    const deployTo: Chain.DeployTo = async (provider) => {
      deployments++
      await provider.send('anvil_setCode', [nowhere, '0x00'])
      await provider.send('evm_mine', [])
      const names = ['StakeholderRegistry', 'VerifierRegistry', 'PolicyRegistry', 'ConsentRegistry', 'NullifierStore']
      const addresses = Object.fromEntries([...names, 'EligibilityRegistry'].map((name) => [name, nowhere]))
      return { chainId: EmbeddedChain.chainId, fromBlock: 1, addresses: addresses as never }
    }
    await expect(Chain.openChain(config, Log.silent)).rejects.toThrow(Chain.NoDeploymentError)
    for (let start = 0; start < 2; start++) {
      const { network, close } = await Chain.openChain(config, Log.silent, { deployTo })
      expect(network).toMatchObject({ chainId: 31337n, fromBlock: 1, addresses: { PolicyRegistry: nowhere } })
      await close()
    }
    expect(deployments).toBe(1)
  })
})
