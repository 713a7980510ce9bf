import type { RequestHandler, Response } from 'express'
import helmet from 'helmet'

/**
 * Headers of every answer. Pages load nothing from elsewhere, run no inline script, and are cross-origin isolated, which
 * gives provers their threads.
 */
export function headers(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: policy },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
}

/** Lets style elements with this nonce through, for this answer: the pages' components write some. */
export function allowStyle(response: Response, nonce: string): void {
  const before = String(response.getHeader('Content-Security-Policy'))
  response.setHeader('Content-Security-Policy', before.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`))
}

const self = "'self'"
const policy = {
  defaultSrc: [self],
  scriptSrc: [self, "'wasm-unsafe-eval'"],
  workerSrc: [self, 'blob:'],
  styleSrc: [self],
  connectSrc: [self],
  imgSrc: [self, 'data:', 'blob:'],
  fontSrc: [self, 'data:'],
  objectSrc: ["'none'"],
  baseUri: [self],
  formAction: [self],
  frameAncestors: ["'none'"],
}
