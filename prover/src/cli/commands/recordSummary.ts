import type * as Readings from '../../device/Readings.ts'
import type * as Import from '../../fhir/Import.ts'
import type * as Omission from '../../fhir/Omission.ts'
import type * as Issue from '../../issue.ts'
import * as Day from '../../protocol/Day.ts'
import * as Output from '../Output.ts'

export type Read = {
  readonly imported: Import.Imported
  readonly readings?: Readings.Imported | undefined
  readonly content: Issue.Content
  readonly out: string | undefined
}

/** What was taken, what was left out, and what may be signed as complete. Tells no value. */
export function of({ imported, readings, content, out }: Read): Output.Answer {
  const { account, omissions, remarks, patients } = imported
  const { complete, asOf, attributes } = content
  const own = imported.attributes.length + (readings?.attributes.length ?? 0)
  const data = {
    asOf: Day.format(asOf),
    account,
    patients,
    attributes: own,
    valueSetAttributes: attributes.length - own,
    omissions,
    remarks,
    ...(readings && { readings: withoutAttributes(readings) }),
    complete: { ...complete, since: Day.format(complete.since) },
    ...(out !== undefined && { file: out }),
  }
  const text = [
    `${account.resources} resources and ${account.parts} parts of them: ${account.taken} taken, ${account.leftOut} left out`,
    ...(readings ? readingLines(readings) : []),
    `${own} attributes, and ${attributes.length - own} of value sets (edition ${complete.setsEdition})`,
    ...(patients === 1 ? [] : [`${patients} patients: this cannot be issued, a record is about one`]),
    ...reasonLines('left out', omissions),
    ...reasonLines('read in part', remarks),
    ...unsettledLines(imported, content),
    `complete since ${Day.format(complete.since)} for ${complete.categories.join(', ') || 'no category'}`,
    `complete in ${complete.systems.join(', ') || 'no code system'}`,
    ...(out === undefined ? [] : [`written to ${out}, which is secret`]),
  ]
  return { data, text }
}

/** Categories that the document is complete for and the record is not: no value set can tell a fact of theirs. */
function unsettledLines({ complete }: Import.Imported, content: Issue.Content): string[] {
  const categories = complete.categories.filter((category) => !content.complete.categories.includes(category))
  if (categories.length === 0) return []
  return [`in ${categories.join(', ')} a fact has a code or an answer that no value set can tell: not complete`]
}

function withoutAttributes({ attributes: _, ...told }: Readings.Imported) {
  return told
}

function readingLines({ account, omissions, remarks, gaps, silent }: Readings.Imported): string[] {
  const counted = Map.groupBy([...omissions, ...remarks], ({ reason }) => reason)
  const rows = [...counted].map(([reason, all]) => ['  ', String(all.length).padStart(5), reason])
  return [
    `${account.readings} readings: ${account.taken} taken, ${account.leftOut} left out`,
    ...Output.table(rows),
    ...gaps.map(({ device, from, to }) => `  readings ${from} to ${to} of ${device} were not handed in`),
    ...silent.map((device) => `  nothing of ${device} was handed in`),
  ]
}

/** Each reason with its count and the first place: all of them are in the JSON. */
function reasonLines(title: string, lost: readonly (Omission.Omission | Omission.Remark)[]): string[] {
  const byReason = Map.groupBy(lost, ({ reason, resourceType }) => `${reason} (${resourceType})`)
  const rows = [...byReason].map(([reason, all]) => {
    const [first] = all
    const place = first ? `entry ${first.index}, ${first.path}` : ''
    return ['  ', String(all.length).padStart(5), reason, all.length === 1 ? place : `first: ${place}`]
  })
  return rows.length === 0 ? [] : [`${title}:`, ...Output.table(rows)]
}
