import { type DestinationStream, pino } from 'pino'

/**
 * All that may stand in a log: nothing a client sent. A field that is not listed here is dropped, whoever passes it, so
 * a slip cannot leak a body, a path's parameter, a query or a header.
 */
export type Fields = {
  readonly method?: string
  /** The route's pattern, never the path. */
  readonly route?: string
  readonly status?: number
  readonly ms?: number
  readonly requestId?: string
  /** Id of an API key, never of a session. */
  readonly credential?: string
  readonly job?: string
  readonly event?: string
  readonly state?: string
  readonly count?: number
  readonly chainId?: string
  readonly blockNumber?: number
  readonly transactionHash?: string
  readonly nonce?: number
  readonly host?: string
  readonly port?: number
  readonly pid?: number
  readonly setting?: string
  /** Only its name, its code and where it was thrown: messages of databases and parsers quote values. */
  readonly cause?: unknown
}

export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (what: string, fields?: Fields) => void>>

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** `what` is a sentence written in the source, without values. */
export function create({ level = 'info', to }: { level?: Level; to?: DestinationStream } = {}): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const logger = to ? pino(options, to) : pino(options)
  const write = (name: 'debug' | 'info' | 'warn' | 'error') => (what: string, fields?: Fields) =>
    logger[name](fields ? allowed(fields) : {}, what)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

export const silent: Log = create({ level: 'silent' })

function allowed(fields: Fields): Record<string, unknown> {
  const entries = names.flatMap((name) => {
    const value = fields[name]
    return typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : []
  })
  return { ...Object.fromEntries(entries), ...(fields.cause === undefined ? {} : causeOf(fields.cause)) }
}

/** Stack without its message, which is all lines before the first frame. */
function causeOf(cause: unknown): Record<string, unknown> {
  if (!(cause instanceof Error)) return { error: typeof cause }
  const code = (cause as { code?: unknown }).code
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    error: cause.name,
    ...(typeof code === 'string' && /^[A-Za-z0-9_-]{1,60}$/.test(code) ? { code } : {}),
    at: frames.slice(0, 8).map((line) => line.trim()),
  }
}

const names = [
  'method',
  'route',
  'status',
  'ms',
  'requestId',
  'credential',
  'job',
  'event',
  'state',
  'count',
  'chainId',
  'blockNumber',
  'transactionHash',
  'nonce',
  'host',
  'port',
  'pid',
  'setting',
] as const satisfies readonly (keyof Fields)[]
