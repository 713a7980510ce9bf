import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Headers of every answer. Pages load nothing from elsewhere, run no inline script, and are cross-origin isolated, which
 * gives provers their threads. `style` is the nonce of the page's styles, which Mantine needs.
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
