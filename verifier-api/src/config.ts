import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { N } from 'ethers'
import { z } from 'zod'

/** A value that no log, answer or JSON shows. */
export type Secret<T> = { readonly reveal: () => T }

/** Everything that can be set. Names of the environment's variables are in `settings`. */
export type Config = {
  /** Folder of all that is kept on disk: embedded database, embedded chain, generated keys. */
  readonly dataFolder: string
  /** pglite:<folder>, pglite:memory or postgres://… */
  readonly databaseUrl: string
  /** Undefined: the embedded chain. */
  readonly rpcUrl: string | undefined
  /** Where the contracts are. Undefined only with the embedded chain, which deploys them. */
  readonly deploymentFile: string | undefined
  /** Private keys that pay for transactions; empty with the embedded chain, which has its own. */
  readonly relayerKeys: Secret<readonly string[]>
  /** Blocks after which a receipt is final. */
  readonly confirmations: number
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /**
   * Origin under which clients reach the API, without a slash at its end: links, the domain of sign-in, and whether
   * webhooks may go to this machine. Never guessed where others are served.
   */
  readonly publicUrl: string
  /** Proxies in front whose X-Forwarded-For is believed. */
  readonly trustedProxies: number
  readonly metricsHost: string
  readonly metricsPort: number
  /** 32 bytes that encrypt what the database must not tell: webhooks' secrets, requests' notes, kept answers. */
  readonly webhookKey: Secret<Buffer>
  /** Webhooks may go to loopback and private addresses: only where everything runs on one machine. */
  readonly privateWebhooks: boolean
  /** Built pages; undefined: the API alone. */
  readonly webFolder: string | undefined
  /** Circuits' solvers and calculators (.solver, .wasm) and keys (.zkey) for provers; undefined: not served. */
  readonly artifactsFolder: string | undefined
  /** Threads that verify proofs. */
  readonly workers: number
  /** Public requests of one address in a minute; those with a credential may be five times as many. */
  readonly requestsPerMinute: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Seconds to finish what was begun when told to stop. */
  readonly stopSeconds: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads and checks all settings at once; throws InvalidSettingsError naming each wrong one and its rule. */
export function read(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(given)
  if (!parsed.success) throw new InvalidSettingsError(parsed.error.issues.map(asProblem))
  const s = parsed.data
  const embeddedChain = s.RPC_URL === undefined
  const databaseUrl = s.DATABASE_URL ?? `pglite:${join(s.MEDSEAL_DATA, 'db')}`
  const embedded = embeddedChain && isEmbedded(databaseUrl)
  const problems: Problem[] = []
  const relayerKeys =
    secretOf('RELAYER_KEY', s, problems)
      ?.split(/[\s,]+/)
      .filter(Boolean) ?? []
  if (!relayerKeys.every(isPrivateKey)) problems.push({ setting: 'RELAYER_KEY', rule: rules.key })
  if (!embeddedChain && relayerKeys.length === 0) problems.push({ setting: 'RELAYER_KEY', rule: rules.relayer })
  if (!embeddedChain && s.DEPLOYMENT_FILE === undefined)
    problems.push({ setting: 'DEPLOYMENT_FILE', rule: rules.deployment })
  if (!embedded && s.PUBLIC_URL === undefined) problems.push({ setting: 'PUBLIC_URL', rule: rules.publicUrl })
  const webhookKey = webhookKeyOf(s, databaseUrl, problems)
  if (problems.length > 0) throw new InvalidSettingsError(problems)
  return {
    dataFolder: s.MEDSEAL_DATA,
    databaseUrl,
    rpcUrl: s.RPC_URL,
    deploymentFile: s.DEPLOYMENT_FILE,
    relayerKeys: { reveal: () => relayerKeys },
    confirmations: s.CONFIRMATIONS ?? (embeddedChain ? 0 : 12),
    host: s.HOST,
    port: s.PORT,
    publicUrl: s.PUBLIC_URL ?? `http://localhost:${s.PORT}`,
    trustedProxies: s.TRUSTED_PROXIES,
    metricsHost: s.METRICS_HOST,
    metricsPort: s.METRICS_PORT,
    webhookKey: { reveal: () => webhookKey },
    privateWebhooks: s.PRIVATE_WEBHOOKS,
    webFolder: s.WEB_DIR,
    artifactsFolder: s.ARTIFACTS_DIR,
    workers: s.WORKERS,
    requestsPerMinute: s.REQUESTS_PER_MINUTE,
    logLevel: s.LOG_LEVEL,
    stopSeconds: s.STOP_SECONDS,
  }
}

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^[0-9]{1,7}$/, `a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `a whole number from ${from} to ${to}`)

const origin = z.string().refine((text) => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}, 'an origin such as https://medseal.example, without a slash at its end')

const host = z
  .string()
  .refine(
    (text) => isIP(text) > 0 || /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/i.test(text),
    'an IP address or a name',
  )

const folder = z.string().refine((path) => existsSync(path), 'a folder or file that exists')

/** Every variable, its rule and its default. */
export const settings = z.object({
  MEDSEAL_DATA: z.string().default('.medseal'),
  DATABASE_URL: z
    .string()
    .regex(/^(pglite:.+|postgres(ql)?:\/\/.+)$/s, 'pglite:<folder>, pglite:memory or postgres://…')
    .optional(),
  RPC_URL: z
    .string()
    .regex(/^https?:\/\/.+$/, 'an http or https address')
    .optional(),
  DEPLOYMENT_FILE: folder.optional(),
  RELAYER_KEY: z.string().optional(),
  RELAYER_KEY_FILE: folder.optional(),
  CONFIRMATIONS: whole(0, 10_000).optional(),
  HOST: host.default('127.0.0.1'),
  PORT: whole(0, 65_535).default(8080),
  PUBLIC_URL: origin.optional(),
  TRUSTED_PROXIES: whole(0, 10).default(0),
  METRICS_HOST: host.default('127.0.0.1'),
  METRICS_PORT: whole(0, 65_535).default(8081),
  WEBHOOK_KEY: z.string().optional(),
  WEBHOOK_KEY_FILE: folder.optional(),
  PRIVATE_WEBHOOKS: z
    .enum(['true', 'false'], 'true or false')
    .default('false')
    .transform((value) => value === 'true'),
  WEB_DIR: folder.optional(),
  ARTIFACTS_DIR: folder.optional(),
  WORKERS: whole(1, 256).default(Math.max(1, availableParallelism() - 1)),
  REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(300),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error or silent').default('info'),
  STOP_SECONDS: whole(1, 600).default(20),
})
type Settings = z.output<typeof settings>

const rules = {
  one: 'either the variable or its _FILE, not both',
  readable: 'a file that can be read',
  key: 'a private key: 0x and 64 hexadecimal digits, neither 0 nor too large for one; several are divided by commas or lines',
  relayer: 'a key that pays for transactions, when RPC_URL is set',
  deployment: 'the file that says where the contracts are, when RPC_URL is set',
  publicUrl: 'the origin under which clients reach the API, when RPC_URL is set or the database is a server',
  webhookKey: '64 hexadecimal digits (openssl rand -hex 32), not all 0',
  sharedWebhookKey: 'a key that all processes share, when the database is a server',
}

function secretOf(name: 'RELAYER_KEY' | 'WEBHOOK_KEY', s: Settings, problems: Problem[]): string | undefined {
  const file = s[`${name}_FILE`]
  if (file === undefined) return s[name]
  if (s[name] !== undefined) problems.push({ setting: name, rule: rules.one })
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push({ setting: `${name}_FILE`, rule: rules.readable })
    return undefined
  }
}

function isEmbedded(databaseUrl: string): boolean {
  return databaseUrl.startsWith('pglite:')
}

/** A scalar of secp256k1: from 1 to its order less 1. */
function isPrivateKey(text: string): boolean {
  return /^0x[0-9a-fA-F]{64}$/.test(text) && BigInt(text) > 0n && BigInt(text) < N
}

/** The embedded database has one process, so its key may lie beside it and is made when there is none. */
function webhookKeyOf(s: Settings, databaseUrl: string, problems: Problem[]): Buffer {
  const given = secretOf('WEBHOOK_KEY', s, problems)
  const text = given ?? (isEmbedded(databaseUrl) ? keptKey(s.MEDSEAL_DATA, databaseUrl) : undefined)
  if (text === undefined) problems.push({ setting: 'WEBHOOK_KEY', rule: rules.sharedWebhookKey })
  else if (!/^(?!0{64}$)[0-9a-fA-F]{64}$/.test(text)) problems.push({ setting: 'WEBHOOK_KEY', rule: rules.webhookKey })
  return Buffer.from(text ?? '', 'hex')
}

function keptKey(dataFolder: string, databaseUrl: string): string {
  if (databaseUrl === 'pglite:memory') return randomBytes(32).toString('hex')
  const path = join(dataFolder, 'webhook.key')
  if (!existsSync(path)) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(path, 'utf8').trim()
}

type Problem = { readonly setting: string; readonly rule: string }

function asProblem(issue: z.core.$ZodIssue): Problem {
  return { setting: issue.path.join('.'), rule: issue.message }
}

/** Names each setting that is wrong and what it should be, never what it is. */
export class InvalidSettingsError extends Error {
  override readonly name = 'Config.InvalidSettingsError'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(`Wrong settings:\n${problems.map(({ setting, rule }) => `  ${setting} must be ${rule}.`).join('\n')}`)
    this.problems = problems
  }
}
