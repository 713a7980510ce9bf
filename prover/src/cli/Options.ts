import { InvalidArgumentError, Option } from 'commander'
import * as Day from '../protocol/Day.ts'

// Options that several commands share.

/** A calendar day. */
export function day(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    try {
      return Day.parse(text)
    } catch {
      throw new InvalidArgumentError('It must be a day, yyyy-mm-dd.')
    }
  })
}

/** A whole number from `least` to `most`. */
export function whole(flags: string, description: string, [least, most]: readonly [number, number]): Option {
  return new Option(flags, description).argParser((text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (!(number >= least && number <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return number
  })
}

export type Out = { readonly out: string; readonly force?: boolean }

/** Where the result goes. */
export function out(what: string): readonly Option[] {
  return [new Option('-o, --out <file>', `where to write ${what}`).makeOptionMandatory(), force()]
}

export function force(): Option {
  return new Option('--force', 'replace a file that is there')
}

export function today(): Option {
  return day('--today <date>', 'the day to go by (default: the clock’s)')
}

/** The given day, or the clock's: in UTC, as contracts read it. */
export function dayOr(given: Day.Day | undefined): Day.Day {
  return given ?? Day.ofUnixSeconds(Date.now() / 1000)
}

export type OnChain = { readonly rpc?: string; readonly deployment?: string }

/** How to reach a chain. */
export function chain({ mandatory = false } = {}): readonly Option[] {
  return [
    new Option('--rpc <url>', 'JSON-RPC of the chain').env('MEDSEAL_RPC_URL').makeOptionMandatory(mandatory),
    deployment().makeOptionMandatory(mandatory),
  ]
}

export function deployment(): Option {
  return new Option('--deployment <file>', 'where Medseal is deployed (deployment/1)').env('MEDSEAL_DEPLOYMENT')
}

export function valueSets(): Option {
  return new Option(
    '--value-sets <folder>',
    'value sets, the same on all sides (default: those of the repository)',
  ).env('MEDSEAL_VALUE_SETS')
}

export function artifacts(): Option {
  return new Option('--artifacts <folder>', 'built circuits (default: those of the repository)').env(
    'MEDSEAL_ARTIFACTS',
  )
}

export function holder(): Option {
  return new Option('--holder <file>', 'the words of the holder (holder-key/1; or MEDSEAL_HOLDER_WORDS, or asked for)')
}

export function signingKey(): Option {
  return new Option(
    '--signing-key <file>',
    'the key of the issuer (issuer-key/1; or MEDSEAL_SIGNING_KEY, or asked for)',
  )
}

export function account(): Option {
  return new Option('--account <file>', 'the key that signs (account-key/1; or MEDSEAL_ACCOUNT_KEY, or asked for)')
}

export function issuer(): Option {
  return new Option('--issuer <file>', 'what the issuer keeps (issuer/1)').makeOptionMandatory()
}
