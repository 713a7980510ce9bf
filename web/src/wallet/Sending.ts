import * as Form from '@medseal/prover/files/Form'
import * as PresentationResponse from '@medseal/prover/files/PresentationResponse'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import type * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import type { Problem } from '@medseal/verifier-api/resources/Common'
import type { acknowledgement } from '@medseal/verifier-api/resources/Request'
import type { z } from 'zod'
import { reach, UnreachableError } from './Chain.ts'

/** What the API acknowledged. */
export type Acknowledgement = z.infer<typeof acknowledgement>

/**
 * Posts an answer to where the request says (OpenID4VP, response mode direct_post).
 * @param proofs Proof files' texts, in the order of the parts.
 * @throws {Chain.UnreachableError} when it should be tried again, {RefusedError} when it is no use.
 */
export async function send(
  object: PresentationRequest.PresentationRequest,
  proofs: readonly string[],
): Promise<Acknowledgement> {
  const submissions = proofs.map((text) => Form.read(text, [ProofFile.kind]))
  const body = PresentationResponse.formOf(object, submissions)
  const response = await reach(() => fetch(object.response_uri, { method: 'POST', body }))
  // Cut off, or not the API's own word but of something in between: acknowledged is only what could be read.
  if (response.ok) return reach(() => response.json())
  // Too many, or a fault of theirs: later it may be taken.
  if (response.status === 429 || response.status >= 500) throw new UnreachableError({ cause: response.status })
  throw new RefusedError({ code: await codeOf(response) })
}

/** What the API says of each part now; as before where it does not say. */
export async function statesOf<Part extends { readonly id: string; readonly state: string }>(
  { response_uri }: Pick<PresentationRequest.Unsigned, 'response_uri'>,
  before: readonly Part[],
): Promise<readonly Part[]> {
  try {
    const response = await fetch(response_uri.replace(/\/[^/]*$/, '/proofs'))
    if (!response.ok) return before
    const { data }: { readonly data: Acknowledgement['proofs'] } = await response.json()
    return before.map((part) => ({ ...part, state: data.find(({ id }) => id === part.id)?.state ?? part.state }))
  } catch {
    return before
  }
}

async function codeOf(response: Response): Promise<string> {
  try {
    const { code }: Problem = await response.json()
    return code
  } catch {
    return String(response.status)
  }
}

/** The API does not take this answer, now or later. */
export class RefusedError extends Error {
  override readonly name = 'Sending.RefusedError'
  readonly code: string
  constructor({ code }: { code: string }) {
    super(`The answer was not taken: ${code}.`)
    this.code = code
  }
}
