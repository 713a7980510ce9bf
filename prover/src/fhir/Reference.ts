import type * as Bundle from './Bundle.ts'
import type * as Element from './Element.ts'
import * as Json from './Json.ts'

/** The entry a reference leads to, if the bundle has it. A reference into a resource (#) leads to none. */
export type Resolver = (reference: string) => Bundle.Entry | undefined

/**
 * Resolves references within a bundle (hl7.org/fhir/R4/bundle.html#references): by fullUrl, or as type and id. Versions
 * are not looked at: a bundle holds one of each resource.
 */
export function resolver(entries: readonly Bundle.Entry[]): Resolver {
  const byUrl = new Map<string, Bundle.Entry>()
  const byId = new Map<string, Bundle.Entry>()
  for (const entry of entries) {
    if (!entry.resource) continue
    const { fullUrl } = entry
    const relative = relativeOf(entry)
    if (fullUrl !== undefined && !byUrl.has(fullUrl)) byUrl.set(fullUrl, entry)
    if (relative !== undefined && !byId.has(relative)) byId.set(relative, entry)
  }
  return (reference) => {
    const target = unversioned(reference)
    const found = byUrl.get(target)
    if (found) return found
    if (!target.includes(':')) return byId.get(target)
    // Two servers may both have a Patient/1: a whole address must be the resource's own, where that is known.
    const [relative = ''] = /[^/]+\/[^/]+$/.exec(target) ?? []
    const candidate = byId.get(relative)
    return candidate?.fullUrl === undefined ? candidate : undefined
  }
}

/** A reference to a resource, whichever version of it. */
export function unversioned(reference: string): string {
  return reference.replace(/\/_history\/[^/#]+$/, '')
}

/** The resource's id, its name within its type. */
export function idOf({ json }: Element.Element): string | undefined {
  const id = Json.member(json, 'id')
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** Type and id; the id is the last segment of a fullUrl on a server where the resource itself does not say it. */
function relativeOf({ resource, resourceType, fullUrl }: Bundle.Entry): string | undefined {
  const id = (resource && idOf(resource)) ?? /^https?:.*\/([^/]+)\/([^/#?]+)$/.exec(fullUrl ?? '')?.[2]
  return id === undefined ? undefined : `${resourceType}/${id}`
}
