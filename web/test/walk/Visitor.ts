import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
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

/** Debian's, or whichever CHROMIUM names. */
export const executable = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser']
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path))

/** Whether a missing browser is a failure rather than a reason to skip. */
export const mustHave = process.env.MEDSEAL_REQUIRE?.split(/[\s,]+/).includes('chromium') ?? false

if (!executable && !mustHave) {
  console.warn('No Chromium here (apt-get install chromium, or set CHROMIUM): the pages are not walked through.')
}

export function launch(): Promise<Browser> {
  if (!executable) throw new Error('MEDSEAL_REQUIRE names chromium, and there is none: apt-get install chromium.')
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

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
  const page = await context.newPage()
  const origins = new Set<string>()
  const errors: string[] = []
  context.on('request', (request) => origins.add(new URL(request.url()).origin))
  context.on('weberror', (error) => errors.push(error.error().message))
  context.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text())
  })
  let steps = 0
  return {
    page,
    context,
    origins,
    errors,
    look: async (step) => {
      steps += 1
      await page.evaluate(() => document.fonts.ready)
      const name = `${role}-${String(steps).padStart(2, '0')}-${step}.png`
      mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, name), fullPage: true, animations: 'disabled' })
      expect(await violations(page), `axe-core on ${name}`).toEqual([])
    },
    leave: () => context.close(),
  }
}

/** What axe-core finds serious or critical: rule, and where. Evaluated from outside, as the pages let no script in. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`))
}

/** Milliseconds a page may take: machines that prove on all cores are slow at all else. */
const patience = 60_000
