import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Service from '../../../samples/Service.ts'
import * as Insurer from './insurer.ts'
import * as Visitor from './Visitor.ts'

// Each role's main path, in Chromium, against the API, chain and database that `npm start` starts.

describe.skipIf(!Visitor.executable && !Visitor.mustHave)('the pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-walk-'))
  const visitors: Visitor.Visitor[] = []
  let service: Service.Service
  let browser: Browser

  beforeAll(async () => {
    browser = await Visitor.launch()
    service = await Service.start({ folder, port: 0, settings: { REQUESTS_PER_MINUTE: '100000' } })
  })

  afterAll(async () => {
    await browser?.close()
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const enter = async (role: string, options: { phone?: boolean; dark?: boolean } = {}) => {
    const visitor = await Visitor.enter(browser, { role, baseURL: service.origin, ...options })
    visitors.push(visitor)
    return visitor
  }

  it('everybody: the first page', async () => {
    const visitor = await enter('everybody')
    await visitor.page.goto('/')
    await visitor.page.getByRole('heading', { level: 1 }).waitFor()
    await visitor.look('start')
  })

  it('insurer: signs in, reads a policy, asks', async () => {
    const visitor = await enter('insurer')
    const link = await Insurer.ask(visitor, {
      keyFile: service.town.handout.account('insurer'),
      policy: 'GLP-1 receptor agonist for type 2 diabetes',
    })
    expect(link).toMatch(/\/r\/req_/)
  })

  it('asks nobody but its own API, and runs nothing its policy forbids', () => {
    for (const { origins, errors } of visitors) {
      expect([...origins].filter((origin) => !/^(blob|data):/.test(origin) && origin !== 'null')).toEqual([
        service.origin,
      ])
      expect(errors).toEqual([])
    }
  })
})
