import type { Download, Page } from 'playwright-core'
import * as Patient from './patient.ts'
import * as Stakeholder from './stakeholder.ts'
import type { Visitor } from './Visitor.ts'

/** Opens the hospital's desk from its two files. */
export async function open({ page, look }: Visitor, files: { signingKey: string; desk: string }): Promise<void> {
  await page.goto('/issuer')
  await page.getByText('From files', { exact: true }).click()
  await page.getByLabel(/^Name/).fill('Sample hospital')
  await Patient.chooseFile(page, 'Signing key', files.signingKey)
  await Patient.chooseFile(page, 'Desk', files.desk)
  await page.getByLabel(/^New passphrase/).fill(Stakeholder.passphrase)
  await look('desk-files')
  await page.getByRole('button', { name: 'Keep it in this browser' }).click()
  await page.getByRole('heading', { name: 'Sample hospital' }).waitFor()
  await look('desk')
}

/** An invitation for somebody whose identity was checked: gives the file's path. */
export async function invite({ page }: Visitor): Promise<string> {
  return downloaded(page, () => page.getByRole('button', { name: 'Make an invitation' }).click())
}

/** Issues a bundle's record to who has enrolled: gives the credential file's path. */
export async function issue({ page, look }: Visitor, files: { bundle: string; enrolment: string }): Promise<string> {
  await page.getByRole('link', { name: 'Issue records' }).click()
  await Patient.chooseFile(page, 'Documents', files.bundle)
  await Patient.chooseFile(page, 'Enrolments', files.enrolment)
  await page.getByLabel('Complete since').fill('1990-01-01')
  await look('issue')
  await page.getByRole('button', { name: 'Issue the record' }).click()
  const save = page.getByRole('button', { name: 'Save the credential' })
  await save.waitFor()
  await look('issued')
  return downloaded(page, () => save.click())
}

async function downloaded(page: Page, act: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download') as Promise<Download>, act()])
  return download.path()
}
