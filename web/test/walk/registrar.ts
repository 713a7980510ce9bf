import * as Stakeholder from './stakeholder.ts'
import type { Visitor } from './Visitor.ts'

/** Verifies a doctor, then suspends them. */
export async function verify({ page, look }: Visitor, { keyFile, key }: { keyFile: string; key: string }) {
  await Stakeholder.unlock(page, { room: '/registrar', keyFile })
  const rows = page.getByRole('row').filter({ hasText: 'Suspend' })
  await rows.first().waitFor()
  const before = await rows.count()
  await look('stakeholders')

  await page.getByRole('link', { name: 'Verify somebody' }).first().click()
  await page.getByText('Asks for proofs').click()
  await page.getByLabel('Their key').fill(key)
  await page.getByLabel('Licence').fill('Board of Insurance 4711')
  await look('verify')
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByRole('heading', { name: 'Stakeholders' }).waitFor()
  await rows.nth(before).waitFor()

  await page.getByRole('button', { name: `Suspend stakeholder ${before + 1}` }).click()
  await look('suspend')
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('button', { name: `Unsuspend stakeholder ${before + 1}` }).waitFor()
  await look('suspended')
  await page.getByRole('link', { name: 'Verifiers' }).click()
  await page.getByRole('heading', { name: 'Verifiers' }).waitFor()
  await page.getByText('eligibility-s').first().waitFor()
  await look('verifiers')
}
