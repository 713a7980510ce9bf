import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Issuer from './issuer.ts'
import * as Patient from './patient.ts'
import * as Question from './Question.ts'
import * as Receiver from './Receiver.ts'
import * as Renewal from './Renewal.ts'
import { go, see } from './Screens.ts'
import * as Stakeholder from './stakeholder.ts'
import * as Visitor from './Visitor.ts'

// What people do beside the story of walk.test.ts. Each step stands on the ones before.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('beside the story', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-paths-'))
  const samples = join(import.meta.dirname, '../../../samples/patients')
  const visitors = new Map<string, Visitor.Visitor>()
  let service: Service.Service
  let browser: Browser

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
  const enter = async (role: string, options: { phone?: boolean } = {}) => {
    const visitor =
      visitors.get(role) ??
      (await Visitor.enter(browser, { role: `beside-${role}`, baseURL: service.origin, ...options }))
    visitors.set(role, visitor)
    return visitor
  }
  const patient = () => enter('patient', { phone: true })
  const silent = async () => ({ ...(await patient()), look: async () => undefined })
  const api = (path: string, key: string) =>
    fetch(service.origin + path, { headers: { authorization: `Bearer ${key}` } })

  it('insurer: builds a policy, whose words follow its text and its form', async () => {
    const { page, look } = await enter('insurer')
    await Stakeholder.unlock(page, { room: '/insurer', keyFile: service.town.handout.account('insurer') })
    await page.getByRole('table', { name: 'Requests' }).waitFor()
    await go(page, '/insurer/policies/new', 'New policy')
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page.getByLabel('Policy file').fill(JSON.stringify(Question.ofAge('Grown up', { min: 18 })))
    await page
      .getByText(/age.*18/)
      .last()
      .waitFor()
    await page.getByRole('tab', { name: 'Form' }).click()
    await page.getByLabel('Requirement: at least, years').fill('21')
    await page
      .getByText(/age.*21/)
      .last()
      .waitFor()
    await page.getByRole('tab', { name: 'JSON' }).click()
    expect(JSON.parse(await page.getByLabel('Policy file').inputValue())).toEqual(
      Question.ofAge('Grown up', { min: 21 }),
    )
    await look('built')
    await page.getByRole('button', { name: 'Keep this policy' }).click()
    await page.getByRole('heading', { level: 1, name: 'Grown up' }).waitFor()
  })

  it('insurer: makes an API key that works until it is revoked', async () => {
    const { page } = await enter('insurer')
    await go(page, '/insurer/keys', 'API keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel(/^Name/).fill('Claims desk')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await shownOnce(page)
    expect((await api('/v1/requests', key)).status).toBe(200)
    await page.getByRole('button', { name: 'Revoke: Claims desk' }).click()
    await page.getByText('No keys yet').waitFor()
    expect((await api('/v1/requests', key)).status).toBe(401)
  })

  it('insurer: registers a webhook, tests it, rotates its secret', async () => {
    const { page, look } = await enter('insurer')
    const receiver = await Receiver.listen()
    await go(page, '/insurer/webhooks', 'Webhooks')
    await page.getByRole('button', { name: 'New webhook' }).click()
    await page.getByLabel(/^Address/).fill(receiver.url)
    await page.getByRole('button', { name: 'Register' }).click()
    const first = await shownOnce(page)
    await page.getByRole('link', { name: receiver.url }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    expect(Receiver.isSignedWith(first, await receiver.next())).toBe(true)
    await page.getByRole('button', { name: 'New secret' }).click()
    const second = await shownOnce(page)
    await page.getByRole('button', { name: 'Send a test' }).click()
    expect(Receiver.isSignedWith(second, await receiver.next())).toBe(true)
    expect(second).not.toBe(first)
    await page.getByRole('table', { name: 'Messages' }).getByText('delivered').nth(1).waitFor()
    await look('delivered')
    receiver.close()
  })

  it('patient: reads a request from the picture of its QR code, opens the wallet with a passkey', async () => {
    const { page: desk } = await enter('insurer')
    await go(desk, `/insurer/requests/${service.requests[0]?.id}`, /./)
    const picture = await desk.getByRole('img', { name: 'QR code of the link' }).screenshot()
    const visitor = await patient()
    const { page, look } = visitor
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    await Patient.receive(await silent(), service.town.handout.patients[0]?.credential ?? '')
    await addPasskey(visitor)
    await go(page, '/wallet/requests', 'Requests')
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Read a picture' }).click(),
    ])
    await chooser.setFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
    await page.getByText('What they will learn').waitFor()
    await page.getByText('Your record meets the rules.').waitFor()
    await look('scanned')
  })

  it('patient: cancels a proof, and nothing is sent', async () => {
    const { page, look } = await patient()
    await Patient.inMidst(page, 'cancel')
    await page.getByRole('button', { name: 'Prove and send' }).click()
    await page.getByText('Cancelled. Nothing was sent.').waitFor()
    await look('cancelled')
    await page.getByRole('button', { name: 'Prove and send' }).waitFor()
  })

  it('patient: is warned before a second answer narrows down what the first told', async () => {
    const { page, look } = await patient()
    await Patient.open(await silent(), await Question.ask(service, Question.ofAge('Adults', { min: 18 })))
    expect(await page.locator('[data-narrowed]').count()).toBe(0)
    await page.getByRole('button', { name: 'Prove and send' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
    await Patient.open(await silent(), await Question.ask(service, Question.ofAge('Working age', { max: 66 })))
    await page.locator('[data-narrowed]').getByText('between 18 and 66').waitFor()
    await look('narrowed')
    await page.getByRole('button', { name: 'Prove and send' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
  })

  it('insurer: pages on through results', async () => {
    const { page, context } = await enter('insurer')
    // Pages of one, so that two answers are two pages.
    await context.route(/\/v1\/proofs\?/, (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/limit=\d+/, 'limit=1'),
      }),
    )
    await go(page, '/insurer/results', 'Results')
    const rows = page.getByRole('table', { name: 'Results' }).getByRole('row')
    await rows.nth(1).waitFor()
    expect(await rows.count()).toBe(2)
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByRole('link', { name: 'Adults' }).waitFor()
    expect(await rows.count()).toBe(3)
    await context.unrouteAll({ behavior: 'ignoreErrors' })
  })

  it('auditor: exports what `medseal audit` finds on the same chain, and a table of it', async () => {
    const { page } = await enter('auditor')
    await page.goto('/auditor/receipts')
    const table = page.getByRole('table', { name: 'Receipts' })
    await table.waitFor()
    const json = JSON.parse(await exported(page, 'Export JSON'))
    const csv = await exported(page, 'Export CSV')
    expect(json).toEqual(await auditByCommandLine(service))
    expect(json.receipts).toHaveLength(2)
    expect(csv.trim().split('\n')).toHaveLength(3)
    for (const { transactionHash } of json.receipts) expect(csv).toContain(transactionHash)
  })

  it('hospital: issues a batch, a broken row of which costs the others nothing, in place of earlier credentials', async () => {
    const visitor = await enter('hospital')
    const { page } = visitor
    const broken = join(folder, 'broken.json')
    writeFileSync(broken, '{')
    await Issuer.open({ ...visitor, look: async () => undefined }, service.town.handout)
    await page.getByRole('link', { name: 'Issue records' }).click()
    const [documents, enrolments] = [0, 1].map((i) => page.locator('input[type=file]').nth(i))
    await documents?.setInputFiles([join(samples, 'adela.json'), broken, join(samples, 'dorian.json')])
    await enrolments?.setInputFiles(['adela', 'broken', 'dorian'].map((name) => Renewal.enrolment(folder, name)))
    await page.getByLabel('Complete since').fill('1990-01-01')
    await page.getByRole('button', { name: 'Issue 3 records' }).click()
    await page.getByRole('article', { name: 'broken.json' }).getByRole('alert').waitFor()
    expect(await page.getByText('issued in place of the one before').count()).toBe(2)
    await see(page, 'issued-batch')
    await save(page, 'adela')
    await page.getByRole('link', { name: 'Publish' }).last().click()
    await Stakeholder.addKey(page, service.town.handout.account('hospital'))
    await publish(page)
  })

  it('patient: is refused with the credential that was replaced, and goes on with the new one', async () => {
    const { page, look } = await patient()
    const link = await Question.ask(service, Question.ofAge('Not yet a hundred', { max: 99 }))
    await Patient.open(await silent(), link)
    await page.getByText('This record was withdrawn or replaced by its issuer. Ask for the present one.').waitFor()
    expect(await page.getByRole('button', { name: 'Prove and send' }).isDisabled()).toBe(true)
    await look('replaced')
    await Patient.receive(await silent(), join(folder, 'adela.credential.json'))
    await Patient.open(await silent(), link)
    await page.getByText('Your record meets the rules.').waitFor()
  })

  it('hospital: revokes a credential, and the patient is refused once that is published', async () => {
    const { page } = await enter('hospital')
    await go(page, '/issuer/credentials', 'Credentials')
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Find by enrolment or credential' }).click(),
    ])
    await chooser.setFiles(join(folder, 'adela.credential.json'))
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'Publish' }).click()
    await publish(page)
    const { page: wallet } = await patient()
    await wallet.reload()
    await Patient.unlockIfAsked(wallet)
    await wallet.getByText('This record was withdrawn or replaced by its issuer. Ask for the present one.').waitFor()
  })

  const save = async (page: Page, name: string) => {
    const card = page.getByRole('article', { name: `${name}.json` })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('button', { name: 'Save the credential' }).click(),
    ])
    await download.saveAs(join(folder, `${name}.credential.json`))
  }
})

/** A secret that the page shows this once. */
async function shownOnce(page: Page): Promise<string> {
  const notice = page.getByRole('status').filter({ hasText: 'Copy it now' })
  const secret = await notice.locator('code').innerText()
  await notice.getByRole('button', { name: 'Close' }).click()
  return secret
}

async function publish(page: Page): Promise<void> {
  await page.getByText(/word differs|words differ/).waitFor()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Published', { exact: true }).waitFor()
}

/** Adds a passkey to the open wallet, locks it, opens it with nothing else. */
async function addPasskey({ page, context, look }: Visitor.Visitor): Promise<void> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: true,
    },
  })
  await go(page, '/wallet/settings', 'Settings')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('Passphrase', { exact: true }).fill(Patient.passphrase)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('A passkey opens this wallet.').waitFor()
  await look('passkey')
  await page.getByRole('button', { name: 'Lock', exact: true }).click()
  await page.getByRole('button', { name: 'Unlock with a passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
}

async function exported(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
  return readFileSync(await download.path(), 'utf8')
}

/** What the command line prints, run as a program of its own against the chain that the API follows. */
async function auditByCommandLine({ town: { rpcUrl, deploymentFile } }: Service.Service): Promise<unknown> {
  const main = join(import.meta.dirname, '../../../prover/src/cli/main.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [
    main,
    'audit',
    '--json',
    ...['--rpc', rpcUrl],
    ...['--deployment', deploymentFile],
  ])
  return JSON.parse(stdout)
}
