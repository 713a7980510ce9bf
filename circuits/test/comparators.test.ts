import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile, FailedError, root } from '../build/compile.ts'
import { fieldOrder } from '../build/parameters.ts'
import * as Forge from './forge.ts'
import { endWorkers } from './smallCircuit.ts'
import * as Subject from './subject.ts'
import * as Verdict from './verdict.ts'

/** A main component around one template of `lib/`, compiled. */
async function around(name: string, body: string): Promise<Forge.Target> {
  const folder = join('.cache', 'test-circuits', 'comparators')
  mkdirSync(join(root, folder), { recursive: true })
  const source = join(folder, `${name}.circom`)
  const text = `pragma circom 2.2.0;
include "../../../circuits/lib/predicate.circom";
include "../../../circuits/lib/ranges.circom";
template Main() {
${body}
}
component main = Main();
`
  writeFileSync(join(root, source), text)
  return Forge.load(await compile(`test-${name}`, { source }))
}

const inputs = `    signal input a;
    signal input b;
    signal {maxbit} rangedA <== Ranged(8)(a);
    signal {maxbit} rangedB <== Ranged(8)(b);
    signal output out;`

/** One too many, one too few, and their neighbours, for a number of so many bits. */
const beyond = (bits: number) => {
  const limit = 1n << BigInt(bits)
  return [limit, limit + 1n, 2n * limit - 1n, fieldOrder - 1n, -limit, 1n - limit, -limit - 1n, (fieldOrder + 1n) / 2n]
}

let circuit: Forge.BuiltTarget
let chain: Forge.Chain
beforeAll(async () => {
  circuit = Forge.open('eligibility-s')
  chain = await Forge.openChain()
})
afterAll(async () => {
  await chain.close()
  await endWorkers()
})

describe('ranges.circom', () => {
  it('CIR-2 IsLess compares all numbers of 8 bits, and nothing else', async () => {
    const isLess = await around('is-less', `${inputs}\n    out <== IsLess(8)(rangedA, rangedB);`)
    for (let a = 0n; a < 256n; a += 5n) {
      for (const b of [0n, 1n, a > 0n ? a - 1n : 255n, a, (a + 1n) % 256n, 127n, 128n, 255n]) {
        const witness = isLess.calculate({ a, b })
        Verdict.accepted(isLess, witness)
        expect(Forge.signalOf(isLess, witness, 'out')).toBe(a < b ? 1n : 0n)
        const lie = Forge.edited(isLess, witness, { out: a < b ? 0n : 1n })
        expect(Forge.broken(isLess, lie), `${a} < ${b}`).not.toEqual([])
      }
    }
    for (const wrong of beyond(8)) {
      for (const right of [0n, 1n, 255n]) {
        expect(Forge.broken(isLess, isLess.calculate({ a: wrong, b: right }))).not.toEqual([])
        expect(Forge.broken(isLess, isLess.calculate({ a: right, b: wrong }))).not.toEqual([])
        expect(Forge.broken(isLess, isLess.calculate({ a: wrong, b: wrong }))).not.toEqual([])
      }
    }
  })

  it('CIR-2 AssertAtMost accepts a <= b of 8 bits alone', async () => {
    const atMost = await around('at-most', `${inputs}\n    AssertAtMost(8)(rangedA, rangedB);\n    out <== a * b;`)
    for (const [a, b] of [
      [0n, 0n],
      [0n, 255n],
      [255n, 255n],
      [7n, 8n],
    ] as const) {
      Verdict.accepted(atMost, atMost.calculate({ a, b }))
    }
    const wrong = [
      [1n, 0n],
      [255n, 0n],
      [255n, 254n],
      [8n, 7n],
      ...beyond(8).flatMap((x) => [
        [0n, x],
        [x, 255n],
        [x, x],
      ]),
    ]
    for (const [a = 0n, b = 0n] of wrong) {
      expect(Forge.broken(atMost, atMost.calculate({ a, b })), `${a} <= ${b}`).not.toEqual([])
    }
  })

  it('CIR-2 Within, Selected, Joined and Product keep to their widths', async () => {
    const all = await around(
      'within',
      `${inputs}
    signal {binary} within <== Within(8)(rangedA, rangedB, rangedA);
    signal {maxbit} joined <== Joined(8, 8)(rangedA, rangedB);
    signal {maxbit} product <== Product()(rangedA, rangedB);
    signal {maxbit} selected <== Selected()(within, joined, product);
    signal output joinedLess <== IsLess(16)(joined, product);
    signal less <== IsLess(16)(selected, joined);
    out <== within + 2 * less;`,
    )
    for (const [a, b] of [
      [3n, 3n],
      [3n, 4n],
      [255n, 255n],
      [0n, 255n],
    ] as const) {
      const witness = all.calculate({ a, b })
      Verdict.accepted(all, witness)
      const [joined, product] = [a * 256n + b, a * b]
      const selected = a === b ? joined : product
      expect(Forge.signalOf(all, witness, 'out')).toBe((a === b ? 1n : 0n) + (selected < joined ? 2n : 0n))
      expect(Forge.signalOf(all, witness, 'joinedLess')).toBe(joined < product ? 1n : 0n)
    }
    for (const wrong of beyond(8)) {
      expect(Forge.broken(all, all.calculate({ a: wrong, b: 3n }))).not.toEqual([])
      expect(Forge.broken(all, all.calculate({ a: 3n, b: wrong }))).not.toEqual([])
    }
  })

  it('CIR-3 has one reading of a number: the bits of w + p pass 254 bits, and neither 253 nor what we compile', async () => {
    const bits = (width: number) => `    signal input a;
    signal output square <== a * a;
    signal output bit[${width}];`
    const aliased = (target: Forge.Target, width: number, value: bigint) => {
      const other = Object.fromEntries(
        Array.from({ length: width }, (_, i) => [`bit[${i}]`, ((value + fieldOrder) >> BigInt(i)) & 1n]),
      )
      return Forge.edited(target, target.calculate({ a: value }), other)
    }
    const open = await around('alias-254', `${bits(254)}\n    bit <== Num2Bits(254)(a);`)
    const ours = await around('alias-253', `${bits(253)}\n    signal {maxbit} r;\n    (r, bit) <== RangedBits(253)(a);`)
    for (const value of [0n, 1n, 77n, 1n << 160n]) {
      Verdict.accepted(open, aliased(open, 254, value))
      Verdict.accepted(ours, ours.calculate({ a: value }))
      expect(Forge.broken(ours, aliased(ours, 253, value))).not.toEqual([])
      expect(Forge.broken(ours, ours.calculate({ a: value + (1n << 253n) }))).not.toEqual([])
    }
    const wide = around('ranged-254', `${bits(254)}\n    signal {maxbit} r;\n    (r, bit) <== RangedBits(254)(a);`)
    await expect(wide).rejects.toThrow('assert')
    await expect(around('ranged-254-alone', '    signal input a;\n    _ <== Ranged(254)(a);')).rejects.toThrow('assert')
  })

  it('CIR-2 does not compile where a number nobody range-checked is compared, or one wider than the comparison', async () => {
    const raw = '    signal input a;\n    signal input b;\n    signal output out;'
    for (const [name, body] of [
      ['untagged-less', `${raw}\n    out <== IsLess(8)(a, b);`],
      ['untagged-most', `${raw}\n    AssertAtMost(8)(a, b);\n    out <== a * b;`],
      ['untagged-within', `${raw}\n    out <== Within(8)(a, b, a);`],
      ['untagged-selected', `${raw}\n    signal {binary} s <== Binary()(a);\n    out <== Selected()(s, a, b);`],
      ['untagged-product', `${raw}\n    out <== Product()(a, b);`],
      ['untagged-joined', `${raw}\n    out <== Joined(8, 8)(a, b);`],
    ] as const) {
      const compiled = around(name, body)
      await expect(compiled, name).rejects.toThrow(FailedError)
      await expect(compiled, name).rejects.toThrow('T3001')
    }
    const tooWide = around('too-wide', `${inputs}\n    out <== IsLess(7)(rangedA, rangedB);`)
    await expect(tooWide).rejects.toThrow(FailedError)
    await expect(tooWide).rejects.toThrow('assert')
  })
})

describe('Eligibility', () => {
  const anything = Subject.policy([Subject.predicate('ANY')])
  const honest = () =>
    Subject.committed(
      Subject.toInput(Subject.scene({ policy: anything, attributes: [Subject.attribute()] }), 'eligibility-s'),
    )

  /** Everything that is compared, or opened into bits, and its bits; the last two are fixed in their leading bits. */
  const alone = {
    issuerRoles: 16,
    issuerValidUntil: 20,
    issuerPosition: 12,
    completeCategories: 16,
    completeSystems: 24,
    setsEdition: 16,
    completeSince: 20,
    asOf: 20,
    expires: 20,
    statusIndex: 20,
    statusWord: 248,
    policyRoles: 16,
    policyCategories: 16,
    policySystems: 24,
    policySetsEdition: 16,
    policyCompleteFrom: 20,
    policyMaximumAgeDays: 20,
    policyBlind: 128,
    scope: 160,
    date: 25,
    today: 18,
  }
  const ofSlot = {
    predicateKind: 3,
    predicateCategory: 4,
    predicateSystem: 8,
    predicateCodeLow: 64,
    predicateCodeHigh: 64,
    predicateFrom: 20,
    predicateTo: 20,
    predicateValueLow: 64,
    predicateValueHigh: 64,
    predicateMinimumCount: 13,
    predicateMaximumCount: 13,
    clauseThreshold: 5,
    clauseMask: 1,
    leafKey: 112,
    leafValue: 64,
    leafNextKey: 112,
    leafIndex: 12,
  }

  it('CIR-2 CIR-3 refuses each number beyond its bits, even where everything else is committed to it and signed', {
    timeout: Verdict.timeout,
  }, () => {
    const input = honest()
    Verdict.accepted(circuit, circuit.calculate(input))
    const cases: [string, number, (value: bigint) => Forge.Numbers][] = [
      ...Object.entries(alone).map(([name, bits]) => [name, bits, (value: bigint) => value] as never),
      ...Object.entries(ofSlot).map(([name, bits]) => [name, bits, (value: bigint) => [value]] as never),
    ]
    let tried = 0
    for (const [name, bits, wrap] of cases) {
      const limit = 1n << BigInt(bits)
      for (const wrong of Verdict.isFullDose
        ? [limit, limit + 1n, fieldOrder - 1n, -limit]
        : [limit, fieldOrder - 1n]) {
        const witness = circuit.calculate(Subject.committed({ ...input, [name]: wrap(wrong) }))
        expect(Forge.broken(circuit, witness), `${name} = ${wrong}`).not.toEqual([])
        tried++
      }
    }
    expect(tried).toBe(Verdict.isFullDose ? 152 : 76)
  })

  it('CIR-2 CIR-3 proofs of such witnesses are refused by snarkjs and by the contract, the honest one is accepted', async () => {
    const input = honest()
    await Verdict.provenAndAccepted(circuit, circuit.calculate(input), chain)
    const forever = circuit.calculate(Subject.committed({ ...input, expires: fieldOrder - 1n }))
    await Verdict.provenAndRefused(circuit, forever, chain)
    const wide = circuit.calculate(Subject.committed({ ...input, scope: (input.scope as bigint) + (1n << 160n) }))
    await Verdict.provenAndRefused(circuit, wide, chain)
  })
})

describe('Our templates', () => {
  it('CIR-3 take no number apart into 254 bits, and assign nothing without constraining it', () => {
    const folder = join(root, 'circuits')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.circom'))
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) expect(violations(readFileSync(join(folder, file), 'utf8')), file).toEqual([])
    for (const planted of [
      'a <-- b',
      'b --> a',
      'Num2Bits(254)(a)',
      'Num2Bits_strict()(a)',
      'AliasCheck()',
      'Num2Bits( 254 )',
    ]) {
      expect(violations(`template T() { ${planted}; }`), planted).toHaveLength(1)
    }
    expect(violations('// Num2Bits(254) <--')).toEqual([])
  })
})

/** Of circomlib, only its EdDSA may do these; it is included, not copied. */
function violations(text: string): string[] {
  const code = text.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '')
  return (
    code.match(
      /<--|-->|Num2Bits\w*\(\s*25[4-9]\s*\)|Num2Bits_strict|Bits2Num_strict|AliasCheck|LessThan\(|GreaterThan\(/g,
    ) ?? []
  )
}
