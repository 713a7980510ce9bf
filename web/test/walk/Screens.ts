import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import * as Visitor from './Visitor.ts'

/** How every screen is looked at: on a phone and a desktop, light and dark. */
const views = (['light', 'dark'] as const).flatMap((scheme) => [
  { size: 'phone', scheme, viewport: { width: 390, height: 844 } } as const,
  { size: 'desktop', scheme, viewport: { width: 1280, height: 800 } } as const,
])

/** All of axe-core's rules that ask for computed colours. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** Screens that were looked at, by what the router knows them as. */
const seen = new Set<string>()

/** Looks at what a page shows now, in every view. */
export async function see(page: Page, name: string, excepted: readonly string[] = []): Promise<void> {
  note(page)
  const colours = ofColours.filter((rule) => !excepted.includes(rule))
  for (const { size, scheme, viewport } of views) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme: scheme })
    // The pages follow the device; the API's own page has one look.
    await page.locator(`html[data-mantine-color-scheme=${scheme}], html:not([data-mantine-color-scheme])`).waitFor()
    // The other scheme has the same elements in other colours.
    const rules = scheme === 'light' ? { excepted } : { only: colours }
    if (rules.only?.length !== 0) await Visitor.look(page, `screen-${name}-${size}-${scheme}`, rules)
    expect.soft(await overflow(page), `width of ${name} on a ${size}`).toBeLessThanOrEqual(0)
    expect.soft(await unreachable(page), `controls of ${name} on a ${size}`).toEqual([])
  }
}

/** Goes where a link would lead, and looks. Loading the page anew would lock the room. */
export async function visit(page: Page, path: string, heading: string | RegExp, name: string): Promise<void> {
  await go(page, path, heading)
  await see(page, name)
}

export async function go(page: Page, path: string, heading: string | RegExp): Promise<void> {
  await page.evaluate((to) => history.pushState(null, '', to), path)
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  await page.getByRole('status', { name: /^(Loading|Wird geladen)$/ }).waitFor({ state: 'detached' })
}

/** Routes nobody has looked at. */
export function unseen(): readonly string[] {
  return routes.filter((path) => !seen.has(path))
}

/** As the rooms' routes.tsx spell them. Importing the router would load the whole component library into Node. */
const routes: readonly string[] = globSync(join(import.meta.dirname, '../../src/*/routes.tsx')).flatMap((file) => {
  const paths = [...readFileSync(file, 'utf8').matchAll(/(?:path: |at\()'(\/[^']*)'/g)].map(([, path = '']) => path)
  const [room = ''] = /path: '\/\w/.test(readFileSync(file, 'utf8')) ? paths.splice(0, 1) : []
  return paths.map((path) => (path === '/' ? room : room + path))
})

function note(page: Page): void {
  const { pathname } = new URL(page.url())
  const fitting = routes.filter((path) => new RegExp(`^${path.replaceAll(/\$\w+/g, '[^/]+')}$`).test(pathname))
  // What is spelt out goes before what has a parameter: /requests/new is no request.
  const [path] = fitting.sort((a, b) => Number(a.includes('$')) - Number(b.includes('$')))
  if (path !== undefined) seen.add(path)
}

/** Pixels by which a page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}

/** Controls that stick out to the right where nothing scrolls: what clips them hides them for good. */
function unreachable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element): boolean =>
      /auto|scroll/.test(getComputedStyle(element).overflowX) ||
      (element.parentElement !== null && scrolls(element.parentElement))
    return [...document.querySelectorAll('button, a, input, textarea, summary')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .filter((element) => !scrolls(element))
      .map((element) => element.getAttribute('aria-label') ?? element.textContent ?? element.tagName)
  })
}
