import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import * as Pages from '../../src/Pages.ts'

const script = 'export const said = 1\n'.repeat(500)

test('a script goes out as gzip to who takes it, and as it is to who does not', async () => {
  const port = await serve()
  for (let turn = 0; turn < 2; turn++) {
    const zipped = await ask(port, '/assets/index-abc.js', 'gzip, br')
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(zipped.headers['content-type']).toMatch(/^text\/javascript/)
    expect(zipped.headers['cache-control']).toContain('immutable')
    expect(zipped.body.length).toBeLessThan(script.length / 10)
    expect(gunzipSync(zipped.body).toString()).toBe(script)
  }
  const plain = await ask(port, '/assets/index-abc.js', 'identity')
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.body.toString()).toBe(script)
  expect((await ask(port, '/assets/none.js', 'gzip')).status).toBe(404)
  expect((await ask(port, '/assets/..%2f..%2fsecret.js', 'gzip')).body.toString()).not.toContain('outside')
})

async function serve(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'medseal-pages-'))
  mkdirSync(join(folder, 'web/assets'), { recursive: true })
  writeFileSync(join(folder, 'web/index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'secret.js'), 'outside of the pages')
  writeFileSync(join(folder, 'web/assets/index-abc.js'), script)
  const server = express()
    .use(Pages.pages(join(folder, 'web')))
    .listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

/** Without what fetch does to encodings. */
async function ask(port: number, path: string, encoding: string) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    get({ port, path, host: '127.0.0.1', headers: { 'accept-encoding': encoding } }, resolve).once('error', reject),
  )
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) }
}
