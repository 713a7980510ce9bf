import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }),
  )
  router.use(named('file'), express.static(folder, { index: false, redirect: false, maxAge: 0 }))
  router.use(sendIndex)
  return router
}

/** `<circuit>.wasm` and `<circuit>.zkey` of a folder. Asked for with the hash that is pinned they never change. */
export function artifacts(folder: string): Router {
  const router = Router()
  router.get('/:file', named('artifact'), (request, response) => {
    const [, circuit = '', kind = ''] = /^\/([a-z-]+)\.(wasm|zkey)$/.exec(request.path) ?? []
    const name = `${circuit}.${kind}`
    if (circuit === '' || !existsSync(join(folder, name))) throw new ApiError('not-found')
    const pinned = Object.entries(circuits).find(([name]) => name === circuit)?.[1].hashes
    const isPinned = pinned !== undefined && request.query.sha256 === pinned[kind as 'wasm' | 'zkey']
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
