import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FileName } from '@medseal/prover/engine/Engine'
import { circuits } from '@medseal/prover/generated/circuits'
import express, { type RequestHandler, Router } from 'express'
import { ApiError } from './errors.ts'
import * as Security from './Security.ts'

/**
 * The built pages of a folder. Every address that belongs to no file is a page's own, so it answers with index.html, in
 * which `__CSP_NONCE__` stands where the nonce of this answer goes.
 */
export function pages(folder: string): Router {
  const index = readFileSync(join(folder, 'index.html'), 'utf8')
  const router = Router()
  const sendIndex: RequestHandler = (request, response, next) => {
    if (!isPage(request.path, request.method)) return next()
    const nonce = randomBytes(16).toString('base64')
    response.locals.route = 'page'
    Security.allowStyle(response, nonce)
    response.setHeader('Cache-Control', 'no-store')
    response.type('html').send(index.replaceAll('__CSP_NONCE__', nonce))
  }
  router.get(['/', '/index.html'], sendIndex)
  router.use(
    '/assets',
    named('file'),
    compressed(join(folder, 'assets')),
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }),
  )
  router.use(named('file'), express.static(folder, { index: false, redirect: false, maxAge: 0 }))
  router.use(sendIndex)
  return router
}

/**
 * Scripts and styles as gzip, for whoever takes it: a quarter of the bytes before a page can be used. Each is named by
 * its hash and never changes, so it is compressed once.
 */
function compressed(folder: string): RequestHandler {
  const kept = new Map<string, Promise<Buffer>>()
  return async (request, response, next) => {
    const name = /^\/([\w.-]+\.(?:js|css))$/.exec(request.path)?.[1]
    if (name === undefined || request.method !== 'GET' || !existsSync(join(folder, name))) return next()
    response.vary('Accept-Encoding')
    if (!request.acceptsEncodings('gzip')) return next()
    const body = kept.get(name) ?? readFile(join(folder, name)).then((text) => zip(text))
    kept.set(name, body)
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
    response.setHeader('Content-Encoding', 'gzip')
    response.type(extname(name)).send(await body)
  }
}

const zip = promisify(gzip)

/** `<circuit>.zkey` and so on, of a folder. Asked for with the hash that is pinned they never change. */
export function artifacts(folder: string): Router {
  const router = Router()
  router.get('/:file', named('artifact'), (request, response) => {
    const [, circuit = '', kind = ''] = /^\/([a-z-]+)\.(wasm|solver|zkey)$/.exec(request.path) ?? []
    const name = `${circuit}.${kind}`
    if (circuit === '' || !existsSync(join(folder, name))) throw new ApiError('not-found')
    const pinned = Object.entries(circuits).find(([name]) => name === circuit)?.[1].hashes
    const isPinned = pinned !== undefined && request.query.sha256 === pinned[kind as FileName]
    // By root and name: a whole path is refused when a folder on the way begins with a dot.
    response.sendFile(name, { root: folder, ...(isPinned ? { immutable: true, maxAge: '1y' } : { maxAge: 0 }) })
  })
  return router
}

/** A page's address has no dot in its last part, and is none of the API's. */
function isPage(path: string, method: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return (
    !/^\/(v1|artifacts|assets|docs|rpc)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path.replace('/index.html', '/'))
  )
}

function named(route: string): RequestHandler {
  return (_, response, next) => {
    response.locals.route = route
    next()
  }
}
