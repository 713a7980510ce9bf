/**
 * `npm run -s bench:web`: what a patient's browser spends. Drives the wallet in Chromium against everything that
 * `npm start` starts, and prints JSON: milliseconds and bytes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import * as Insurer from '../../samples/Insurer.ts'
import * as Keys from '../../samples/Keys.ts'
import * as Service from '../../samples/Service.ts'
import * as Chromium from '../test/walk/Chromium.ts'
import * as Patient from '../test/walk/patient.ts'

/** A question for the smallest circuit: one predicate. P2, the other one, takes the middle one. */
const onePredicate = {
  medseal: 'policy/1',
  name: 'Type 2 diabetes',
  issuers: ['hospital', 'keeper'],
  record: { maximumAgeDays: 30 },
  require: { any: { category: 'condition', set: 'type-2-diabetes' } },
}

const folder = mkdtempSync(join(tmpdir(), 'medseal-bench-'))
const service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
const browser = await Chromium.launch()
try {
  const [diabetes] = service.requests
  const insurer = await Insurer.signIn(service.origin, service.town.residents.insurer.signer)
  const small = await Insurer.keepPolicyFile(insurer, onePredicate)
  const policies = { 'eligibility-s': small.id, 'eligibility-m': diabetes?.policyIds[0] ?? '' }
  const firstPage = await measureFirstPage(browser)
  const proofs: Record<string, Awaited<ReturnType<typeof measureProofs>>> = {}
  for (const [circuit, id] of Object.entries(policies)) {
    const links = [await Insurer.create(insurer, { id }), await Insurer.create(insurer, { id })].map(
      ({ link }) => link ?? '',
    )
    proofs[circuit] = await measureProofs(browser, links)
  }
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, browser: `Chromium ${browser.version()}` }
  const gaps = Object.entries(proofs).map(([circuit, { longestGapMs }]) =>
    bar(`longest gap of the page's thread with ${circuit}, ms`, longestGapMs, 100),
  )
  const bars = [bar('gzipped bytes before the first interaction', firstPage.gzipBytes, 300_000), ...gaps]
  const missed = bars.filter(({ kept }) => !kept).map(({ name }) => name)
  console.log(JSON.stringify({ machine, firstPage, proofs, bars, missed }, null, 2))
} finally {
  await browser.close()
  await service.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Bytes, gzipped, until a newcomer can press the first button of the wallet. */
async function measureFirstPage(browser: Browser) {
  const { context, page } = await open(browser)
  const gzipped = countGzipped(context)
  await page.goto('/wallet')
  await page.getByRole('button', { name: 'Create a wallet' }).waitFor()
  const gzipBytes = await gzipped()
  await context.close()
  return { gzipBytes }
}

function bar(name: string, measured: number, below: number) {
  return { name, measured, below, kept: measured < below }
}

/** Two proofs of one wallet: the first loads everything, the second finds it there. */
async function measureProofs(browser: Browser, links: readonly string[]) {
  const { context, page } = await open(browser)
  const visitor = { page, context, look: async () => {}, origins: new Set<string>(), errors: [], leave: async () => {} }
  await Patient.restore(visitor, Keys.wordsOf('adela'))
  await Patient.receive(visitor, service.town.handout.patients[0]?.credential ?? '')
  const [cold = '', warm = ''] = links
  const sent = countSent(context)
  const first = await measureProof(visitor, cold)
  const firstProofBytes = await sent()
  const second = await measureProof(visitor, warm)
  await context.close()
  return {
    coldMs: first.ms,
    warmMs: second.ms,
    provingMs: { cold: first.provingMs, warm: second.provingMs },
    longestGapMs: Math.max(first.gap, second.gap),
    longestGapOpeningMs: Math.max(first.openingGap, second.openingGap),
    firstProofBytes,
  }
}

/**
 * From opening the request until the answer is acknowledged, without leaving the page before. The wallet fetches what a
 * proof takes as soon as a request is open, while its owner reads: nobody reads here, so that the first proof waits for
 * all of the download. `provingMs` begins at the press of the button.
 */
async function measureProof(visitor: Parameters<typeof Patient.open>[0], link: string) {
  const { page } = visitor
  await page.getByRole('link', { name: 'Requests', exact: true }).click()
  await page.getByLabel('Link or request').fill(link)
  await page.evaluate(() => {
    const watch = globalThis as unknown as { longestGap: number }
    watch.longestGap = 0
    let last = performance.now()
    setInterval(() => {
      const now = performance.now()
      watch.longestGap = Math.max(watch.longestGap, now - last)
      last = now
    }, 5)
  })
  /** The longest gap so far; the next is looked for anew. */
  const takeGap = () =>
    page.evaluate(() => {
      const watch = globalThis as unknown as { longestGap: number }
      const { longestGap } = watch
      watch.longestGap = 0
      return Math.round(longestGap)
    })
  const begun = performance.now()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  const prove = page.getByRole('button', { name: 'Prove and send' })
  await prove.waitFor()
  const openingGap = await takeGap()
  const pressed = performance.now()
  await prove.click()
  await page.locator('[data-outcome=sent]').waitFor()
  const sent = performance.now()
  const gap = await takeGap()
  return { ms: Math.round(sent - begun), provingMs: Math.round(sent - pressed), gap, openingGap }
}

async function open(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: service.origin, serviceWorkers: 'block' })
  context.setDefaultTimeout(180_000)
  return { context, page: await context.newPage() }
}

/** Counts the bodies of all answers from now on, as gzip makes them. */
function countGzipped(context: BrowserContext): () => Promise<number> {
  const bodies: Promise<Buffer>[] = []
  context.on('response', (response) => {
    if (response.ok()) bodies.push(response.body().catch(() => Buffer.alloc(0)))
  })
  return async () => (await Promise.all(bodies)).reduce((total, body) => total + gzipSync(body).length, 0)
}

/** Counts what is sent from now on. A proving key is too long for the browser to hand out its body. */
function countSent(context: BrowserContext): () => Promise<number> {
  const sizes: Promise<number>[] = []
  context.on('requestfinished', (request) => {
    // What is still asked for when the browser closes is not counted any more.
    sizes.push(
      request.sizes().then(
        ({ responseBodySize }) => responseBodySize,
        () => 0,
      ),
    )
  })
  return async () => (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
}
