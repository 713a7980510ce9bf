import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as Import from '../../src/fhir/Import.ts'
import * as CodeSystem from '../../src/protocol/CodeSystem.ts'
import * as Day from '../../src/protocol/Day.ts'
import * as Unit from '../../src/protocol/Unit.ts'
import * as Value from '../../src/protocol/Value.ts'
import { fileOf, folder, haveFolder } from '../expectations.ts'

const asOf = Day.parse('2026-10-01')

type Coding = { readonly system?: string; readonly code?: string; readonly display?: string }
type Quantity = { readonly value?: number; readonly system?: string; readonly code?: string; readonly unit?: string }
type Observation = {
  readonly resourceType: string
  readonly code: { readonly coding?: readonly Coding[] }
  readonly valueQuantity?: Quantity
  readonly component?: readonly Observation[]
}

/** Measured results of a bundle, read without the importer: its entries, their components after them. */
function measuredIn(file: string) {
  const { entry = [] }: { entry?: { resource: Observation }[] } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  return entry.flatMap(({ resource }, index) =>
    resource.resourceType !== 'Observation'
      ? []
      : [resource, ...(resource.component ?? [])].flatMap(({ code, valueQuantity }) =>
          valueQuantity === undefined
            ? []
            : (code.coding ?? [])
                .filter(({ system }) => system === 'http://loinc.org')
                .map(({ code: loinc = '', display }) => ({ index, loinc, display, quantity: valueQuantity })),
        ),
  )
}

describe('an implausible result', () => {
  const document = (value: number, unit: string) =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resource: { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1970-01-01' } },
        {
          resource: {
            resourceType: 'Observation',
            id: 'o',
            status: 'final',
            subject: { reference: 'Patient/p' },
            effectiveDateTime: '2026-01-05',
            code: { coding: [{ system: 'http://loinc.org', code: '2885-2' }] },
            valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
          },
        },
      ],
    })

  it('is remarked on with its place and no value, and stays as it is', () => {
    const { attributes, remarks, omissions, complete } = Import.importBundle(document(70.7, 'g/dL'), { asOf })
    expect(attributes.at(-1)).toMatchObject({ value: Value.ofDecimal('70.7'), bounded: false })
    expect(remarks).toEqual([
      {
        resourceType: 'Observation',
        index: 1,
        path: 'Observation',
        reason: 'implausible',
        spoils: { categories: [], systems: [] },
      },
    ])
    expect(omissions).toEqual([])
    expect(complete.categories).toContain('observation')
  })

  it('is none in the unit that was meant', () => {
    const { attributes, remarks } = Import.importBundle(document(70.7, 'g/L'), { asOf })
    expect(attributes.at(-1)).toMatchObject({ value: Value.ofDecimal('7.07'), bounded: false })
    expect(remarks).toEqual([])
  })
})

describe.skipIf(!haveFolder)('results of the published bundles', () => {
  const files = haveFolder ? readdirSync(folder).filter((name) => /^(synthea|ips|shc|pas)_.*\.json$/.test(name)) : []
  const measured = files.flatMap((file) => measuredIn(file).map((result) => ({ file, ...result })))

  it('are some', () => {
    expect(measured.length).toBeGreaterThan(700)
  })

  it('are all of codes that have a unit', () => {
    const missing = measured.filter(({ loinc }) => Unit.canonicalOf(CodeSystem.encode('LOINC', loinc)) === undefined)
    const lines = [...new Set(missing.map(({ loinc, display, quantity }) => `${loinc} ${display} ${quantity.unit}`))]
    if (lines.length > 0) console.error(lines.join('\n'))
    expect(lines).toEqual([])
  })

  it('are all in units that are converted, but for a rate of no body surface and a specific gravity without a unit', () => {
    const lost = measured
      .filter(({ loinc, quantity: { value, system, code, unit } }) => {
        const written = system === undefined && code === undefined ? unit : code
        const decimal = `${value}`
        const number = CodeSystem.encode('LOINC', loinc)
        return written === undefined || Unit.toValue({ code: number, decimal, unit: written }) === undefined
      })
      .map(({ loinc, quantity }) => `${loinc} ${quantity.unit}`)
    expect(lost.sort()).toEqual(['2965-2 undefined', '33914-3 mL/min', '33914-3 mL/min'])
  })

  /** Read off the documents by eye. */
  const implausible = [
    // A healthy 7 g/dL of protein, ten times over; a healthy 3 g/dL of globulin, stated as g/L.
    ['synthea_Michele_Wolf', '2885-2', [73.26442749114663]],
    ['synthea_Michele_Wolf', '10834-0', [3.025607336579702]],
    ['synthea_Tom_Goodwin', '2885-2', [70.73158191226022]],
    ['synthea_Tom_Goodwin', '10834-0', [3.3372349267269703]],
    // Platelets whose volumes are spread over hundreds of fL, though no platelet has a hundred: some other unit.
    ['synthea_Dana_Feest', '32207-3', [435.85086020280414]],
    ['synthea_Fabian_Murray', '32207-3', [274.9802836383699, 422.57053097874444]],
    ['synthea_Hershel_Marvin', '32207-3', [316.74526688449976, 184.9889235983734]],
    ['synthea_Liz_Conn', '32207-3', [320.47939920023134]],
    ['synthea_Mafalda_Turcotte', '32207-3', [345.3930837234884, 404.58174741313013]],
    ['synthea_Maria_Luisa_Razo', '32207-3', [493.87242707799624, 371.2930477842656]],
    ['synthea_Michele_Wolf', '32207-3', [343.7002956597662, 412.8544461350635]],
    ['synthea_Patria_Schimmel', '32207-3', [258.3491174745312]],
    ['synthea_Rudolf_Weber', '32207-3', [380.46310451195427, 421.60000436128246]],
    ['synthea_Tom_Goodwin', '32207-3', [351.3499034995359, 192.12175814293693, 307.5150543613163]],
  ] as const

  it('are implausible where the document states a wrong unit, and nowhere else', () => {
    const flagged = files.flatMap((file) => {
      const { remarks } = Import.importBundle(readFileSync(join(folder, file), 'utf8'), { asOf })
      const places = remarks.filter(({ reason }) => reason === 'implausible').map(({ index }) => index)
      return measured
        .filter((result) => result.file === file && places.includes(result.index))
        .map(({ loinc, quantity }) => `${join(folder, file)} ${loinc} ${quantity.value}`)
    })
    const expected = implausible.flatMap(([name, loinc, values]) =>
      values.map((value) => `${fileOf(name)} ${loinc} ${value}`),
    )
    expect(flagged.sort()).toEqual(expected.sort())
  })

  it('keep the value they are flagged for', () => {
    const { attributes } = Import.importBundle(readFileSync(fileOf('synthea_Tom_Goodwin'), 'utf8'), { asOf })
    const protein = attributes.filter(({ code }) => code === CodeSystem.encode('LOINC', '2885-2'))
    expect(protein.map(({ value, bounded }) => [Value.toDecimal(value), bounded])).toEqual([['70.731582', false]])
  })
})
