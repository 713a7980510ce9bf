import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Router } from 'express'

/** /openapi.json, and /docs: the same document as pages one can browse, all of it served from here. */
export function router(document: object): Router {
  const router = Router()
  router.use(['/openapi.json', '/docs'], (_, response, next) => {
    response.locals.route = 'docs'
    next()
  })
  router.get('/openapi.json', (_, response) => void response.json(document))
  router.get('/docs', (_, response) => void response.type('html').send(page))
  router.get('/docs/start.js', (_, response) => void response.type('js').send(start))
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    router.get(`/docs/${file}`, (_, response) => response.sendFile(file, { root: swagger, maxAge: '1d' }))
  }
  return router
}

const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

// No inline script or style: the content-security policy lets none through.
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Medseal API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null })
`
