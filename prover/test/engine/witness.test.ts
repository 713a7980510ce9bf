/** circom's calculator as the prover runs it: one instance for all inputs, whatever became of those before. */
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCircuits } from '../../../circuits/build/build.ts'
import { type File, snarkjs } from '../../../circuits/test/smallCircuit.ts'
import * as ArtifactsNode from '../../src/ArtifactsNode.ts'
import * as Content from '../../src/engine/Content.ts'
import * as Witness from '../../src/engine/Witness.ts'
import * as Eligibility from '../../src/protocol/Eligibility.ts'
import { clinic } from '../clinic.ts'

const circuit = 'eligibility-m'
let path: string
let wasm: Uint8Array
beforeAll(async () => {
  const built = await buildCircuits({ names: [circuit] })
  path = built[circuit].wasm
  wasm = await Content.bytesOf((await ArtifactsNode.fromPaths(built)(circuit, ['wasm'])).wasm)
})

const inputOf = (patient: 'adela' | 'dorian') =>
  Eligibility.toCircuitInput(clinic({ policy: 'glp1-type-2-diabetes', patient }).subject, { circuit })

describe('Witness', () => {
  const calculate = (input: Eligibility.CircuitInput) => Witness.calculate(circuit, wasm, input)
  const unsatisfied = { name: 'Prove.UnsatisfiedError' }

  it("is the one that snarkjs' calculator finds", async () => {
    const input = inputOf('adela')
    const file: Exclude<File, string> = { type: 'mem' }
    await snarkjs.wtns.calculate(input, path, file)
    expect(Buffer.from(Witness.toFile(await calculate(input))).equals(file.data ?? Buffer.alloc(0))).toBe(true)
  })

  it('is of its own input alone: none before it leaves anything, refused in its midst or not', async () => {
    const input = inputOf('adela')
    const fresh = await Witness.calculate(circuit, wasm.slice(), input)
    const wrong = { ...input, today: 1n }
    const { scope: _, ...short } = input
    for (const before of [input, { ...input, context: 5n }, wrong, short]) {
      await calculate(before).catch((error) => expect(error).toMatchObject(unsatisfied))
      expect(Buffer.from(await calculate(input)).equals(Buffer.from(fresh))).toBe(true)
    }
    const both = await Promise.allSettled([calculate(wrong), calculate(input), calculate(wrong), calculate(input)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
    for (const one of both) {
      if (one.status === 'fulfilled') expect(Buffer.from(one.value).equals(Buffer.from(fresh))).toBe(true)
      else expect(one.reason).toMatchObject(unsatisfied)
    }
  })

  it('is refused for what is no calculator, each time', async () => {
    const junk = wasm.slice(0, 100)
    for (let i = 0; i < 2; i++)
      await expect(Witness.calculate(circuit, junk, {})).rejects.toThrow(WebAssembly.CompileError)
  })
})
