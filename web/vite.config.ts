import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

/** Where `npm start` and `medseal serve` listen, for a page under development. */
const api = process.env.MEDSEAL_API ?? 'http://127.0.0.1:8080'
const proxied = ['/v1', '/rpc', '/artifacts', '/openapi.json', '/docs']

export default defineConfig(({ command }) => {
  // A test that builds the pages runs with another: React would come in its form for development, half as large again.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return settings
})

const settings: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // The API puts a fresh nonce in its place with every answer; no other inline style is let through.
  html: { cspNonce: '__CSP_NONCE__' },
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../.cache/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2024',
    // A data: URL would need its own word in the content-security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    // Which files a page needs before it runs: web/test/size.test.ts sums them up.
    manifest: true,
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: api, changeOrigin: true }])) },
}
