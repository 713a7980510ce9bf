import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's, or whichever CHROMIUM names. */
export const executable = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser']
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path))

/** Whether a missing browser is a failure rather than a reason to skip. */
export const mustHave = process.env.MEDSEAL_REQUIRE?.split(/[\s,]+/).includes('chromium') ?? false

if (!executable && !mustHave) {
  console.warn('No Chromium here (apt-get install chromium, or set CHROMIUM): the pages are not walked through.')
}

/** @param args More of Chromium's own arguments. */
export function launch(args: readonly string[] = []): Promise<Browser> {
  if (!executable) throw new Error('MEDSEAL_REQUIRE names chromium, and there is none: apt-get install chromium.')
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] })
}
