import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Patient from './patient.ts'
import * as Question from './Question.ts'
import * as Visitor from './Visitor.ts'

// What pages do without something they usually have: the network, or isolation from other origins.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('a patient', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-offline-'))
  let service: Service.Service
  let browser: Browser
  let visitor: Visitor.Visitor

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
  })

  beforeEach(async () => {
    visitor = await Visitor.enter(browser, { role: 'offline', baseURL: service.origin, phone: true })
  })

  afterEach(() => visitor.leave())

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const credential = () => service.town.handout.patients[0]?.credential ?? ''
  const ask = () => Question.ask(service, Question.ofAge('Adults', { min: 18 }))

  it('with the network cut: takes a record, tries the rules out, proves; connected again: it is sent', async () => {
    const { page, context, look } = visitor
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    await page.goto(await ask())
    await Patient.unlockIfAsked(page)
    await page.getByText('You have no record yet with which this could be answered.').waitFor()
    await loaded(page)
    const asked: string[] = []
    context.on('requestfailed', (request) => asked.push(request.url()))
    await context.setOffline(true)

    await goThrough(page, 'Overview')
    await page.getByRole('link', { name: 'Get a record' }).first().click()
    await Patient.chooseFile(page, 'Credential file', credential())
    await page.getByText('The record is right and is kept on this device.').waitFor()
    await goThrough(page, 'Requests')
    await page.getByRole('link', { name: 'Northwind Health Insurance' }).click()
    await page.getByText('Your record meets the rules.').waitFor()
    await look('tried-out')
    await page.getByRole('button', { name: 'Prove and send' }).click()
    // Whatever else comes of it is told by its name, not waited out.
    const told = page.locator('[data-outcome], [data-error]').first()
    await told.waitFor()
    const outcome = await told.evaluate(({ dataset }: HTMLElement) => dataset.outcome ?? dataset.error)
    expect(outcome, `without a network it was asked for ${asked.join(', ')}`).toBe('ready')
    await look('kept')

    await context.setOffline(false)
    await page.locator('[data-outcome=sent]').waitFor()
    await page.getByRole('link', { name: 'See my answers' }).click()
    await page.getByText(/Receipt found on the chain by this device/).waitFor()
  })

  it('in pages that are isolated from other origins', async () => {
    const { page } = visitor
    for (const path of ['/', '/wallet', '/insurer', '/issuer', '/registrar', '/auditor', '/docs']) {
      await page.goto(path)
      expect(await isIsolated(page), path).toBe(true)
    }
  })

  it('in pages that are not isolated: proves all the same', async () => {
    const { page, context } = visitor
    await withoutIsolation(context)
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    expect(await isIsolated(page)).toBe(false)
    const silent = { ...visitor, look: async () => undefined }
    await Patient.receive(silent, credential())
    await Patient.open(silent, await ask())
    expect(await isIsolated(page)).toBe(false)
    for (const worker of page.workers()) expect(await worker.evaluate(() => crossOriginIsolated)).toBe(false)
    await page.getByRole('button', { name: 'Prove and send' }).click()
    await page.locator('[data-outcome=sent]').waitFor()
  })
})

function isIsolated(page: Page): Promise<boolean> {
  return page.evaluate(() => crossOriginIsolated)
}

/** As behind a proxy that drops the headers which isolate: the document's decide, for its workers too. */
async function withoutIsolation(context: BrowserContext): Promise<void> {
  await context.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback()
    const response = await route.fetch()
    const { 'cross-origin-opener-policy': _, 'cross-origin-embedder-policy': __, ...headers } = response.headers()
    await route.fulfill({ response, headers })
  })
}

/** Every page of the room is there, and what proves: from here on no network is needed. */
async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(
    (names) => {
      const there = performance.getEntriesByType('resource').map((entry) => entry.name)
      return names.every((name) => there.some((one) => one.includes(`/${name}-`)))
    },
    ['Home', 'Add', 'RequestPage', 'Inbox', 'Answers', 'Log', 'Settings', 'RecordPage', 'Charts'],
  )
  // The worker's own, each whole: a browser names what it keeps before the last of it has arrived.
  await page.waitForFunction(async () => {
    const cache = await caches.open('medseal-artifacts')
    const urls = (await cache.keys()).map(({ url }) => url)
    const isWhole = async (file: string) => {
      const url = urls.find((one) => one.includes(`eligibility-s.${file}`))
      const kept = url && (await cache.match(url))
      if (!kept) return false
      const [body, head] = await Promise.all([kept.arrayBuffer(), fetch(url, { method: 'HEAD', cache: 'no-store' })])
      return body.byteLength === Number(head.headers.get('content-length'))
    }
    return (await Promise.all(['solver', 'zkey'].map(isWhole))).every((whole) => whole)
  })
}

/** By the room's menu. */
async function goThrough(page: Page, place: string): Promise<void> {
  await page.getByRole('button', { name: 'Pages of this room' }).click()
  await page.getByRole('link', { name: place, exact: true }).click()
}
