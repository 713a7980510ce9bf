import { JsonRpcProvider } from 'ethers'
import { buildCircuits } from '../../circuits/build/build.ts'
import * as ArtifactsNode from '../../prover/src/ArtifactsNode.ts'
import type * as Network from '../../prover/src/chain/Network.ts'
import * as File from '../../prover/src/cli/File.ts'
import * as CredentialFile from '../../prover/src/files/CredentialFile.ts'
import * as PresentationResponse from '../../prover/src/files/PresentationResponse.ts'
import * as Day from '../../prover/src/protocol/Day.ts'
import * as Holder from '../../prover/src/protocol/Holder.ts'
import * as PolicyCompiler from '../../prover/src/protocol/PolicyCompiler.ts'
import * as PresentationRequest from '../../prover/src/protocol/PresentationRequest.ts'
import type { Network as NetworkResource } from '../../verifier-api/src/resources/Network.ts'
import * as Keys from '../Keys.ts'
import * as Patient from '../Patient.ts'
import * as Stage from '../Stage.ts'

type Question = {
  readonly id: string
  /** A sample patient's name, whose words are published. */
  readonly patient: string
  /** The file that the hospital gave. */
  readonly credential: string
}

/** A sample patient's device without a browser: opens a request, really proves, posts. All it knows it has over HTTP. */
export async function answer(origin: string, { id, patient: name, credential }: Question): Promise<void> {
  const response = await fetch(`${origin}/v1/requests/${id}/object`)
  const object = PresentationRequest.parse(await response.text())
  const compile = (policy: Parameters<typeof PolicyCompiler.compile>[0]) =>
    PolicyCompiler.compile(policy, { valueSets: Stage.valueSets() })
  const incoming = {
    request: PresentationRequest.requestOf(object),
    signature: object.medseal_signature,
    policies: PresentationRequest.policiesOf(object).map(compile),
  }
  const seed = Holder.seedOf(Keys.wordsOf(name))
  const patient = { name, seed, secret: Holder.secretOf(seed) }
  const issued = File.readJson(credential, [CredentialFile.kind])
  const holding = Patient.receive(patient, issued, Day.ofUnixSeconds(Date.now() / 1000))
  const artifacts = ArtifactsNode.fromPaths(await buildCircuits())
  const network = await connect(origin)
  try {
    const submission = await Patient.answer(patient, network, holding, incoming, { artifacts })
    const body = PresentationResponse.formOf(object, [submission])
    const posted = await fetch(object.response_uri, { method: 'POST', body })
    if (!posted.ok) throw new Error(`The answer is refused: ${await posted.text()}`)
  } finally {
    network.provider.destroy()
  }
}

async function connect(origin: string): Promise<Network.Network & { readonly provider: JsonRpcProvider }> {
  const { chainId, fromBlock, addresses } = (await (await fetch(`${origin}/v1/network`)).json()) as NetworkResource
  const options = { staticNetwork: true, batchMaxCount: 20 }
  const provider = new JsonRpcProvider(`${origin}/rpc`, Number(chainId), options)
  return { chainId: BigInt(chainId), fromBlock, addresses: addresses as Network.Network['addresses'], provider }
}
