import { type Command, Option } from 'commander'
import * as Audit from '../../chain/Audit.ts'
import * as Network from '../../chain/Network.ts'
import type * as Submission from '../../chain/Submission.ts'
import * as CoverageEligibilityResponse from '../../fhir/CoverageEligibilityResponse.ts'
import * as ProofFile from '../../files/ProofFile.ts'
import * as Request from '../../protocol/Request.ts'
import * as Chain from '../Chain.ts'
import * as File from '../File.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import type * as Output from '../Output.ts'
import * as Policies from '../Policies.ts'
import * as ValueSets from '../ValueSets.ts'

type Given = Required<Options.OnChain> & {
  readonly policy?: string
  readonly valueSets?: string
}

export function addTo(program: Command): void {
  Leaf.add<Given, [string]>(program, {
    usage: 'receipt <proof>',
    summary: 'Gives the receipt that a submitted proof has on the chain, as a FHIR R4 CoverageEligibilityResponse.',
    detail:
      'The chain is replayed first: a receipt with findings is not handed on. Whoever is given the response believes it after comparing it with the chain again.',
    example: 'medseal receipt proof.json --rpc http://localhost:8545 --deployment deployment.json',
    options: [
      new Option('--policy <file>', 'the policy it is about: its name then says what was shown'),
      Options.valueSets(),
      ...Options.chain({ mandatory: true }),
    ],
    act: (given, path) => {
      const submission = File.readJson(path, [ProofFile.kind])
      return Chain.use(given, (network) => responseOf(network, submission, given))
    },
  })
}

async function responseOf(
  network: Network.Network,
  { request, part, nullifier }: Submission.Submission,
  { policy, valueSets }: Given,
): Promise<Output.Answer> {
  const requestId = Request.idOf(request)
  const { receipts } = await Audit.replay(network)
  const receipt = receipts.find(
    (each) => each.requestId === requestId && each.part === part && each.nullifier === nullifier,
  )
  const response = CoverageEligibilityResponse.fromReceipt(receipt, {
    chainId: network.chainId,
    contract: Network.addressOf(network, 'EligibilityRegistry'),
    ...(policy !== undefined && { policy: Policies.compile(policy, ValueSets.load(valueSets)) }),
  })
  return { data: response, text: [CoverageEligibilityResponse.format(response)] }
}
