import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Patient from './patient.ts'
import * as Question from './Question.ts'
import * as Stakeholder from './stakeholder.ts'
import * as Visitor from './Visitor.ts'

// The main paths without a pointer: Tab, Shift+Tab, Enter, Space and typing.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('by keyboard only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-keyboard-'))
  let service: Service.Service
  let browser: Browser

  beforeAll(async () => {
    browser = await Chromium.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
    await Question.keep(service, Question.ofAge('Adults', { min: 18 }))
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const enter = (role: string) => Visitor.enter(browser, { role: `keyboard-${role}`, baseURL: service.origin })

  it('a patient unlocks, reads a request, proves and sends', async () => {
    const visitor = await enter('patient')
    const { page, look, leave } = visitor
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    await Patient.receive(
      { ...visitor, look: async () => undefined },
      service.town.handout.patients[0]?.credential ?? '',
    )

    await page.goto(await Question.ask(service, Question.ofAge('Adults', { min: 18 })))
    await page.getByRole('heading', { name: 'Your wallet is locked' }).waitFor()
    await reach(page, page.getByLabel('Passphrase', { exact: true }))
    await page.keyboard.type(Patient.passphrase)
    await page.keyboard.press('Enter')
    await page.getByText('Your record meets the rules.').waitFor()
    const answer = page.getByRole('button', { name: 'Prove and send' })
    await reach(page, answer)
    await reach(page, page.getByText('The rules as they are signed'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText('"medseal": "policy/1"').waitFor()
    await reach(page, answer)
    await look('about-to-prove')
    await page.keyboard.press('Space')
    await page.locator('[data-outcome=sent]').waitFor()
    expect(await hasFocus(page.locator('[data-outcome=sent]')), 'what came of it has the focus').toBe(true)
    await page.keyboard.press('Tab')
    expect(await hasFocus(page.getByRole('link', { name: 'See my answers' }))).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByText(/Receipt found on the chain by this device/).waitFor()
    await leave()
  })

  it('an insurer unlocks their key and asks', async () => {
    const { page, look, leave } = await enter('insurer')
    await Stakeholder.unlock(page, { room: '/insurer', keyFile: service.town.handout.account('insurer') })
    await page.getByRole('table', { name: 'Requests' }).waitFor()

    await page.reload()
    await reach(page, page.getByLabel(/^Passphrase of/))
    await page.keyboard.type(Stakeholder.passphrase)
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Requests' }).waitFor()
    await reach(page, page.getByRole('link', { name: 'New request' }))
    await page.keyboard.press('Enter')
    await reach(page, page.getByLabel(/^Policies/).and(page.locator('input')))
    await page.keyboard.type('Adults')
    await page.keyboard.press('Enter')
    await reach(page, page.getByLabel('Your name, as the patient reads it'))
    await page.keyboard.type('Northwind Health Insurance')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Whether you are of age.')
    await reach(page, page.getByRole('checkbox'))
    await page.keyboard.press('Space')
    expect(await page.getByRole('checkbox').isChecked()).toBe(false)
    await reach(page, page.getByRole('button', { name: 'Sign and open' }))
    await look('about-to-ask')
    await page.keyboard.press('Enter')
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor()
    await page.getByRole('heading', { level: 1, name: 'Adults' }).waitFor()
    await leave()
  })
})

/** More than any page has: a focus that is caught, or never gets there, is told as such. */
const mostStops = 60

/** Presses until what is wanted has the focus. */
async function reach(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor()
  for (let stops = 0; stops < mostStops; stops++) {
    if (await hasFocus(target)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${target} is not reached by ${key}.`)
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement)
}
