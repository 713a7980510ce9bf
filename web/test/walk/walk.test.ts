import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Audit from '../../../prover/src/chain/Audit.ts'
import * as AuditReport from '../../../prover/src/chain/AuditReport.ts'
import * as Service from '../../../samples/Service.ts'
import * as Auditor from './auditor.ts'
import * as Chromium from './Chromium.ts'
import * as Insurer from './insurer.ts'
import * as Issuer from './issuer.ts'
import * as Patient from './patient.ts'
import * as Registrar from './registrar.ts'
import * as Visitor from './Visitor.ts'

// Each role's main path, in Chromium, against the API, chain and database that `npm start` starts. One story: each step
// stands on the ones before.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('the pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-walk-'))
  const visitors = new Map<string, Visitor.Visitor>()
  const policy = 'GLP-1 receptor agonist for type 2 diabetes'
  const bundle = join(import.meta.dirname, '../../../samples/patients/adela.json')
  let service: Service.Service
  let browser: Browser
  let link: string
  let credential: string

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The same person comes back to the same browser. */
  const enter = async (role: string, options: { phone?: boolean; dark?: boolean } = {}) => {
    const found = visitors.get(role)
    if (found) return found
    const visitor = await Visitor.enter(browser, { role, baseURL: service.origin, ...options })
    visitors.set(role, visitor)
    return visitor
  }

  it('everybody: the first page', async () => {
    const visitor = await enter('everybody')
    await visitor.page.goto('/')
    await visitor.page.getByRole('heading', { level: 1 }).waitFor()
    await visitor.look('start')
  })

  it('insurer: signs in, reads a policy, asks', async () => {
    const keyFile = service.town.handout.account('insurer')
    link = await Insurer.ask(await enter('insurer'), { keyFile, policy })
  })

  it('patient and hospital: a wallet is made, an invitation answered, a record issued and taken home', async () => {
    const [patient, hospital] = [await enter('patient', { phone: true }), await enter('hospital')]
    const { signingKey, desk } = service.town.handout
    await Patient.create(patient)
    await Issuer.open(hospital, { signingKey, desk })
    // The hospital's page pairs documents and enrolments by their names.
    const enrolment = join(folder, 'adela.enrolment.json')
    copyFileSync(await Patient.enrol(patient, await Issuer.invite(hospital)), enrolment)
    credential = await Issuer.issue(hospital, { bundle, enrolment })
    await Patient.receive(patient, credential)
  })

  it('patient: opens the link, sees what they would learn, tries it out, proves, finds the receipt', async () => {
    const patient = await enter('patient')
    await Patient.open(patient, link)
    await Patient.answer(patient)
    await Patient.readLog(patient)
  })

  it('insurer: sees the answer with its checks', async () => {
    await Insurer.read(await enter('insurer'))
  })

  it('auditor: re-verifies the receipt in the browser, and finds what the command line finds', async () => {
    const exported = await Auditor.replay(await enter('auditor', { dark: true }))
    const report = await Audit.replay(service.town.network)
    expect(report.receipts.map(({ findings }) => findings)).toEqual([[]])
    expect(exported).toBe(AuditReport.toJson(report))
  })

  it('registrar: verifies somebody, suspends them, looks at the verifiers', async () => {
    const keyFile = service.town.handout.account('registrar')
    await Registrar.verify(await enter('registrar'), { keyFile, key: `0x${'ab'.repeat(20)}` })
  })

  it('asks nobody but its own API, and runs nothing its policy forbids', () => {
    for (const [role, { origins, errors }] of visitors) {
      expect(
        [...origins].filter((origin) => origin !== 'null'),
        role,
      ).toEqual([service.origin])
      expect(errors, role).toEqual([])
    }
  })
})
