/** A patient's device in memory, and what is asked of it. */
import * as Network from '@medseal/prover/chain/Network'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as Form from '@medseal/prover/files/Form'
import * as Holder from '@medseal/prover/protocol/Holder'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Request from '@medseal/prover/protocol/Request'
import * as Scene from '../../../prover/test/chain/scene.ts'
import * as Desk from '../../src/wallet/device/Desk.ts'
import * as Holdings from '../../src/wallet/Holdings.ts'
import * as Wallet from '../../src/wallet/Wallet.ts'
import * as Memory from './Memory.ts'

/** A device with a wallet that holds a credential, in memory. */
export async function open(scene: Scene.Scene, origin: string): Promise<Desk.Desk> {
  const store = Memory.create()
  const words = Wallet.createWords()
  const cost = { N: 2 ** 7, r: 8, p: 1 }
  const keeper = await Wallet.create(store, { words, passphrase: 'rain over seven hills', cost })
  const seed = Holder.seedOf(words)
  const patient = { name: 'guest', seed, secret: Holder.secretOf(seed) }
  const issued = Scene.issue({ hospital: scene.hospital.hospital, today: scene.today }, patient)
  const file = Form.write(CredentialFile.kind.tag, CredentialFile.fieldsOf(issued))
  const taken = { text: file, today: scene.today, now: new Date().toISOString() }
  await Holdings.receive(keeper, await Wallet.secretsOf(keeper), taken)
  const { network } = scene.town
  return Object.assign(Desk.create(origin), { keeper, network: Promise.resolve(network), artifacts: scene.artifacts })
}

/** A request as a link has it: another each time, by how long it may be answered. */
export async function ask(
  { town: { network, chain }, insurer, policy }: Scene.Scene,
  origin: string,
  seconds = 86_400n,
): Promise<string> {
  const object = PresentationRequest.build({
    chainId: network.chainId,
    consumer: Network.addressOf(network, 'EligibilityRegistry'),
    recipientId: insurer.id,
    program: 0n,
    purpose: 'COVAUTH',
    consentRequired: true,
    expiresAt: BigInt(await chain.now()) + seconds,
    policies: [policy],
    responseUri: `${origin}/v1/requests/one/answer`,
    recipientName: 'Example Insurance',
  })
  const request = PresentationRequest.requestOf(object)
  const domain = Request.domainOf({ chainId: request.chainId, contract: request.consumer })
  const signature = await insurer.signer.signTypedData(domain, Request.types, Request.toTypedData(request))
  return JSON.stringify({ ...object, medseal_signature: signature })
}
