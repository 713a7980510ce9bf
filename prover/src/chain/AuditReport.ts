import * as Day from '../protocol/Day.ts'
import type * as Audit from './Audit.ts'

// An auditor's report as it is handed on: one form for the command line and for pages.

export function isSound({ receipts, brokenTrails }: Audit.Report): boolean {
  return brokenTrails.length === 0 && receipts.every(({ findings }) => findings.length === 0)
}

/** All an auditor found, without the proofs, which the chain has. */
export function toData(report: Audit.Report) {
  const { receipts, brokenTrails, entries } = report
  return {
    sound: isSound(report),
    entries,
    brokenTrails,
    receipts: receipts.map(({ proof: _, day, ...receipt }) => ({ ...receipt, day: Day.format(day) })),
  }
}

/** JSON text, bigints as decimal text: what `medseal audit --json` prints. */
export function toJson(report: Audit.Report): string {
  return `${JSON.stringify(toData(report), (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`
}

/** One line a receipt (RFC 4180), the first one the names of the columns; findings with a blank between them. */
export function toCsv(report: Audit.Report): string {
  const rows = toData(report).receipts.map(({ findings, ...receipt }) => [
    ...columns.map((column) => String(receipt[column])),
    findings.join(' '),
  ])
  return [[...columns, 'findings'], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

const columns = [
  'blockNumber',
  'transactionHash',
  'timestamp',
  'requestId',
  'recipientId',
  'program',
  'part',
  'circuit',
  'verifierVersion',
  'consentId',
  'deadline',
  'day',
  'nullifier',
  'issuersRoot',
  'policyHash',
] as const

/** No cell can be taken for a formula by a spreadsheet: all are numbers, hashes, days and names of ours. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
