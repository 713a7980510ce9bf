import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Log } from './Log.ts'

/** Counters for Prometheus. Who needs another makes it with `registers: [metrics.registry]`. */
export type Metrics = {
  readonly registry: Registry
  /** Seconds by method, route pattern and status. */
  readonly requests: Histogram<'method' | 'route' | 'status'>
  /** Jobs by name and outcome: done, failed. */
  readonly jobs: Counter<'name' | 'outcome'>
}

export function create({ ofProcess = false }: { ofProcess?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (ofProcess) collectDefaultMetrics({ register: registry, prefix: 'medseal_' })
  return {
    registry,
    requests: new Histogram({
      name: 'medseal_http_request_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    jobs: new Counter({
      name: 'medseal_jobs_total',
      help: 'Jobs that ended.',
      labelNames: ['name', 'outcome'],
      registers: [registry],
    }),
  }
}

/** Serves /metrics on a port of its own, which is not for the public. */
export async function serve(
  metrics: Metrics,
  { host, port, log }: { host: string; port: number; log: Log },
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      (cause: unknown) => {
        log.warn('The metrics could not be collected', { cause })
        response.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { port: (server.address() as AddressInfo).port, close }
}
