/** The kernels' code: apart from `Kernel`, since threads are sent it compiled. */
import { kernels, probe } from './generated/kernels.ts'
import { type Compiled, createMemory, type Kind } from './Kernel.ts'

/** The fastest kernel that this machine runs: it has the instructions, and they round once and not twice. */
export async function fastest(): Promise<Kind> {
  const bytes = decode(probe)
  if (!WebAssembly.validate(bytes)) return 'portable'
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: createMemory({ shared: false }) } })
  return (instance.exports.isFused as () => number)() === 1 ? 'fused' : 'portable'
}

/** Compiled for memory of this sort; may be sent to other threads. */
export async function compile(kind: Kind, { shared }: { readonly shared: boolean }): Promise<Compiled> {
  const bytes = decode(kernels[kind].bytes)
  const { lanes, vecBytes, montgomeryBits, memoryFlagAt } = kernels[kind]
  if (shared) bytes[memoryFlagAt] = 3
  return { module: await WebAssembly.compile(bytes), facts: { kind, lanes, vecBytes, montgomeryBits } }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}
