import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import QrCode from 'qrcode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Keys from '../../../samples/Keys.ts'
import * as Service from '../../../samples/Service.ts'
import * as Chromium from './Chromium.ts'
import * as Patient from './patient.ts'
import * as Question from './Question.ts'
import { go } from './Screens.ts'
import * as Visitor from './Visitor.ts'

// A request's code held before the camera. Chromium plays a file as its camera.

describe.skipIf(!Chromium.executable && !Chromium.mustHave)('before the camera', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-camera-'))
  let service: Service.Service

  beforeAll(async () => {
    service = await Service.start({ folder, port: 0 })
  })
  afterAll(async () => {
    await service?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** In front of a camera that shows this text's code, and may be used or not. */
  const stand = async (text: string, { allowed }: { allowed: boolean }) => {
    const film = join(folder, 'camera.y4m')
    writeFileSync(film, filmOf(text))
    const browser = await Chromium.launch([
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      allowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts',
    ])
    const visitor = await Visitor.enter(browser, { role: 'camera', baseURL: service.origin, phone: true })
    await Patient.restore(visitor, Keys.wordsOf('adela'))
    const { page } = visitor
    await go(page, '/wallet/requests', 'Requests')
    await page.evaluate(() => {
      const { mediaDevices } = navigator
      const own = mediaDevices.getUserMedia.bind(mediaDevices)
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await own(wanted)
        Object.assign(globalThis, { tracks: stream.getTracks() })
        return stream
      }
    })
    await page.getByRole('button', { name: 'Scan a QR code' }).click()
    return { browser, visitor, page }
  }

  it('a request is opened, and the camera is off again', async () => {
    const link = await Question.ask(service, Question.ofAge('Adults', { min: 18 }))
    const { browser, visitor, page } = await stand(link, { allowed: true })
    await page.getByText('What they will learn').waitFor()
    expect(new URL(page.url()).pathname).toBe(new URL(link).pathname)
    const states = await page.evaluate(() =>
      (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map(({ readyState }) => readyState),
    )
    expect(states).toEqual(['ended'])
    expect(visitor.errors).toEqual([])
    await browser.close()
  })

  it('what is no request is said to be none, and nothing is fetched', async () => {
    const { browser, visitor, page } = await stand('https://elsewhere.example/pay?me=1', { allowed: true })
    await page.getByRole('alert').waitFor()
    await visitor.look('no-request')
    expect([...visitor.origins]).toEqual([service.origin])
    await browser.close()
  })

  it('a camera that may not be used is said so, and the link can be typed', async () => {
    const { browser, page } = await stand('nothing', { allowed: false })
    await page.getByRole('alert').waitFor()
    expect(await page.locator('video').count()).toBe(0)
    expect(await page.getByLabel('Link or request').isEditable()).toBe(true)
    await browser.close()
  })
})

/** A second of film, 640 by 480 pixels: a text's QR code, held still. YUV4MPEG2, 4:2:0. */
function filmOf(text: string): Buffer {
  const [width, height, dot] = [640, 480, 6]
  const { size, data } = QrCode.create(text, { errorCorrectionLevel: 'M' }).modules
  const [left, top] = [(width - size * dot) >> 1, (height - size * dot) >> 1]
  const light = Buffer.alloc(width * height, 235)
  for (let y = 0; y < size * dot; y++) {
    for (let x = 0; x < size * dot; x++) {
      const isDark = data[Math.floor(y / dot) * size + Math.floor(x / dot)]
      if (isDark) light[(top + y) * width + left + x] = 16
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, Buffer.alloc((width * height) / 2, 128)])
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([head, ...Array.from({ length: 10 }, () => frame)])
}
