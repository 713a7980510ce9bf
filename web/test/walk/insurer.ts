import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import * as Stakeholder from './stakeholder.ts'
import type { Visitor } from './Visitor.ts'

/** Signs in, reads a policy, asks: gives the link for the patient. */
export async function ask({ page, look }: Visitor, { keyFile, policy }: { keyFile: string; policy: string }) {
  await page.goto('/insurer')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await look('sign-in')
  await Stakeholder.unlock(page, { room: '/insurer', keyFile })
  await page.getByRole('heading', { name: 'Requests' }).waitFor()
  await look('requests')

  await page.getByRole('link', { name: 'Policies' }).click()
  await page.getByRole('link', { name: policy }).click()
  await page.getByRole('heading', { name: policy }).waitFor()
  await look('policy')

  await page.getByRole('link', { name: 'Ask a patient' }).click()
  await page.getByLabel('Your name, as the patient reads it').fill('Northwind Health Insurance')
  await page.getByLabel('Note to the patient').fill('For the prior authorisation of your medicine.')
  await look('new-request')
  await page.getByRole('button', { name: 'Sign and open' }).click()
  await page.getByText('Waiting for the patient').waitFor()
  await look('request-open')
  return linkOn(page)
}

/** Waits for the answer on the request's page. */
export async function read({ page, look }: Visitor): Promise<void> {
  await page
    .getByText(/answered/i)
    .first()
    .waitFor()
  await look('request-answered')
  await page.getByRole('link', { name: 'Results' }).click()
  await page.getByRole('heading', { name: 'Results' }).waitFor()
  await look('results')
}

async function linkOn(page: Page): Promise<string> {
  const link = /https?:\/\/\S+\/r\/req_\w+/.exec(await page.locator('main').innerText())?.[0]
  expect(link).toBeDefined()
  return link ?? ''
}
