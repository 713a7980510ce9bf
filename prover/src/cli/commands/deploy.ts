import { type Command, InvalidArgumentError, Option } from 'commander'
import { getAddress } from 'ethers'
import * as DeploymentFile from '../../files/DeploymentFile.ts'
import * as Chain from '../Chain.ts'
import * as File from '../File.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Secret from '../Secret.ts'

type Given = Options.Out & {
  readonly rpc: string
  readonly account?: string
  readonly registrar?: string
  readonly attester: readonly string[]
}

export function addTo(program: Command): void {
  Leaf.add<Given, []>(program, {
    usage: 'deploy',
    summary: 'Puts the contracts onto a chain, and writes where they are.',
    detail: `The account pays, and must send nothing else meanwhile. Delays are those of a public chain wherever the chain is none
for development (id 31337). Verifiers are of development keys and go onto such a chain alone; elsewhere the registrar
registers those of a ceremony. Needs a checkout, whose contracts it compiles.`,
    example:
      'medseal deploy --rpc http://localhost:8545 --account operator.key.json --out deployment.json --attester 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --attester 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    options: [
      new Option('--rpc <url>', 'JSON-RPC of the chain').env('MEDSEAL_RPC_URL').makeOptionMandatory(),
      Options.account(),
      new Option(
        '--registrar <address>',
        'who verifies stakeholders, a multisig on a public chain (default: the account)',
      ).argParser(address),
      new Option('--attester <address>', 'who vouches for verifiers: at least two, none of them the registrar')
        .argParser((text, before: readonly string[] = []) => [...before, address(text)])
        .makeOptionMandatory(),
      ...Options.out('the deployment'),
    ],
    act: async ({ rpc, account, registrar, attester: attesters, out, force }) => {
      File.assertFree(out, { force })
      const wallet = await Secret.read(KeyFile.account, account)
      const chosen = registrar ?? wallet.address
      if (new Set(attesters).size < 2 || attesters.includes(chosen)) throw new AttestersError()
      const { deploy, fromCheckout } = await load()
      return Chain.reach(rpc, async (provider) => {
        if ((await provider.getBalance(wallet.address)) === 0n)
          throw new Chain.FailedError({ code: 'INSUFFICIENT_FUNDS' })
        const { verifiers, chainId, fromBlock, addresses } = await deploy({
          signer: wallet.connect(provider),
          readArtifact: fromCheckout(),
          registrar: chosen,
          attesters,
        })
        const fields = { chainId: String(chainId), fromBlock, addresses }
        File.writeJson(out, DeploymentFile.kind.tag, fields, { force, secret: false })
        const placed = verifiers.map(({ kind, version, address, registered }) => ({
          kind,
          version,
          address,
          registered,
        }))
        return {
          data: { ...fields, registrar: chosen, attesters, verifiers: placed },
          text: [
            `deployed on chain ${chainId}, from block ${fromBlock}: ${out}`,
            `registrar ${chosen}`,
            ...placed.map(
              ({ kind, address, registered }) => `${kind}: ${registered ? '' : 'not registered, '}${address}`,
            ),
            ...(placed.length === 0 ? ['no verifiers: the registrar registers those of a ceremony'] : []),
          ],
        }
      })
    },
  })
}

function address(text: string): string {
  try {
    return getAddress(text)
  } catch {
    throw new InvalidArgumentError('It must be an address, its capitals right where it has any.')
  }
}

/** The contracts and their compiler. Found when they are asked for: nothing else of the prover needs them. */
async function load() {
  try {
    const [{ deploy }, { fromCheckout }] = await Promise.all([
      import('../../../../contracts/deployment.ts'),
      import('../../../../contracts/artifacts.ts'),
    ])
    return { deploy, fromCheckout }
  } catch (cause) {
    throw new NoCheckoutError({ cause })
  }
}

/** Too few vouch, or the registrar for itself. */
export class AttestersError extends Error {
  override readonly name = 'Arguments.AttestersError'
  constructor() {
    super('--attester is needed at least twice, for two others than the registrar.')
  }
}

/** The contracts are not here. */
export class NoCheckoutError extends Error {
  override readonly name = 'Deploy.NoCheckoutError'
  constructor(options: ErrorOptions) {
    super('There are no contracts here: medseal deploy needs a checkout of Medseal.', options)
  }
}
