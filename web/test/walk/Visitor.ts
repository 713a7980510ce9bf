import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Somebody in front of a browser, and what the browser said meanwhile. */
export type Visitor = {
  readonly page: Page
  readonly context: BrowserContext
  /** Takes a picture, kept in .cache/screenshots, and has axe-core look at the page. */
  readonly look: (step: string) => Promise<void>
  /** Origins the pages asked anything of. */
  readonly origins: ReadonlySet<string>
  /** Errors that no page caught, and complaints of the content-security policy. */
  readonly errors: readonly string[]
  readonly leave: () => Promise<void>
}

export const screenshots = join(import.meta.dirname, '../../../.cache/screenshots')

/** A visitor with a browser profile of their own. */
export async function enter(
  browser: Browser,
  { role, baseURL, phone = false, dark = false }: { role: string; baseURL: string; phone?: boolean; dark?: boolean },
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...(phone ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } : {}),
  })
  context.setDefaultTimeout(patience)
  const origins = new Set<string>()
  const errors: string[] = []
  context.on('request', (request) => origins.add(new URL(request.url()).origin))
  context.on('weberror', (error) => errors.push(error.error().message))
  context.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text())
  })
  const page = await context.newPage()
  const steps = { taken: 0 }
  const leave = async () => {
    // What is intercepted when the context closes fails in a handler that nobody waits for.
    await context.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  }
  return { page, context, origins, errors, leave, look: (step) => look(page, `${role}-${numbered(steps)}-${step}`) }
}

/** The same visitor in a new tab: the one before was closed. */
export async function again({ context }: Visitor, role: string): Promise<Pick<Visitor, 'page' | 'look'>> {
  const page = await context.newPage()
  const steps = { taken: 0 }
  return { page, look: (step) => look(page, `${role}-${numbered(steps)}-${step}`) }
}

function numbered(steps: { taken: number }): string {
  steps.taken += 1
  return String(steps.taken).padStart(2, '0')
}

/** Takes a picture, kept in .cache/screenshots, and has axe-core look at the page: see `violations`. */
export async function look(page: Page, name: string, rules: Rules = {}): Promise<void> {
  await page.evaluate(() => {
    scrollTo(0, 0)
    return document.fonts.ready.then(() => undefined)
  })
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, animations: 'disabled' })
  expect.soft(await violations(page, rules), `axe-core on ${name}`).toEqual([])
}

/** Which of axe-core's rules are held: all, unless `only` some are, but for those `excepted`. */
export type Rules = { readonly only?: readonly string[]; readonly excepted?: readonly string[] }

/** All that axe-core finds, minor or not: rule, and where. Evaluated from outside, as the pages let no script in. */
export async function violations(page: Page, { only, excepted = [] }: Rules = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        ...(runOnly && { runOnly }),
      }),
    only && [...only],
  )
  const held = violations.filter(({ id }) => !excepted.includes(id))
  return held.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`))
}

/** Milliseconds a page may take: machines that prove on all cores are slow at all else. */
const patience = 60_000
