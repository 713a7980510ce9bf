import * as PolicyCompiler from '../protocol/PolicyCompiler.ts'
import * as PolicyFormula from '../protocol/PolicyFormula.ts'
import * as PresentationRequest from '../protocol/PresentationRequest.ts'
import type * as ValueSet from '../protocol/ValueSet.ts'
import type * as Answer from './Answer.ts'
import type * as Network from './Network.ts'
import * as RequestCheck from './RequestCheck.ts'

export type Objection = RequestCheck.Objection | PresentationRequest.Objection | 'policy-does-not-compile'

/** A presentation request that a device has looked into. Shown and answered only where nothing stands against it. */
export type Checked = {
  readonly incoming: Answer.Incoming
  readonly objections: readonly Objection[]
}

/**
 * What a patient's device does with a presentation request before it shows or answers anything: from the object to its
 * nonce, the request's id, the signature and the recipient's standing on chain, role included.
 * @param origin Where the object was fetched from.
 */
export async function check(
  network: Network.Network,
  object: PresentationRequest.PresentationRequest,
  { valueSets, origin }: { valueSets: ValueSet.Index; origin?: string },
): Promise<Checked> {
  const request = PresentationRequest.requestOf(object)
  const signature = object.medseal_signature
  const policies = compileAll(object, valueSets)
  if (!policies) return { incoming: { request, signature, policies: [] }, objections: ['policy-does-not-compile'] }
  const incoming: Answer.Incoming = { request, signature, policies }
  const ofObject = PresentationRequest.objections(object, { policies, ...(origin !== undefined && { origin }) })
  return { incoming, objections: [...ofObject, ...(await RequestCheck.objections(network, incoming))] }
}

function compileAll(
  object: PresentationRequest.Unsigned,
  valueSets: ValueSet.Index,
): readonly PolicyCompiler.Compiled[] | undefined {
  try {
    return PresentationRequest.policiesOf(object).map((policy) => PolicyCompiler.compile(policy, { valueSets }))
  } catch (cause) {
    if (cause instanceof PolicyFormula.UnsayableError) return undefined
    throw cause
  }
}
