import type * as Import from '@medseal/prover/fhir/Import'
import * as CredentialFile from '@medseal/prover/files/CredentialFile'
import * as EnrolmentFile from '@medseal/prover/files/EnrolmentFile'
import * as Form from '@medseal/prover/files/Form'
import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import * as Issue from '@medseal/prover/issue'
import type * as Day from '@medseal/prover/protocol/Day'
import type * as DeskStore from './DeskStore.ts'

/** A FHIR document and the enrolment of whom it is about. Several of these are one batch. */
export type Row = { readonly name: string; readonly bundle: string; readonly enrolment: string | undefined }

/** What one row came to. */
export type Outcome =
  | {
      readonly status: 'issued'
      readonly name: string
      /** credential/1. Secret. */
      readonly file: string
      readonly leaves: number
      readonly expires: Day.Day
      readonly isSuperseding: boolean
      readonly imported: Import.Imported
    }
  | { readonly status: 'failed'; readonly name: string; readonly error: Error }

export type Terms = Omit<Issue.Terms, 'since'> & {
  /** The day since which the documents hold everything; undefined: nobody vouches for anything. */
  readonly since: Day.Day | undefined
  readonly validDays: number
}

/**
 * Issues every row it can, one after the other, and says of each what came of it. A row that fails changes nothing.
 * Holders who have a credential get this one in its place.
 */
export async function issue(
  { desk, signingKey }: Pick<DeskStore.Open, 'desk' | 'signingKey'>,
  rows: readonly Row[],
  terms: Terms,
  { onRow = async () => {} }: { onRow?: (done: number) => Promise<void> } = {},
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const row of rows) {
    outcomes.push(await attempt(row.name, () => issueRow({ desk, signingKey }, row, terms)))
    await onRow(outcomes.length)
  }
  return outcomes
}

async function issueRow(
  { desk, signingKey }: Pick<DeskStore.Open, 'desk' | 'signingKey'>,
  { name, bundle, enrolment }: Row,
  { since, validDays, ...terms }: Terms,
): Promise<Outcome> {
  if (enrolment === undefined) throw new NoEnrolmentError()
  const enrolled = Form.read(enrolment, [EnrolmentFile.enrolment])
  // Read before the invitation is spent: a document that cannot be read must not cost the patient a new enrolment.
  const { imported, content } = Issue.read(bundle, { ...terms, since: since ?? terms.asOf })
  if (content.patients !== 1) throw new Issue.NotOnePatientError({ patients: content.patients })
  const vouched = since === undefined ? vouchedForNothing(content) : content
  const isKnown = desk.alive.has(enrolled.holder)
  const holder = isKnown ? IssuerDesk.known(desk, enrolled) : await IssuerDesk.accept(desk, enrolled)
  const expires = (terms.asOf + validDays) as Day.Day
  const issued = IssuerDesk.issue(desk, signingKey, vouched, { holder, expires })
  return {
    status: 'issued',
    name,
    file: Form.write(CredentialFile.kind.tag, CredentialFile.fieldsOf(issued)),
    leaves: issued.credential.leafCount,
    expires,
    isSuperseding: issued.changes.length > 0,
    imported,
  }
}

/** Nobody said since when the document holds everything: a bundle of one Patient would prove every absence. */
function vouchedForNothing(content: Issue.Content): Issue.Content {
  return { ...content, complete: { ...content.complete, categories: [], systems: [] } }
}

async function attempt(name: string, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act()
  } catch (cause) {
    return { status: 'failed', name, error: cause instanceof Error ? cause : new Error('Something was thrown.') }
  }
}

/** Nobody was named to issue to. */
export class NoEnrolmentError extends Error {
  override readonly name = 'Batch.NoEnrolmentError'
  constructor() {
    super('No enrolment was chosen: nobody to issue it to.')
  }
}
