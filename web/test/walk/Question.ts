import * as Insurer from '../../../samples/Insurer.ts'
import type { Service } from '../../../samples/Service.ts'
import type { Policy } from '../../../verifier-api/src/resources/Policy.ts'

/** A rule of one age: the smallest circuit proves it, and every sample patient has an age. */
export function ofAge(name: string, age: { readonly min?: number; readonly max?: number }): object {
  return { medseal: 'policy/1', name, issuers: ['hospital'], record: { maximumAgeDays: 30 }, require: { age } }
}

/** Kept for the sample insurer. */
export async function keep(service: Service, policy: object): Promise<Policy> {
  return Insurer.keepPolicyFile(await signedIn(service), policy)
}

/** The sample insurer asks: gives the link for the patient. */
export async function ask(service: Service, policy: object): Promise<string> {
  const { link } = await Insurer.create(await signedIn(service), await keep(service, policy))
  return link ?? ''
}

function signedIn({ origin, town }: Service): Promise<Insurer.Insurer> {
  return Insurer.signIn(origin, town.residents.insurer.signer)
}
