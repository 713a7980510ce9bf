import type { Page } from 'playwright-core'
import type { Visitor } from './Visitor.ts'

export const passphrase = 'rain over seven hills'

/** A new wallet: words written down, some asked back, a passphrase. */
export async function create({ page, look }: Visitor): Promise<void> {
  await page.goto('/wallet')
  await page.getByRole('button', { name: 'Create a wallet' }).waitFor()
  await look('welcome')
  await page.getByRole('button', { name: 'Create a wallet' }).click()
  const list = page.getByRole('list', { name: 'Your 24 words' })
  await list.waitFor()
  const words = await list.getByRole('listitem').allInnerTexts()
  await look('words')
  await page.getByRole('button', { name: 'I have written them down' }).click()
  await page.getByRole('heading', { name: 'Check what you wrote' }).waitFor()
  for (const input of await page.getByRole('textbox').all()) {
    const number = Number(/\d+/.exec((await input.getAttribute('aria-label')) ?? (await labelOf(page, input)))?.[0])
    await input.fill(words[number - 1] ?? '')
  }
  await look('words-checked')
  await page.getByRole('button', { name: 'Continue' }).click()
  await choosePassphrase(page)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await look('overview-empty')
}

/** The wallet of 24 words that somebody has on paper. */
export async function restore({ page }: Visitor, words: string): Promise<void> {
  await page.goto('/wallet')
  await page.getByRole('button', { name: 'Restore from words' }).click()
  await page.getByLabel('24 words').fill(words)
  await page.getByRole('button', { name: 'Continue' }).click()
  await choosePassphrase(page)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

/** Answers an invitation: gives the path of the file for the hospital. */
export async function enrol({ page, look }: Visitor, invitation: string): Promise<string> {
  await page.goto('/wallet/add')
  await unlockIfAsked(page)
  await chooseFile(page, 'Invitation file', invitation)
  const downloaded = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Make the answer' }).click()
  const path = await (await downloaded).path()
  await page.getByText('Your answer is in your downloads').waitFor()
  await look('enrolled')
  return path
}

/** Takes a credential file home and looks into the record. */
export async function receive({ page, look }: Visitor, credential: string): Promise<void> {
  await page.goto('/wallet/add')
  await unlockIfAsked(page)
  await chooseFile(page, 'Credential file', credential)
  await page.getByText('The record is right and is kept on this device.').waitFor()
  await look('received')
  await page.getByRole('link', { name: 'Look into it' }).click()
  await page.getByRole('heading', { name: 'Prescriptions' }).waitFor()
  await look('record')
}

/** Opens the link: this device checks who asks, and tries the rules out. */
export async function open({ page, look }: Visitor, link: string): Promise<void> {
  await page.goto(link)
  await unlockIfAsked(page)
  await page.getByText('What they will learn').waitFor()
  await page.getByRole('heading', { name: 'On this device' }).waitFor()
  await look('request')
}

/** Proves, sends, and waits for the receipt on the chain. */
export async function answer({ page, look }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Prove and send' }).click()
  await page.getByRole('heading', { name: 'Your proof is being made' }).waitFor()
  await look('proving')
  await page.locator('[data-outcome=sent]').waitFor()
  await look('sent')
  await page.getByRole('link', { name: 'See my answers' }).click()
  await page.getByText(/Receipt found on the chain by this device/).waitFor()
  await look('receipt')
}

/** What the wallet keeps of who asked. */
export async function readLog({ page, look }: Visitor): Promise<void> {
  for (const place of ['Who asked', 'Settings'] as const) {
    await page.getByRole('button', { name: 'Pages of this room' }).click()
    await page.getByRole('link', { name: place }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await look(place.toLowerCase().replace(' ', '-'))
  }
}

export async function unlockIfAsked(page: Page): Promise<void> {
  const locked = page.getByRole('heading', { name: 'Your wallet is locked' })
  const opened = page.getByRole('button', { name: 'Lock', exact: true })
  await locked.or(opened).first().waitFor()
  if (!(await locked.isVisible())) return
  await page.getByLabel('Passphrase').fill(passphrase)
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await locked.waitFor({ state: 'detached' })
}

export async function choosePassphrase(page: Page): Promise<void> {
  await page.getByLabel('Passphrase').fill(passphrase)
  await page.getByLabel('The same again').fill(passphrase)
  await page.getByRole('button', { name: 'Create the wallet' }).click()
}

/** A file chosen in the card that has this label. */
export async function chooseFile(page: Page, label: string, path: string): Promise<void> {
  // A required field's label goes on with a star.
  const field = page.getByLabel(new RegExp(`^${label}`))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), field.click()])
  await chooser.setFiles(path)
}

async function labelOf(page: Page, input: ReturnType<Page['getByRole']>): Promise<string> {
  const id = await input.getAttribute('id')
  return page.locator(`label[for="${id}"]`).innerText()
}

/** Does something in the midst of the next proof. In the page itself: a proof may be over before a click arrives. */
export async function inMidst(page: Page, act: 'cancel' | 'leave'): Promise<void> {
  await page.evaluate((act) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('[data-phase=proving]')) return
      observer.disconnect()
      const buttons = [...document.querySelectorAll('button')]
      if (act === 'cancel') buttons.find(({ textContent }) => textContent === 'Cancel')?.click()
      else location.replace('about:blank')
    })
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
  }, act)
}
