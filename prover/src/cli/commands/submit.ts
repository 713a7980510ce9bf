import type { Command } from 'commander'
import * as Network from '../../chain/Network.ts'
import * as Submission from '../../chain/Submission.ts'
import * as ProofFile from '../../files/ProofFile.ts'
import * as Chain from '../Chain.ts'
import * as File from '../File.ts'
import * as KeyFile from '../KeyFile.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Secret from '../Secret.ts'

export function addTo(program: Command): void {
  type Given = Required<Options.OnChain> & { readonly account?: string }
  Leaf.add<Given, [string]>(program, {
    usage: 'submit <proof>',
    summary: 'Carries a proof to the contract, which checks it and leaves a receipt.',
    detail: 'Anybody may: use an account that is not known to be the patient’s. The account pays the gas.',
    example:
      'medseal submit proof.json --rpc http://localhost:8545 --deployment deployment.json --account carrier.key.json',
    options: [...Options.chain({ mandatory: true }), Options.account()],
    act: async (options, path) => {
      const submission = File.readJson(path, [ProofFile.kind])
      const wallet = await Secret.read(KeyFile.account, options.account)
      return Chain.use(options, async (network) => {
        const registry = Network.contract(network, 'EligibilityRegistry', wallet.connect(network.provider))
        const transaction = await Chain.sent(registry.getFunction('verify')(Submission.toContractArgs(submission)))
        return { data: { transaction }, text: [`accepted in ${transaction}`] }
      })
    },
  })
}
