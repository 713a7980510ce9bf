import { fieldOrder } from '../src/generated/parameters.ts'
import { type Module, module } from './Assembler.ts'
import * as Curve from './Curve.ts'
import type { Field } from './Field.ts'
import * as FusedField from './FusedField.ts'
import * as Polynomial from './Polynomial.ts'
import * as PortableField from './PortableField.ts'
import * as Poseidon from './Poseidon.ts'
import * as Rows from './Rows.ts'

/** Order of the field of coordinates (EIP-197). */
const baseFieldOrder = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

export const kinds = ['fused', 'portable'] as const

/** A module that says whether the machine can run the fused kernel. */
export function writeProbe(): Uint8Array {
  const written = module()
  FusedField.addProbe(written)
  return written.toBytes({ shared: false })
}

/** A kernel's bytes and what callers have to know of its fields. */
export function write(kind: (typeof kinds)[number]) {
  const written = module()
  const base = fields[kind](written, 'fp', baseFieldOrder)
  const scalar = fields[kind](written, 'fr', fieldOrder)
  Curve.create(written, base)
  Polynomial.create(written, scalar)
  Rows.create(written, scalar)
  Polynomial.addUnpacking(written, 'fp', base)
  const { lanes, vecBytes, montgomeryBits } = base
  const [bytes, shared] = [false, true].map((shared) => written.toBytes({ shared })) as [Uint8Array, Uint8Array]
  // Of memory that threads share there is no other module, only this one byte.
  const memoryFlagAt = bytes.findIndex((byte, i) => byte !== shared[i])
  return { bytes, lanes, vecBytes, montgomeryBits, memoryFlagAt }
}

/** Poseidon's own module: small enough to go wherever something is hashed. */
export function writePoseidon(kind: (typeof kinds)[number]) {
  const written = module()
  const scalar = fields[kind](written, 'fr', fieldOrder)
  Poseidon.create(written, scalar)
  const { lanes, vecBytes } = scalar
  return { bytes: written.toBytes({ shared: false }), lanes, vecBytes }
}

const fields: { readonly [kind in (typeof kinds)[number]]: (module: Module, name: string, modulus: bigint) => Field } =
  {
    fused: FusedField.create,
    portable: PortableField.create,
  }
