import type { Services } from '../Services.ts'
import * as Checks from './Checks.ts'
import * as Proofs from './Proofs.ts'

/** Starts checking what was received. */
export async function work(services: Services): Promise<void> {
  await services.jobs.work('verify', ({ proofId }) => verify(services, proofId ?? ''))
}

/**
 * Checks one answer and writes down what came of it, together with the job that relays it. Bears being done again: only
 * what is still `received` changes. Fails, to be done again, where the chain cannot be reached or the workers are busy.
 */
export async function verify(services: Services, proofId: string): Promise<void> {
  const row = await services.database.selectFrom('proofs').selectAll().where('id', '=', proofId).executeTakeFirst()
  if (row?.state !== 'received') return
  const reason = await Checks.reasonAgainst(services, Proofs.submissionOf(row))
  const state = reason === undefined ? 'verified' : 'rejected'
  await services.transaction(async (db) => {
    const changed = await db
      .updateTable('proofs')
      .set({ state, reason: reason ?? null, updated_at: new Date() })
      .where('id', '=', proofId)
      .where('state', '=', 'received')
      .returningAll()
      .executeTakeFirst()
    if (!changed) return
    if (state === 'verified') await services.jobs.send('relay', {}, { db, singletonKey: 'relay' })
    await services.webhooks.emit(db, row.stakeholder_id, `proof.${state}`, await Proofs.resource(db, changed))
  })
}
