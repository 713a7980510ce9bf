/**
 * `npm run -s stats:gas`: what the operations cost, as JSON and nothing else on standard output. Real proofs, of one
 * insurer's requests with a consent each, on a chain where every contract has entries; batches per proof.
 */
import { id, type Signer } from 'ethers'
import * as Network from '../../prover/src/chain/Network.ts'
import type * as Submission from '../../prover/src/chain/Submission.ts'
import * as StatusList from '../../prover/src/protocol/StatusList.ts'
import * as Scene from '../../prover/test/chain/scene.ts'
import * as Town from '../../samples/Town.ts'

/**
 * @param batches Sizes, each measured with the same proofs. A proof of eligibility-s costs the chain what one of the
 * larger circuits does: all have five signals.
 */
export async function measure({ batches }: { batches: readonly number[] }): Promise<Readonly<Record<string, number>>> {
  const scene = await Scene.set()
  const used: Record<string, number> = {}
  const submissions = await prove(scene, Math.max(1, ...batches) + 1)
  const [first, second] = submissions
  if (!first || !second) throw new Error('There are no proofs.')
  await Scene.submit(scene, first)

  used['eligibility.verify'] = await apart(scene, async () => gasOf(await Scene.submit(scene, second)))
  for (const size of batches) {
    const total = await apart(scene, async () => {
      const receipt = await Scene.submitBatch(scene, submissions.slice(1, size + 1))
      const { accepted } = Scene.tally(scene, receipt)
      if (accepted !== size) throw new Error(`${accepted} of a batch of ${size} were accepted.`)
      return gasOf(receipt)
    })
    used[`eligibility.verifyBatch${size}`] = Math.ceil(total / size)
  }
  Object.assign(used, await measureRest(scene))
  await Scene.strike(scene)
  return used
}

/** As many requests of the insurer's, all answered by one patient: each has a scope and so a nullifier of its own. */
async function prove(scene: Scene.Scene, count: number): Promise<readonly Submission.Submission[]> {
  const prepared = await Scene.prepare(scene, Scene.invite(scene))
  const submissions: Submission.Submission[] = []
  while (submissions.length < count) {
    const asked = await Town.ask(scene.town, scene.insurer, { policyHashes: [scene.policy.hash] })
    submissions.push(await Scene.prove(scene, Scene.retarget(prepared, asked)))
  }
  return submissions
}

async function measureRest(scene: Scene.Scene): Promise<Record<string, number>> {
  const { town, hospital, insurer } = scene
  const patient = town.chain.accounts[9]
  if (!patient) throw new Error('The chain has too few accounts.')
  const issuer = { key: patient.address, payout: patient.address, roles: 2, licenceHash: id('licence'), issuerId: 1n }
  const status = StatusList.create()
  const terms = {
    policyHash: scene.policy.hash,
    termsHash: id(scene.policy.policy.name),
    token: '0x0000000000000000000000000000000000000000',
    price: 0n,
    maximumPayout: 0n,
    maximumSales: 0,
    oncePerPerson: true,
  }
  const document = new TextEncoder().encode(JSON.stringify(scene.policy.policy))
  const [change] = StatusList.revoke(hospital.hospital.status, [StatusList.indexAt(5, 7)])
  if (!change) throw new Error('Nothing was revoked.')
  const statusRoot = StatusList.root(hospital.hospital.status)

  const call = (name: Network.ContractName, signer: Signer, method: string, ...values: readonly unknown[]) =>
    apart(scene, async () => {
      const sent = await Network.contract(town.network, name, signer).getFunction(method)(...values)
      return gasOf(await sent.wait())
    })
  const addition = { ...issuer, validUntil: 160_000n, statusRoot: StatusList.root(status) }
  return {
    'issuer.add': await call('StakeholderRegistry', town.registrar, 'register', addition),
    'issuer.updateStatus': await call(
      'StakeholderRegistry',
      hospital.signer,
      'updateStatus',
      hospital.id,
      statusRoot,
      [change.position],
      [change.word],
    ),
    'policy.publish': await call('PolicyRegistry', insurer.signer, 'publish', insurer.id, 9, terms, document),
    'consent.revoke': await call('ConsentRegistry', patient, 'revoke', id('a consent')),
  }
}

/** Each is measured from the same state, and leaves nothing. */
async function apart<T>({ town }: Scene.Scene, act: () => Promise<T>): Promise<T> {
  const back = await town.chain.snapshot()
  const result = await act()
  await back()
  return result
}

function gasOf({ gasUsed }: { gasUsed: bigint }): number {
  return Number(gasUsed)
}

if (import.meta.main) console.log(JSON.stringify(await measure({ batches: [4, 16, 64] }), null, 2))
