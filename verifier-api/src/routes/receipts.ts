import * as Network from '@medseal/prover/chain/Network'
import * as CoverageEligibilityResponse from '@medseal/prover/fhir/CoverageEligibilityResponse'
import { z } from 'zod'
import * as Chronicle from '../chain/Chronicle.ts'
import * as Receipts from '../chain/Receipts.ts'
import { ApiError } from '../errors.ts'
import * as Page from '../Page.ts'
import { type Route, route } from '../Route.ts'
import * as Common from '../resources/Common.ts'
import * as Receipt from '../resources/Receipt.ts'
import type { Services } from '../Services.ts'

const params = z.object({ id: z.string().regex(/^rcp_[1-9][0-9]{0,17}$/) })

const query = Common.pageQuery.extend({
  recipientId: Common.stakeholderId.optional(),
  requestDigest: Common.word.optional(),
  policyHash: Common.word.optional(),
})

export function routes({ database, network }: Services): readonly Route[] {
  const finalized = async () => (await Chronicle.followed(database))?.finalized ?? -1
  return [
    route({
      method: 'get',
      path: '/v1/receipts',
      tag: 'receipts',
      summary: 'What checks have left on the chain, youngest first',
      access: 'public',
      query,
      answers: { 200: Common.pageOf(Receipt.receipt) },
      handle: async ({ query: { limit, cursor, recipientId, requestDigest, policyHash } }) => {
        const list = Page.list('receipts', recipientId, requestDigest, policyHash)
        const after = Page.after(list, cursor)
        let rows = database.selectFrom('receipts').selectAll()
        if (recipientId !== undefined) rows = rows.where('stakeholder_id', '=', recipientId)
        if (requestDigest !== undefined) rows = rows.where('request_digest', '=', requestDigest)
        if (policyHash !== undefined) rows = rows.where('policy_hash', '=', policyHash)
        if (after !== undefined) rows = rows.where('position', '<', after)
        const found = await rows
          .orderBy('position', 'desc')
          .limit(limit + 1)
          .execute()
        const { data, next } = Page.of(list, found, limit, ({ position }) => position)
        const upTo = await finalized()
        return { status: 200, body: { data: data.map((row) => Receipts.toResource(row, upTo)), next } }
      },
    }),
    route({
      method: 'get',
      path: '/v1/receipts/{id}',
      tag: 'receipts',
      summary: 'One of them',
      access: 'public',
      params,
      answers: { 200: Receipt.receipt },
      handle: async ({ params: { id } }) => {
        const row = await database.selectFrom('receipts').selectAll().where('id', '=', id).executeTakeFirst()
        if (!row) throw new ApiError('not-found')
        return { status: 200, body: Receipts.toResource(row, await finalized()) }
      },
    }),
    route({
      method: 'get',
      path: '/v1/receipts/{id}/coverage-eligibility-response',
      tag: 'receipts',
      summary: 'The same as FHIR R4 CoverageEligibilityResponse',
      description: 'Whoever is given it believes it once it is compared with the chain again.',
      access: 'public',
      params,
      answers: { 200: { mediaType: 'application/fhir+json' } },
      handle: async ({ params: { id } }) => {
        const receipt = await Receipts.decode(database, id)
        if (!receipt) throw new ApiError('not-found')
        const contract = Network.addressOf(network, 'EligibilityRegistry')
        // Followed to be what the chain has; the contract itself has checked the proof before it left this.
        const response = CoverageEligibilityResponse.fromReceipt(
          { ...receipt, findings: [] },
          { chainId: network.chainId, contract },
        )
        return { status: 200, body: CoverageEligibilityResponse.format(response) }
      },
    }),
  ]
}
