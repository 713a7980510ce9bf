import * as Config from './config.ts'
import * as Log from './Log.ts'

/** As systemd and shells know it: wrong configuration (EX_CONFIG). */
const wrongSettings = 78

/** Tells why a command failed and ends the process. */
export function end(cause: unknown, what: string): never {
  // Messages of our own errors name rules, never values; others may quote a URL with a password.
  const isOurs = cause instanceof Error && /^[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+Error$/.test(cause.name)
  if (isOurs) console.error(cause.message)
  else Log.create().error(what, { cause })
  if (isOurs && cause.cause !== undefined) Log.create().error('Because of', { cause: cause.cause })
  process.exit(cause instanceof Config.InvalidSettingsError ? wrongSettings : 1)
}
