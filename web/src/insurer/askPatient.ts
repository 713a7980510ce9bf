import type { Network } from '@medseal/verifier-api/resources/Network'
import type { Policy } from '@medseal/verifier-api/resources/Policy'
import type { Request } from '@medseal/verifier-api/resources/Request'
import * as Api from '../shared/api.ts'
import type { StakeholderKey } from '../shared/key/StakeholderKey.ts'
import * as Session from '../shared/session/Session.ts'
import { DifferentError, differences } from './SigningCheck.ts'

export type Question = {
  readonly policies: readonly Policy[]
  readonly purpose: string
  readonly consentRequired: boolean
  /** ISO 8601, to the second. */
  readonly expiresAt: string
  readonly recipientName: string
  readonly note: string
}

/** Opens a request: drafted by the API, compared with what was meant, signed by the own key. */
export async function askPatient(
  { policies, note, ...terms }: Question,
  { key, stakeholderId }: { key: StakeholderKey; stakeholderId: string },
): Promise<Request> {
  const body = { ...terms, policyIds: policies.map(({ id }) => id), ...(note !== '' && { note }) }
  const draft = await Session.post<Request>('/v1/requests', { body })
  return sign(draft, { ...terms, policies }, { key, stakeholderId })
}

/** Signs a draft. @throws {DifferentError} */
export async function sign(
  draft: Request,
  terms: Pick<Question, 'policies' | 'purpose' | 'consentRequired' | 'expiresAt'>,
  { key, stakeholderId }: { key: StakeholderKey; stakeholderId: string },
): Promise<Request> {
  const { chainId, addresses } = await Api.get<Network>('/v1/network')
  const consumer = addresses.EligibilityRegistry ?? ''
  const fields = differences(draft, { ...terms, stakeholderId, chainId, consumer })
  if (fields.length > 0) throw new DifferentError({ fields })
  const { domain, types, message } = draft.typedData
  const signature = await key.signer.signTypedData(domain, types, message)
  return Session.post<Request>(`/v1/requests/${draft.id}/signature`, { body: { signature } })
}
