import { readFileSync } from 'node:fs'
import type { Visitor } from './Visitor.ts'

/** Replays the chain in the browser and opens a receipt. Gives what the export says. */
export async function replay({ page, look }: Visitor): Promise<string> {
  await page.goto('/auditor')
  await page.getByText(/Computed in this browser from/).waitFor()
  await look('timeline')
  await page.getByRole('link', { name: 'Receipts' }).click()
  await page.getByRole('table', { name: 'Receipts' }).waitFor()
  await look('receipts')
  const exported = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export JSON' }).click()
  const path = await (await exported).path()
  await page.getByRole('table', { name: 'Receipts' }).getByRole('link').first().click()
  await page.getByText('Checked in this browser').first().waitFor()
  await page.getByRole('img', { name: 'holds', exact: true }).first().waitFor()
  await look('receipt')
  for (const room of ['Audit heads', 'Trees']) {
    await page.getByRole('link', { name: room }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await look(room.toLowerCase().replace(' ', '-'))
  }
  return readFileSync(path, 'utf8')
}
