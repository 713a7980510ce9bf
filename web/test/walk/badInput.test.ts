import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Patient from './patient.ts'
import * as Visitor from './Visitor.ts'

// What goes wrong around a patient: each time a message they understand, and nothing lost.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('a patient, when something goes wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-bad-'))
  let service: Service.Service
  let browser: Browser
  let visitor: Visitor.Visitor
  let link: string

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
    visitor = await Visitor.enter(browser, { role: 'bad-input', baseURL: service.origin, phone: true })
    link = service.requests[0]?.link ?? ''
    await Patient.restore(visitor, Keys.wordsOf('adela'))
  })

  afterEach(async () => {
    await visitor.context.unrouteAll({ behavior: 'ignoreErrors' })
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const credential = () => service.town.handout.patients[0]?.credential ?? ''
  const says = (text: string | RegExp) => visitor.page.getByText(text).first().waitFor()
  const proveAnd = async (then: () => Promise<void>) => {
    await visitor.page.getByRole('button', { name: /Prove and send|Continue/ }).click()
    await visitor.page.getByRole('heading', { name: 'Your proof is being made' }).waitFor()
    await then()
  }

  it('storage full: the record is not kept, and can be taken when there is room', async () => {
    const { page, context, look } = visitor
    await page.goto('/wallet/add')
    await Patient.unlockIfAsked(page)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: service.origin, quotaSize: 1 })
    await Patient.chooseFile(page, 'Credential file', credential())
    await says('This device has no room left.')
    await look('storage-full')
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: service.origin })
    await Patient.receive(visitor, credential())
  })

  it('a wrong passphrase: said so, and the right one still opens', async () => {
    const { page, look } = visitor
    await page.goto('/wallet')
    await page.getByLabel('Passphrase').fill('not the passphrase')
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    await says('The passphrase is not right.')
    await look('wrong-passphrase')
    await Patient.unlockIfAsked(page)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('a request signed by a stranger: nothing of it is shown', async () => {
    const { page, context, look } = visitor
    const stranger = service.town.accounts[Keys.accounts.stranger]
    await context.route('**/v1/requests/*/object', async (route) => {
      const response = await route.fetch()
      const object = await response.json()
      const signature = await stranger?.signMessage('anything')
      await route.fulfill({ response, json: { ...object, medseal_signature: signature } })
    })
    await page.goto(link)
    await Patient.unlockIfAsked(page)
    await says('This request is not shown')
    await says(/not signed by the key of the one it says it is from/)
    await look('stranger')
  })

  it('the API down: said so, and read when it is back', async () => {
    const { page, context, look } = visitor
    await context.route('**/v1/requests/*/object', (route) => route.abort())
    await page.goto(link)
    await Patient.unlockIfAsked(page)
    await says('The server cannot be reached.')
    await look('api-down')
    await context.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await says('What they will learn')
  })

  it('proving tools with a flipped byte: not used, not kept, and fetched anew', async () => {
    const { context, look } = visitor
    await context.route('**/artifacts/eligibility-m.wasm*', async (route) => {
      const response = await route.fetch()
      const body = await response.body()
      const middle = body.length >> 1
      body.writeUInt8(body.readUInt8(middle) ^ 1, middle)
      await route.fulfill({ response, body })
    })
    await Patient.open(visitor, link)
    await proveAnd(() => says('The proving tools arrived damaged or altered'))
    await look('flipped-byte')
    await context.unrouteAll()
  })

  it('the tab closed in the middle of a proof: offered again where it was', async () => {
    await Patient.open(visitor, link)
    await proveAnd(async () => undefined)
    await visitor.page.close()
    visitor = { ...visitor, ...(await Visitor.again(visitor, 'bad-input-new-tab')) }
    const { page, look } = visitor
    await page.goto('/wallet')
    await Patient.unlockIfAsked(page)
    await says(/was interrupted. Nothing is lost/)
    await look('tab-closed')
  })

  it('the worker lost: said so, and the proof can be made again', async () => {
    const { page, look } = visitor
    await Patient.open(visitor, link)
    await proveAnd(async () => {
      for (const worker of page.workers()) await worker.evaluate(() => self.close()).catch(() => undefined)
      await says(/Nothing is lost: try again/)
    })
    await look('worker-lost')
  })

  it('the API down when the answer is ready: kept, and sent when it is back', async () => {
    const { page, context, look } = visitor
    await context.route('**/v1/requests/*/answer', (route) => route.abort())
    await Patient.open(visitor, link)
    await proveAnd(() => says('Ready, and kept'))
    await look('outbox')
    await context.unrouteAll()
    await page.goto('/wallet')
    await Patient.unlockIfAsked(page)
    await page.goto('/wallet/answers')
    await Patient.unlockIfAsked(page)
    await says(/Receipt found on the chain by this device/)
    await look('sent-later')
  })
})
