import { beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../contracts/test/gas.ts'

/** Counts, not timings: DESIGN.md, section 10. A batch of 64 is held to its budget by `npm run -s stats:gas`. */
describe('gas', () => {
  let used: Readonly<Record<string, number>>
  beforeAll(async () => {
    used = await measure({ batches: [16] })
  })

  it('of one answer, all checks, receipt and audit entry: at most 315,000', () => {
    expect(used['eligibility.verify']).toBeLessThanOrEqual(315_000)
  })

  it('of a batch of 16, a proof: at most 0.42 of the single', () => {
    const { 'eligibility.verify': single = 0, 'eligibility.verifyBatch16': each = Number.NaN } = used
    expect(each / single).toBeLessThanOrEqual(0.42)
  })

  // 50,000 in DESIGN.md; a fresh slot, the audit head and the entry itself come to 51,200 before anything is done.
  it('of a revocation, its audit entry included: at most 52,500', () => {
    expect(used['consent.revoke']).toBeLessThanOrEqual(52_500)
  })
})
