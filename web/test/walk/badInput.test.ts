import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HDNodeWallet } from 'ethers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as PresentationRequest from '../../../prover/src/protocol/PresentationRequest.ts'
import * as Asked from '../../../prover/src/protocol/Request.ts'
import * as Insurer from '../../../samples/Insurer.ts'
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

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
  })

  beforeEach(async ({ task }) => {
    const role = `bad-input-${task.name.split(/[:,]/)[0]?.replaceAll(' ', '-')}`
    visitor = await Visitor.enter(browser, { role, baseURL: service.origin, phone: true })
    await Patient.restore(visitor, Keys.wordsOf('adela'))
  })

  afterEach(async () => {
    await visitor.leave()
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const credential = () => service.town.handout.patients[0]?.credential ?? ''
  const says = (text: string | RegExp) => visitor.page.getByText(text).first().waitFor()
  /** The link of a request that nobody has answered. */
  const ask = async () => {
    const insurer = await Insurer.signIn(service.origin, service.town.residents.insurer.signer)
    return (await Insurer.create(insurer, { id: service.requests[0]?.policyIds[0] ?? '' })).link ?? ''
  }
  /** A wallet with a record, looking at a request. */
  const openRequest = async () => {
    const silent = { ...visitor, look: async () => undefined }
    await Patient.receive(silent, credential())
    await Patient.open(silent, await ask())
  }
  const prove = async () => {
    await visitor.page.getByRole('button', { name: 'Prove and send' }).click()
    await visitor.page.getByRole('heading', { name: 'Your proof is being made' }).waitFor()
  }

  it('storage full: the record is not kept, and can be taken when there is room', async () => {
    const { page, look } = visitor
    await page.goto('/wallet/add')
    await Patient.unlockIfAsked(page)
    await fill(page)
    await Patient.chooseFile(page, 'Credential file', credential())
    await says('This device has no room left.')
    await look('said')
    // A fresh page has a worker whose writes come through.
    await page.goto('/wallet')
    await Patient.unlockIfAsked(page)
    await says('No record yet')
    await Patient.receive(visitor, credential())
    // What was there before stays where a newer one does not fit in.
    await page.goto('/wallet/add')
    await Patient.unlockIfAsked(page)
    await fill(page)
    await Patient.chooseFile(page, 'Credential file', credential())
    await says('This device has no room left.')
    await page.goto('/wallet')
    await Patient.unlockIfAsked(page)
    await page.getByRole('link', { name: 'Look into it' }).waitFor()
  })

  it('a wrong passphrase: said so, and the right one still opens', async () => {
    const { page, look } = visitor
    await page.goto('/wallet')
    await page.getByLabel('Passphrase').fill('not the passphrase')
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    await says('The passphrase is not right.')
    await look('locked')
    await Patient.unlockIfAsked(page)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('a request signed by a stranger: nothing of it is shown', async () => {
    const { page, context, look } = visitor
    const stranger = service.town.accounts[Keys.accounts.stranger] as HDNodeWallet
    const said: string[] = []
    // All that is signed is as the insurer made it: only the key is another.
    await context.route('**/v1/requests/*/object', async (route) => {
      const response = await route.fetch()
      const object = PresentationRequest.parse(await response.text())
      const request = PresentationRequest.requestOf(object)
      const domain = Asked.domainOf({ chainId: request.chainId, contract: request.consumer })
      const signature = await stranger.signTypedData(domain, Asked.types, Asked.toTypedData(request))
      const { client_metadata, medseal_request } = object
      said.push(client_metadata.client_name, medseal_request.note ?? '')
      said.push(...PresentationRequest.policiesOf(object).map(({ name }) => name))
      await route.fulfill({ response, json: { ...object, medseal_signature: signature } })
    })
    await page.goto(await ask())
    await Patient.unlockIfAsked(page)
    await says('This request is not shown')
    await says(/not signed by the key of the one it says it is from/)
    await look('refused')
    const shown = await page.locator('body').innerText()
    expect(said.filter(Boolean).length).toBeGreaterThanOrEqual(3)
    for (const text of said) if (text !== '') expect(shown).not.toContain(text)
    // Nor is it kept to be shown later.
    await page.goto('/wallet/requests')
    await Patient.unlockIfAsked(page)
    await page.getByLabel('Link or request').waitFor()
    const kept = await page.locator('body').innerText()
    for (const text of said) if (text !== '') expect(kept).not.toContain(text)
  })

  it('the API down: said so, and read when it is back', async () => {
    const { page, context, look } = visitor
    await context.route('**/v1/requests/*/object', (route) => route.abort())
    await page.goto(await ask())
    await Patient.unlockIfAsked(page)
    await says('The server cannot be reached.')
    await look('said')
    await context.unrouteAll({ behavior: 'ignoreErrors' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await says('What they will learn')
  })

  it('proving tools with a flipped byte: said so, and not used', async () => {
    const { page, context, look } = visitor
    await context.route('**/artifacts/eligibility-m.solver*', async (route) => {
      const response = await route.fetch()
      const body = await response.body()
      const middle = body.length >> 1
      body.writeUInt8(body.readUInt8(middle) ^ 1, middle)
      await route.fulfill({ response, body })
    })
    await openRequest()
    await prove()
    await says('The proving tools arrived damaged or altered')
    await look('said')
    await page.getByRole('button', { name: 'Prove and send' }).waitFor()
  })

  it('the tab closed in the middle of a proof: offered again where it was', async () => {
    await openRequest()
    await Patient.inMidst(visitor.page, 'leave')
    await prove()
    await visitor.page.waitForURL('about:blank')
    await visitor.page.close()
    visitor = { ...visitor, ...(await Visitor.again(visitor, 'bad-input-new-tab')) }
    const { page, look } = visitor
    await page.goto('/wallet')
    await Patient.unlockIfAsked(page)
    await says(/was interrupted. Nothing is lost/)
    await look('offered')
    await page.getByRole('link', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
  })

  it('the worker lost: said so, and the proof can be made again', async () => {
    const { page, look } = visitor
    await openRequest()
    await prove()
    for (const worker of page.workers()) await worker.evaluate(() => self.close()).catch(() => undefined)
    await says(/Nothing is lost: try again/)
    await look('said')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
  })

  it('the API down when the answer is ready: kept, and sent when it is back', async () => {
    const { page, context, look } = visitor
    await context.route('**/v1/requests/*/answer', (route) => route.abort())
    await openRequest()
    await prove()
    await says('Ready, and kept')
    await look('kept')
    await page.reload()
    await Patient.unlockIfAsked(page)
    await says('Ready, and kept')
    await context.unrouteAll({ behavior: 'ignoreErrors' })
    // Nobody touches anything: the wallet tries again by itself, and the page that is open says so.
    await page.locator('[data-outcome=sent]').waitFor()
    await page.getByRole('link', { name: 'See my answers' }).click()
    await says(/Receipt found on the chain by this device/)
    await look('sent')
  })
})

/**
 * Has every write into the wallet's database fail as on a full device. A quota set over DevTools does not do for that:
 * Chromium was seen to keep the record all the same.
 */
async function fill(page: Page): Promise<void> {
  for (const worker of page.workers()) {
    await worker.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('No room', 'QuotaExceededError')
      }
    })
  }
}
