import type { Page } from 'playwright-core'

export const passphrase = 'correct horse battery staple'

/** Unlocks a key file in a room that asks for one. */
export async function unlock(page: Page, { room, keyFile }: { room: string; keyFile: string }): Promise<void> {
  await page.goto(room)
  await addKey(page, keyFile)
}

/** The same where the page already asks for it. */
export async function addKey(page: Page, keyFile: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Add a key file' })
  await form.locator('input[type=file]').setInputFiles(keyFile)
  await form.getByLabel('New passphrase').fill(passphrase)
  await form.getByRole('button', { name: 'Keep it and go on' }).click()
}
