import { describe, expect, it } from 'vitest'
import * as Import from '../src/fhir/Import.ts'
import type * as CodeSystem from '../src/protocol/CodeSystem.ts'
import * as Credential from '../src/protocol/Credential.ts'
import * as Day from '../src/protocol/Day.ts'
import * as Holder from '../src/protocol/Holder.ts'
import * as Issuer from '../src/protocol/Issuer.ts'
import * as Record from '../src/protocol/Record.ts'
import * as StatusList from '../src/protocol/StatusList.ts'

const signingKey = new Uint8Array(32).fill(31) as Issuer.SigningKey
const asOf = Day.parse('2026-10-01')

function signed(systems: readonly CodeSystem.CodeSystem[]): Credential.Credential {
  const record = Record.build([], { asOf })
  return Credential.issue(signingKey, {
    holder: Holder.at(5n as Holder.HolderSecret, Issuer.idOf(Issuer.publicKeyOf(signingKey))),
    recordRoot: Record.root(record),
    leafCount: record.leaves.length,
    complete: { categories: ['encounter'], systems, setsEdition: 0, since: Day.earliest },
    asOf,
    expires: asOf,
    statusIndex: StatusList.indexAt(1, 1),
  })
}

describe("HL7's code systems, which share one bit of completeness", () => {
  it('CIR-13 are signed all or none: one alone would say of the others that nothing is missing', () => {
    expect(() => signed(['HL7 ActCode'])).toThrow('it breaks the rule "systems-sharing-a-bit"')
    expect(() => signed(['LOINC', 'HL7 AdministrativeGender'])).toThrow(Credential.InvalidStatementError)
    const bits = (systems: readonly CodeSystem.CodeSystem[]) =>
      Credential.completenessFields(signed(systems).complete).systems
    expect(bits(['LOINC'])).toBe(1n << 2n)
    expect(bits(['LOINC', 'HL7 AdministrativeGender', 'HL7 ActCode'])).toBe((1n << 2n) | (1n << 23n))
  })

  it('CIR-13 are none of them complete where a code of any HL7 system was lost', () => {
    const hl7 = (system: string) => ({ code: { coding: [{ system, code: 'A1' }, { ...bmi }] } })
    const bmi = { system: 'http://loinc.org', code: '39156-5' }
    const complete = (observation: object) =>
      Import.importBundle(
        JSON.stringify({
          resourceType: 'Bundle',
          type: 'collection',
          entry: [
            { resource: { resourceType: 'Patient', id: 'p' } },
            {
              resource: {
                resourceType: 'Observation',
                id: 'o',
                status: 'final',
                subject: { reference: 'Patient/p' },
                ...observation,
              },
            },
          ],
        }),
        { asOf },
      ).complete.systems.filter((system) => system.startsWith('HL7 '))
    expect(complete({ code: { coding: [bmi] } })).toEqual(['HL7 AdministrativeGender', 'HL7 ActCode'])
    expect(complete(hl7('http://terminology.hl7.org/CodeSystem/v3-RoleCode'))).toEqual([])
  })
})
