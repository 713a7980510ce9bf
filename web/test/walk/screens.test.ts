import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Issuer from './issuer.ts'
import * as Patient from './patient.ts'
import * as Question from './Question.ts'
import { go, see, unseen, visit } from './Screens.ts'
import * as Stakeholder from './stakeholder.ts'
import * as Visitor from './Visitor.ts'

// Every screen there is, on a phone and a desktop, light and dark: axe-core finds nothing, nothing is wider than the
// screen, and the pictures are kept.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('every screen', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-screens-'))
  const bundles = ['adela', 'bruno', 'clara', 'dorian', 'emeka'].map((name) =>
    join(import.meta.dirname, `../../../samples/patients/${name}.json`),
  )
  let service: Service.Service
  let browser: Browser
  let link: string

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
    link = await Question.ask(service, Question.ofAge('Adults', { min: 18 }))
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Somebody who sees screens through `see` only: their steps take no pictures of their own. */
  const enter = async (role: string): Promise<Visitor.Visitor> => {
    const visitor = await Visitor.enter(browser, { role, baseURL: service.origin })
    return { ...visitor, look: async () => undefined }
  }
  const adela = () => service.town.handout.patients[0]?.credential ?? ''

  it('of everybody', async () => {
    const { page, leave } = await enter('everybody')
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await see(page, 'start')
    await page.goto('/no/such/page')
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await see(page, 'not-found')
    await page.goto('/docs')
    await page.locator('.opblock-tag').first().waitFor()
    await see(page, 'docs', ofSwagger)
    await leave()
  })

  it('of a patient without a wallet', async () => {
    const { page, leave } = await enter('newcomer')
    await page.goto('/wallet')
    await page.getByRole('button', { name: 'Create a wallet' }).waitFor()
    await see(page, 'welcome')
    await page.getByRole('button', { name: 'Restore from a backup' }).click()
    await see(page, 'restore-backup')
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    await page.getByRole('button', { name: 'Restore from words' }).click()
    await page.getByLabel('24 words').fill('not these words')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('alert').waitFor()
    await see(page, 'restore-words')
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    await page.getByRole('button', { name: 'Create a wallet' }).click()
    await page.getByRole('list', { name: 'Your 24 words' }).waitFor()
    await see(page, 'words')
    await page.getByRole('button', { name: 'I have written them down' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page
      .getByText(/^Not word/)
      .first()
      .waitFor()
    await see(page, 'words-asked-back')
    await page.getByText('DE', { exact: true }).click()
    await page.getByRole('heading', { name: 'Prüfen Sie, was Sie aufgeschrieben haben' }).waitFor()
    await see(page, 'german-words-asked-back')
    await page.goto('/wallet')
    await page.getByRole('button', { name: 'Brieftasche anlegen' }).waitFor()
    await see(page, 'german-welcome')
    await leave()
  })

  it('of a patient, the passphrase to the empty wallet', async () => {
    const { page, leave } = await enter('patient-empty')
    await page.goto('/wallet')
    await page.getByRole('button', { name: 'Restore from words' }).click()
    await page.getByLabel('24 words').fill(Keys.wordsOf('adela'))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Create the wallet' }).click()
    await see(page, 'passphrase')
    await Patient.choosePassphrase(page)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await see(page, 'home-empty')
    await visit(page, '/wallet/add', 'Get a record', 'add')
    await visit(page, '/wallet/answers', 'Answers', 'answers-empty')
    await visit(page, '/wallet/log', 'Who asked, and what they learned', 'log-empty')
    await go(page, '/wallet/requests', 'Requests')
    await page.getByRole('button', { name: 'Scan a QR code' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Link or request').fill('nothing')
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await see(page, 'inbox-empty')
    await page.getByRole('button', { name: 'Lock' }).click()
    await page.getByRole('button', { name: 'Forgotten the passphrase?' }).click()
    await see(page, 'locked')
    await leave()
  })

  it('of a patient with a record, who is asked twice', async () => {
    const visitor = await enter('patient')
    const { page } = visitor
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    await Patient.receive(visitor, adela())
    await page.getByRole('img').first().waitFor()
    await see(page, 'record')
    await visit(page, '/wallet', 'Overview', 'home')
    await Patient.open(visitor, link)
    await see(page, 'request')
    await page.getByRole('button', { name: 'Prove and send' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
    await see(page, 'request-sent')
    await page.getByRole('link', { name: 'See my answers' }).click()
    await page.getByText(/Receipt found on the chain by this device/).waitFor()
    await see(page, 'answers')
    await page.getByRole('button', { name: 'Withdraw consent' }).click()
    await page.getByRole('dialog').waitFor()
    await see(page, 'withdraw-consent')
    await page.getByRole('button', { name: 'Close' }).click()
    await Patient.open(visitor, await Question.ask(service, Question.ofAge('Working age', { max: 66 })))
    await page.locator('[data-narrowed]').waitFor()
    await see(page, 'request-narrowing')
    await visit(page, '/wallet/log', 'Who asked, and what they learned', 'log')
    await visit(page, '/wallet/requests', 'Requests', 'inbox')
    await page.getByRole('link', { name: 'Northwind Health Insurance' }).first().click()
    await page.getByText('What they will learn').waitFor()
    await see(page, 'request-kept')
    await go(page, '/wallet/settings', 'Settings')
    await page.getByRole('button', { name: 'Change the passphrase' }).click()
    await see(page, 'settings')
    await german(page)
    await visitor.leave()
  })

  /** Words of another length stand in the same places. */
  const german = async (page: Page) => {
    await page.getByText('DE', { exact: true }).click()
    await visit(page, '/wallet/settings', 'Einstellungen', 'german-settings')
    await visit(page, '/wallet/log', 'Wer gefragt hat und was sie erfahren haben', 'german-log')
    await visit(page, '/wallet/answers', 'Antworten', 'german-answers')
    await visit(page, '/wallet/add', 'Akte holen', 'german-add')
    await visit(page, '/wallet/requests', 'Anfragen', 'german-inbox')
    await page.getByRole('link', { name: 'Northwind Health Insurance' }).first().click()
    await page.getByText('Auf diesem Gerät', { exact: true }).waitFor()
    await see(page, 'german-request')
    await visit(page, '/wallet', 'Übersicht', 'german-home')
    await page.getByRole('link', { name: /^Ansehen/ }).click()
    await page.getByRole('img').first().waitFor()
    await see(page, 'german-record')
    await page.getByRole('button', { name: 'Sperren' }).click()
    await page.getByRole('heading', { name: 'Ihre Brieftasche ist gesperrt' }).waitFor()
    await see(page, 'german-locked')
  }

  it('of an insurer', async () => {
    const { page, leave } = await enter('insurer')
    await page.goto('/insurer')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await see(page, 'insurer-sign-in')
    await Stakeholder.addKey(page, service.town.handout.account('insurer'))
    await page.getByRole('table', { name: 'Requests' }).waitFor()
    await see(page, 'requests')
    await visit(page, '/insurer/policies', 'Policies', 'policies')
    await page.getByRole('link', { name: 'Adults' }).click()
    await page.getByRole('heading', { level: 1, name: 'Adults' }).waitFor()
    await see(page, 'policy')
    await go(page, '/insurer/policies/new', 'New policy')
    await page.getByRole('heading', { name: 'In words' }).waitFor()
    await see(page, 'builder-form')
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page.getByLabel('Policy file').fill('{')
    await page.getByText('Not JSON yet').waitFor()
    await see(page, 'builder-text')
    await visit(page, '/insurer/requests/new', 'New request', 'request-new')
    await go(page, `/insurer/requests/${link.split('/').at(-1)}`, 'Adults')
    await page.getByRole('heading', { name: 'Answers' }).waitFor()
    await see(page, 'request-answered')
    await go(page, `/insurer/requests/${service.requests[0]?.id}`, /./)
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor()
    await see(page, 'request-open')
    await go(page, '/insurer/results', 'Results')
    await page.getByRole('table', { name: 'Results' }).waitFor()
    await see(page, 'results')
    await programs(page)
    await leave()
  })

  /** What an insurer's own programs need. */
  const programs = async (page: Page) => {
    await visit(page, '/insurer/keys', 'API keys', 'keys-none')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel(/^Name/).fill('Claims desk')
    await see(page, 'key-new')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Copy it now').waitFor()
    await see(page, 'keys')
    await visit(page, '/insurer/webhooks', 'Webhooks', 'webhooks-none')
    await page.getByRole('button', { name: 'New webhook' }).click()
    await page.getByLabel(/^Address/).fill(`${service.origin}/nobody/listens/here`)
    await see(page, 'webhook-new')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByText('Copy it now').waitFor()
    await see(page, 'webhooks')
    await page.getByRole('link', { name: /nobody/ }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByRole('table', { name: 'Messages' }).waitFor()
    await see(page, 'webhook')
  }

  it('of a hospital', async () => {
    const visitor = await enter('hospital')
    const { page, leave } = visitor
    await page.goto('/issuer')
    await page.getByRole('form', { name: 'New issuer' }).waitFor()
    await see(page, 'desk-new')
    await page.getByText('From files', { exact: true }).click()
    await see(page, 'desk-files')
    await Issuer.open(visitor, service.town.handout)
    await see(page, 'desk')
    await go(page, '/issuer/issue', 'Issue records')
    await page.locator('input[type=file]').first().setInputFiles(bundles)
    await page.getByRole('table', { name: 'Who is who' }).waitFor()
    await see(page, 'issue')
    await visit(page, '/issuer/credentials', 'Credentials', 'credentials')
    await page
      .getByRole('button', { name: /^Revoke the credential of/ })
      .first()
      .click()
    await page.getByRole('dialog').waitFor()
    await see(page, 'revoke')
    await page.getByRole('button', { name: 'Leave it' }).click()
    await visit(page, '/issuer/publish', 'Unlock your key', 'publish-locked')
    await Stakeholder.addKey(page, service.town.handout.account('hospital'))
    await page.getByText(/^Nothing to publish/).waitFor()
    await see(page, 'publish')
    await leave()
  })

  it('of the registrar', async () => {
    const { page, leave } = await enter('registrar')
    await Stakeholder.unlock(page, { room: '/registrar', keyFile: service.town.handout.account('registrar') })
    await page.getByRole('table', { name: 'Stakeholders' }).waitFor()
    await see(page, 'stakeholders')
    await page.getByRole('button', { name: 'Suspend stakeholder 1', exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await see(page, 'suspend')
    await page.getByRole('button', { name: 'Leave it' }).click()
    await go(page, '/registrar/new', 'Verify somebody')
    await see(page, 'verify-issuer')
    await page.getByText('Asks for proofs').click()
    await page.getByLabel(/^Their key/).fill('nobody')
    await see(page, 'verify-recipient')
    await go(page, '/registrar/verifiers', 'Verifiers')
    await page.getByRole('table', { name: 'Verifiers' }).waitFor()
    await see(page, 'verifiers')
    await leave()
  })

  it('of an auditor', async () => {
    const { page, leave } = await enter('auditor')
    await page.goto('/auditor')
    await page.getByText(/Computed in this browser from/).waitFor()
    await see(page, 'timeline')
    await visit(page, '/auditor/receipts', 'Receipts', 'receipts')
    await page.getByRole('table', { name: 'Receipts' }).getByRole('link').first().click()
    await page.getByText('Checked in this browser').waitFor()
    await see(page, 'receipt')
    await visit(page, '/auditor/heads', 'Audit heads', 'heads')
    await go(page, '/auditor/trees', 'Trees')
    await page
      .getByRole('button', { name: /^Issuer of stakeholder/ })
      .first()
      .click()
    await see(page, 'trees')
    await go(page, '/auditor/deployment', 'Deployment')
    await page.locator('input[type=file]').setInputFiles(service.town.deploymentFile)
    await page.getByText('The same deployment').waitFor()
    await see(page, 'deployment')
    await leave()
  })

  it('leaves out no route', () => {
    expect(unseen()).toEqual([])
  })
})

/**
 * Rules that the page of all operations does not keep: its colours, headings and controls are Swagger UI's own, and so
 * is the main part, which leaves out the title.
 */
const ofSwagger = ['color-contrast', 'heading-order', 'nested-interactive', 'region', 'select-name']
