import { expect } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import type * as Attribute from '../../src/protocol/Attribute.ts'
import * as Day from '../../src/protocol/Day.ts'
import { bundle, type Json, patient } from './document.ts'

// What documents of a patient and a few resources are read as, on one day.

export const asOf = Day.parse('2024-06-15')

export function imported(...resources: readonly Json[]) {
  return Import.importBundle(JSON.stringify(bundle([patient(), ...resources])), { asOf })
}

/** What resources give besides the patient's own attributes. */
export function facts(...resources: readonly Json[]): readonly Attribute.Attribute[] {
  return imported(...resources).attributes.filter(({ category }) => category !== 'demographic')
}

/** The one attribute a resource gives. */
export function only(resource: Json): Attribute.Attribute {
  const attributes = facts(resource)
  expect(attributes).toHaveLength(1)
  return attributes[0] as Attribute.Attribute
}

export function omitted(resource: Json) {
  const { omissions, complete } = imported(resource)
  expect(omissions.length).toBeGreaterThan(0)
  return { reason: omissions[0]?.reason, path: omissions[0]?.path, complete }
}

export const day = (attribute: Attribute.Attribute) => Day.format(attribute.day)
