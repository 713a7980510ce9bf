import type * as Submission from '../chain/Submission.ts'
import * as CanonicalJson from '../protocol/CanonicalJson.ts'
import * as PresentationRequest from '../protocol/PresentationRequest.ts'
import * as Form from './Form.ts'
import * as ProofFile from './ProofFile.ts'

/** Characters and depth of a vp_token that are read at all: sixteen proofs take some 40,000. */
export const longestToken = 256 * 1024
const deepest = 8

/** Body of the direct post that answers a request: vp_token by part, and the request's state. */
export function formOf(
  object: PresentationRequest.PresentationRequest,
  submissions: readonly Submission.Submission[],
): URLSearchParams {
  const token = Object.fromEntries(submissions.map((each) => [PresentationRequest.partId(each.part), [toJson(each)]]))
  const form = new URLSearchParams({ vp_token: JSON.stringify(token) })
  if (object.state !== undefined) form.set('state', object.state)
  return form
}

/** A submission as it stands in a vp_token: a proof file's JSON. */
export function toJson(submission: Submission.Submission): unknown {
  return JSON.parse(Form.write(ProofFile.kind.tag, ProofFile.fieldsOf(submission)))
}

/**
 * The submissions of a vp_token, each under the name of its part.
 * @throws {Form.BrokenError} naming the place and the rule.
 */
export function read(token: string): readonly Submission.Submission[] {
  const parts = Object.entries(objectOf(token))
  if (parts.length === 0 || parts.length > PresentationRequest.mostParts)
    throw new Form.BrokenError(`vp_token must have 1 to ${PresentationRequest.mostParts} members`)
  return parts.map(([name, presentations]) => {
    if (!/^part-(\d|1[0-5])$/.test(name)) throw new Form.BrokenError('vp_token must be by part')
    const [only, ...others] = Array.isArray(presentations) ? presentations : []
    if (only === undefined || others.length > 0)
      throw new Form.BrokenError(`vp_token.${name} must be a list of one presentation`)
    const submission = fileOf(name, only)
    if (PresentationRequest.partId(submission.part) !== name)
      throw new Form.BrokenError(`vp_token.${name}[0].part must be the part it stands under`)
    return submission
  })
}

function objectOf(token: string): object {
  let json: unknown
  try {
    json = CanonicalJson.parse(token, { longest: longestToken, deepest })
  } catch (cause) {
    if (cause instanceof CanonicalJson.InvalidJsonError) throw new Form.BrokenError(`vp_token ${cause.rule}`)
    throw cause
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Form.BrokenError('vp_token must be of type object')
  return json
}

function fileOf(name: string, json: unknown): Submission.Submission {
  try {
    return Form.read(JSON.stringify(json), [ProofFile.kind])
  } catch (cause) {
    if (cause instanceof Form.BrokenError) throw new Form.BrokenError(`vp_token.${name}[0].${cause.message}`)
    throw cause
  }
}
