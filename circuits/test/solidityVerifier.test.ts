import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { BrowserProvider, ContractFactory, dataSlice, type InterfaceAbi, id } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCircuits } from '../build/build.ts'
import { root } from '../build/compile.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as SolidityVerifier from '../build/solidityVerifier.ts'
import * as VerificationKey from '../build/verificationKey.ts'
import { endWorkers, prove, snarkjs } from './smallCircuit.ts'

/** Order of the field of coordinates (EIP-197). */
const q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

interface Proof {
  readonly a: readonly [bigint, bigint]
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]]
  readonly c: readonly [bigint, bigint]
}
interface Proven {
  readonly proof: Proof
  readonly signals: readonly bigint[]
}
interface Verifier {
  readonly target: string
  readonly interface: { encodeFunctionData(name: string, values: readonly unknown[]): string }
  keyHash(): Promise<string>
  verificationKey(): Promise<readonly bigint[]>
  verifyProof(proof: Proof, signals: readonly bigint[]): Promise<boolean>
  verifyBatch(proofs: readonly Proof[], signals: readonly bigint[]): Promise<boolean>
}

const size = 4
let verifier: Verifier
let proven: readonly Proven[]
let network: Awaited<ReturnType<typeof hre.network.create>>

beforeAll(async () => {
  const { enrolment } = await buildCircuits({ names: ['enrolment'] })
  proven = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const inputs = { holderSecret: 100 + index, issuerId: 7, context: 1000 + index }
      const { proof, publicSignals } = await prove(inputs, enrolment.wasm, enrolment.zkey)
      const callData = await snarkjs.groth16.exportSolidityCallData(proof, publicSignals)
      const [a, b, c, signals] = JSON.parse(`[${callData}]`, (_, value) =>
        typeof value === 'string' ? BigInt(value) : value,
      )
      return { proof: { a, b, c }, signals }
    }),
  )
  network = await hre.network.create('local')
  verifier = await deploy(network)
})
afterAll(async () => {
  await network.close()
  await endWorkers()
})

type Artifact = { readonly abi: InterfaceAbi; readonly bytecode: string }

async function deploy(on: typeof network, artifact = readArtifact()): Promise<Verifier> {
  const provider = new BrowserProvider(on.provider, undefined, { cacheTimeout: -1 })
  const contract = await new ContractFactory(artifact.abi, artifact.bytecode, await provider.getSigner()).deploy()
  await contract.waitForDeployment()
  return contract as unknown as Verifier
}

function readArtifact(): Artifact {
  const path = '.cache/artifacts/contracts/generated/Verifier_Enrolment.sol/Verifier_Enrolment.json'
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

/** Compiles a verifier that this project does not have: one with a planted fault, or one for production. */
function compileVerifier(source: string): Artifact {
  const solc: { compile(input: string): string } = createRequire(import.meta.url)('solc')
  const content = (path: string) => ({ content: readFileSync(join(root, path), 'utf8') })
  const output = solc.compile(
    JSON.stringify({
      language: 'Solidity',
      sources: {
        'contracts/generated/Planted.sol': { content: source },
        'contracts/interfaces/IVerifier.sol': content('contracts/interfaces/IVerifier.sol'),
        'contracts/types/Proof.sol': content('contracts/types/Proof.sol'),
      },
      settings: {
        optimizer: { enabled: true },
        evmVersion: 'cancun',
        outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
      },
    }),
  )
  const { abi, evm } = JSON.parse(output).contracts['contracts/generated/Planted.sol'].Verifier_Enrolment
  return { abi, bytecode: evm.bytecode.object }
}

async function writeVerifier(change: Partial<SolidityVerifier.VerifierOptions> = {}): Promise<string> {
  const key = await readKey()
  const publicSignals = ['holder', 'issuerId', 'context']
  return SolidityVerifier.toSolidity({ kind: 'enrolment', key, publicSignals, isDevelopment: true, ...change })
}

async function readKey(): Promise<VerificationKey.VerificationKey> {
  const { enrolment } = await buildCircuits({ names: ['enrolment'] })
  return JSON.parse(readFileSync(enrolment.verificationKey, 'utf8'))
}

/** What anybody can write down from a key alone: A = alpha, B = beta, C = -x; all signals 0, so x is IC's first point. */
async function forge(against: Verifier): Promise<Proof> {
  const [alphaX = 0n, alphaY = 0n, b0 = 0n, b1 = 0n, b2 = 0n, b3 = 0n, ...rest] = await against.verificationKey()
  const [x = 0n, y = 0n] = rest.slice(8)
  return {
    a: [alphaX, alphaY],
    b: [
      [b0, b1],
      [b2, b3],
    ],
    c: [x, q - y],
  }
}

const first = () => proven[0] as Proven
const second = () => proven[1] as Proven
const verify = ({ proof, signals }: Proven) => verifier.verifyProof(proof, signals)
const verifyBatch = (batch: readonly Proven[]) =>
  verifier.verifyBatch(
    batch.map(({ proof }) => proof),
    batch.flatMap(({ signals }) => signals),
  )

/** Gas of a call, without what any transaction with such data costs (EIP-2028). */
async function measure(name: string, values: readonly unknown[]): Promise<bigint> {
  const provider = new BrowserProvider(network.provider, undefined, { cacheTimeout: -1 })
  const data = verifier.interface.encodeFunctionData(name, values)
  const bytes = Buffer.from(data.slice(2), 'hex')
  const signer = await provider.getSigner()
  const sent = await signer.sendTransaction({ to: verifier.target, data, gasLimit: 5_000_000 })
  const receipt = await sent.wait()
  return (receipt?.gasUsed ?? 0n) - bytes.reduce((sum, byte) => sum + (byte === 0 ? 4n : 16n), 21_000n)
}

describe('SolidityVerifier::verifyProof', () => {
  it('accepts honest proofs', async () => {
    for (const each of proven) expect(await verify(each)).toBe(true)
  })

  it('PUB-1 PUB-3 refuses a signal plus one, plus once or twice the field order, and 2^256 - 1', async () => {
    const { proof, signals } = first()
    for (const [position, signal] of signals.entries()) {
      for (const other of [signal + 1n, signal + fieldOrder, signal + 2n * fieldOrder, 2n ** 256n - 1n]) {
        expect(await verifier.verifyProof(proof, signals.with(position, other))).toBe(false)
      }
    }
  })

  it('returns false, at bounded cost, on points that are none, on infinity, and on too few or many signals', async () => {
    const { proof, signals } = first()
    const [x, y] = proof.a
    const junk: readonly Proof[] = [
      { ...proof, a: [x, (y + 1n) % q] },
      { ...proof, a: [x + q, y] },
      { ...proof, a: [x, y + q] },
      { ...proof, a: [0n, 0n] },
      { ...proof, a: [0n, q] },
      { ...proof, c: [1n, 1n] },
      { ...proof, c: [proof.c[0] + q, proof.c[1]] },
      { ...proof, b: [proof.b[1], proof.b[0]] },
      {
        ...proof,
        b: [
          [0n, 0n],
          [0n, 0n],
        ],
      },
    ]
    for (const other of junk) {
      expect(await verifier.verifyProof(other, signals)).toBe(false)
      expect(await verifier.verifyBatch([second().proof, other], [...second().signals, ...signals])).toBe(false)
      expect(await measure('verifyProof', [other, signals])).toBeLessThan(500_000n)
    }
    for (const others of [[], signals.slice(1), [...signals, 0n]]) {
      expect(await verifier.verifyProof(proof, others)).toBe(false)
    }
  })

  it('KEY-1 refuses the forgery that a key with gamma = delta accepts', async () => {
    const forged = await forge(verifier)
    const signals = [0n, 0n, 0n]
    expect(await verifier.verifyProof(forged, signals)).toBe(false)
    expect(await verifier.verifyBatch([forged], signals)).toBe(false)
    const key = await readKey()
    const source = await writeVerifier({ key: { ...key, vk_gamma_2: key.vk_delta_2 } })
    const planted = await deploy(network, compileVerifier(source))
    expect(await planted.verifyProof(await forge(planted), signals)).toBe(true)
    expect(await planted.verifyBatch([await forge(planted)], signals)).toBe(true)
  })
})

describe('SolidityVerifier::verifyBatch', () => {
  it('accepts honest proofs, one or several, a duplicate among them too', async () => {
    for (let count = 1; count <= size; count++) expect(await verifyBatch(proven.slice(0, count))).toBe(true)
    expect(await verifyBatch([first(), first()])).toBe(true)
  })

  it('refuses the batch when any one part of any one proof is wrong', async () => {
    for (let index = 0; index < size; index++) {
      const { proof, signals } = proven[index] as Proven
      const { proof: other } = proven[(index + 1) % size] as Proven
      const wrong: readonly Proven[] = [
        { proof: { ...proof, a: other.a }, signals },
        { proof: { ...proof, b: other.b }, signals },
        { proof: { ...proof, c: other.c }, signals },
        ...signals.map((signal, position) => ({ proof, signals: signals.with(position, signal + 1n) })),
        ...signals.map((signal, position) => ({ proof, signals: signals.with(position, signal + fieldOrder) })),
      ]
      for (const each of wrong) expect(await verifyBatch(proven.with(index, each))).toBe(false)
    }
  })

  it('BAT-1 refuses two invalid proofs whose errors cancel at coefficients (1, 1)', async () => {
    // The C points, or the signals, of two proofs exchanged: their plain sum is what it was.
    const [one, two] = [first(), second()]
    const exchanged = [
      { ...one, proof: { ...one.proof, c: two.proof.c } },
      { ...two, proof: { ...two.proof, c: one.proof.c } },
    ]
    expect(await verifyBatch(exchanged)).toBe(false)
    const honest = await writeVerifier()
    const source = honest.replace('r := shr(128, keccak256(0, 0x40))', 'r := 1')
    expect(source).not.toBe(honest)
    const planted = await deploy(network, compileVerifier(source))
    const proofs = exchanged.map(({ proof }) => proof)
    expect(await planted.verifyBatch(proofs, [...one.signals, ...two.signals])).toBe(true)
    expect(
      await verifyBatch([
        { ...one, signals: two.signals },
        { ...two, signals: one.signals },
      ]),
    ).toBe(false)
  })

  it('returns false on nothing, and on signals that do not fit the proofs', async () => {
    expect(await verifier.verifyBatch([], [])).toBe(false)
    expect(await verifier.verifyBatch([first().proof], [])).toBe(false)
    expect(await verifier.verifyBatch([], first().signals)).toBe(false)
  })
})

describe('SolidityVerifier', () => {
  it('KEY-2 carries the constants of the key, under the hash of its words', async () => {
    const { enrolment } = await buildCircuits({ names: ['enrolment'] })
    const key = await readKey()
    expect([...(await verifier.verificationKey())]).toEqual([...VerificationKey.toWords(key)])
    expect(await verifier.keyHash()).toBe(`0x${VerificationKey.hash(key)}`)
    expect(await verifier.keyHash()).toBe(`0x${enrolment.hashes.verificationKey}`)
  })

  it('KEY-3 cannot be deployed, under its development key, off a local chain', async () => {
    const elsewhere = await hre.network.create('public')
    const notLocal = dataSlice(id('DevelopmentVerifier_NotLocal(uint256)'), 0, 4)
    await expect(deploy(elsewhere)).rejects.toMatchObject({ data: expect.stringMatching(`^${notLocal}`) })
    const production = compileVerifier(await writeVerifier({ isDevelopment: false }))
    const { proof, signals } = first()
    expect(await (await deploy(elsewhere, production)).verifyProof(proof, signals)).toBe(true)
    await elsewhere.close()
  })

  it('stays within its gas: 6,150 a signal above the pairing, and 49,000 for each further proof of a batch', async () => {
    const { proof, signals } = first()
    // 181,000 for four pairings, 6,150 for multiplying and adding a point (EIP-1108).
    const budget = 181_000n + 3_250n + 6_150n * BigInt(signals.length)
    expect(await measure('verifyProof', [proof, signals])).toBeLessThan(budget)
    const costs: bigint[] = []
    for (let count = 1; count <= size; count++) {
      const batch = proven.slice(0, count)
      costs.push(await measure('verifyBatch', [batch.map((each) => each.proof), batch.flatMap((each) => each.signals)]))
    }
    for (const [index, cost] of costs.entries()) {
      if (index > 0) expect(cost - (costs[index - 1] as bigint)).toBeLessThan(49_000n)
    }
  })
})
