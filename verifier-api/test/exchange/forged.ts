import * as Bn254 from '@medseal/prover/Bn254'
import type * as Submission from '@medseal/prover/chain/Submission'
import type * as Day from '@medseal/prover/protocol/Day'
import type { Nullifier } from '@medseal/prover/protocol/Eligibility'
import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '@medseal/prover/protocol/Request'
import * as files from '../../../samples/files.ts'
import * as Id from '../../src/Id.ts'
import type { Services } from '../../src/Services.ts'

/** An open request that no chain knows, with an answer that fits it and proves nothing. */
export async function openRequest({ database, valueSets }: Pick<Services, 'database' | 'valueSets'>) {
  const id = Id.create('request')
  const object = PresentationRequest.build({
    chainId: 31337n,
    consumer: `0x${'12'.repeat(20)}`,
    recipientId: 7n as Asked.StakeholderId,
    program: 0n,
    purpose: 'COVAUTH',
    consentRequired: false,
    expiresAt: BigInt(Math.floor(Date.now() / 1000) + 86_400),
    policies: [PolicyCompiler.compile(files.policyOf('glp1-type-2-diabetes'), { valueSets })],
    responseUri: `http://localhost/v1/requests/${id}/answer`,
    recipientName: 'Example Insurance',
  })
  const signed = { ...object, medseal_signature: `0x${'34'.repeat(65)}` }
  const request = PresentationRequest.requestOf(object)
  await database
    .insertInto('requests')
    .values({
      id,
      stakeholder_id: '7',
      digest: Asked.idOf(request),
      request: JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
      object: JSON.stringify(object),
      signature: signed.medseal_signature,
      state: 'open',
      expires_at: new Date(Number(request.expiresAt) * 1000),
      created_at: new Date(),
    })
    .execute()
  return { id, object: signed, answer: answerTo(signed) }
}

function answerTo(object: PresentationRequest.PresentationRequest): Submission.Submission {
  return {
    request: PresentationRequest.requestOf(object),
    requestSignature: object.medseal_signature,
    part: 0,
    circuit: 'eligibility-s',
    verifierVersion: 1,
    today: 20_000 as Day.Day,
    deadline: 2n ** 40n,
    nullifier: 5n as Nullifier,
    issuersRoot: 6n as Submission.IssuersRoot,
    proof: { a: Bn254.g1Generator, b: Bn254.g2Generator, c: Bn254.g1Generator },
  }
}
