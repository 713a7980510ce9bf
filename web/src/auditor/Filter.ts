import type * as AuditLog from '@medseal/prover/chain/AuditLog'
import { short } from '../shared/Word.ts'

/** Which entries somebody wants to see; null and '' are all. */
export type Filter = { readonly contract: string | null; readonly action: string | null; readonly text: string }

export const none: Filter = { contract: null, action: null, text: '' }

/** The entries that fit, the youngest first. */
export function apply(entries: readonly AuditLog.Entry[], { contract, action, text }: Filter): AuditLog.Entry[] {
  const wanted = text.trim().toLowerCase()
  return entries
    .filter(
      (entry) =>
        (contract === null || entry.contract === contract) &&
        (action === null || entry.action === action) &&
        (wanted === '' || isAbout(entry, wanted)),
    )
    .reverse()
}

function isAbout({ subject, transactionHash }: AuditLog.Entry, wanted: string): boolean {
  if (/^[0-9]+$/.test(wanted)) return BigInt(subject) === BigInt(wanted)
  return subject.toLowerCase().includes(wanted) || transactionHash.toLowerCase().includes(wanted)
}

/** The values that occur, to choose from. */
export function choices(entries: readonly AuditLog.Entry[], key: 'contract' | 'action'): string[] {
  return [...new Set(entries.map((entry) => entry[key]))].sort()
}

/** A subject is a number (a stakeholder's) or a hash. */
export function subjectText(subject: string): string {
  const number = BigInt(subject)
  return number < 1_000_000n ? number.toString() : short(subject)
}
