import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ContractFactory, type InterfaceAbi, type Signer } from 'ethers'
import { buildCircuits } from '../../../circuits/build/build.ts'
import * as SolidityVerifier from '../../../circuits/build/solidityVerifier.ts'
import type * as VerificationKey from '../../../circuits/build/verificationKey.ts'
import * as Bn254 from '../../src/Bn254.ts'
import { circuits } from '../../src/generated/circuits.ts'
import type * as Proof from '../../src/Proof.ts'
import type { Circuit } from '../../src/protocol/Eligibility.ts'
import * as ParsedKey from '../../src/VerificationKey.ts'

/** Compiles and deploys a verifier that this project does not have: for production, or with a planted fault. */
export async function deploy(
  signer: Signer,
  circuit: Circuit,
  { isDevelopment = true, fault }: { isDevelopment?: boolean; fault?: 'gamma-is-delta' } = {},
): Promise<string> {
  const built = await buildCircuits({ names: [circuit] })
  const honest: VerificationKey.VerificationKey = JSON.parse(readFileSync(built[circuit].verificationKey, 'utf8'))
  const key = fault ? { ...honest, vk_gamma_2: honest.vk_delta_2 } : honest
  const { publicSignals } = circuits[circuit]
  const source = SolidityVerifier.toSolidity({ kind: circuit, key, publicSignals, isDevelopment })
  const { abi, bytecode } = compile(source, SolidityVerifier.nameContract(circuit))
  const contract = await new ContractFactory(abi, bytecode, signer).deploy()
  await contract.waitForDeployment()
  return contract.getAddress()
}

/** What anybody can write down from a key alone, and a key with gamma = delta accepts: A = alpha, B = beta, C = -x. */
export async function forge(circuit: Circuit, signals: readonly bigint[]): Promise<Proof.Proof> {
  const { alpha, beta, ic } = ParsedKey.fromSnarkjs(circuits[circuit].verificationKey)
  const [constant, ...points] = ic
  const terms = points.map((point, i) => ({ point, scalar: signals[i] ?? 0n }))
  const x = constant && (await Bn254.sum(constant, terms))
  if (!x) throw new Error('The signals lead to infinity: take others.')
  return { a: alpha, b: beta, c: Bn254.negateG1(x) }
}

function compile(source: string, name: string): { abi: InterfaceAbi; bytecode: string } {
  const solc: { compile(input: string): string } = createRequire(import.meta.url)('solc')
  const contracts = new URL('../../../contracts/', import.meta.url)
  const content = (path: string) => ({ content: readFileSync(new URL(path, contracts), 'utf8') })
  const input = {
    language: 'Solidity',
    sources: {
      'contracts/generated/Planted.sol': { content: source },
      'contracts/interfaces/IVerifier.sol': content('interfaces/IVerifier.sol'),
      'contracts/types/Proof.sol': content('types/Proof.sol'),
    },
    settings: {
      optimizer: { enabled: true },
      evmVersion: 'cancun',
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  }
  const { abi, evm } = JSON.parse(solc.compile(JSON.stringify(input))).contracts['contracts/generated/Planted.sol'][
    name
  ]
  return { abi, bytecode: evm.bytecode.object }
}
