import { type CircuitName, circuits } from './generated/circuits.ts'
import { fieldOrder } from './generated/parameters.ts'

/** The public signals of a circuit, by name. */
export type Signals<Name extends CircuitName = CircuitName> = {
  readonly [Signal in keyof (typeof circuits)[Name]['positions']]: bigint
}

/**
 * Names the public signals of a proof, in the compiled circuit's order.
 * @throws {CountMismatchError} {NotInFieldError}
 */
export function decode<Name extends CircuitName>(circuit: Name, publicSignals: readonly bigint[]): Signals<Name> {
  const names = circuits[circuit].publicSignals
  if (publicSignals.length !== names.length) {
    throw new CountMismatchError({ circuit, expected: names.length, actual: publicSignals.length })
  }
  const entries = names.map((signal, position) => [signal, inField(circuit, signal, publicSignals[position])])
  return Object.fromEntries(entries) as Signals<Name>
}

/**
 * The public signals in the compiled circuit's order.
 * @throws {NotInFieldError}
 */
export function encode<Name extends CircuitName>(circuit: Name, signals: Signals<Name>): readonly bigint[] {
  const byName = signals as { readonly [signal: string]: bigint }
  return circuits[circuit].publicSignals.map((signal) => inField(circuit, signal, byName[signal]))
}

/** A signal plus the field order is the same to the circuit and another number to a registry of spent marks. */
export function isInField(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value < fieldOrder
}

function inField(circuit: CircuitName, signal: string, value: unknown): bigint {
  if (!isInField(value)) throw new NotInFieldError({ circuit, signal })
  return value
}

/** There are more or fewer public signals than the circuit has. */
export class CountMismatchError extends Error {
  override readonly name = 'Signals.CountMismatchError'
  constructor({ circuit, expected, actual }: { circuit: string; expected: number; actual: number }) {
    super(`Circuit "${circuit}" has ${expected} public signals, got ${actual}.`)
  }
}

/** A public signal is negative, or not below the field order. It is not repeated. */
export class NotInFieldError extends Error {
  override readonly name = 'Signals.NotInFieldError'
  constructor({ circuit, signal }: { circuit: string; signal: string }) {
    super(`Public signal "${signal}" of circuit "${circuit}" is not a field element.`)
  }
}
