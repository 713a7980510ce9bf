import * as RequestCheck from '@medseal/prover/chain/RequestCheck'
import * as Form from '@medseal/prover/files/Form'
import * as RequestFile from '@medseal/prover/files/RequestFile'
import * as PolicyCompiler from '@medseal/prover/protocol/PolicyCompiler'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import * as Asked from '@medseal/prover/protocol/Request'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { Config } from '../config.ts'
import { ApiError } from '../errors.ts'
import * as Id from '../Id.ts'
import type * as Request from '../resources/Request.ts'
import type { Db, Services } from '../Services.ts'
import type { Database } from '../storage/Database.ts'
import * as Seal from '../storage/Seal.ts'
import * as OnChain from './OnChain.ts'
import * as Policies from './Policies.ts'
import * as RequestResource from './RequestResource.ts'

export type Row = Selectable<Database['requests']>

/** Longest time for which a request may be answered, in seconds. */
const longestLife = 3650n * 86_400n

/**
 * Makes the object and the request that its recipient is to sign.
 * @param options.now The chain's, in Unix seconds.
 * @throws {ApiError}
 */
export async function draft(
  services: Services,
  stakeholderId: string,
  terms: z.output<typeof Request.creation>,
  { now }: { now: bigint },
): Promise<Row> {
  const { network, database, valueSets, config } = services
  const policies = (await Policies.own(services, stakeholderId, terms.policyIds)).map(({ text }) =>
    Policies.compile(text, valueSets),
  )
  const id = Id.create('request')
  const object = build({
    chainId: network.chainId,
    consumer: network.addresses.EligibilityRegistry as Asked.Address,
    recipientId: BigInt(stakeholderId) as Asked.StakeholderId,
    program: BigInt(terms.program),
    purpose: terms.purpose as Asked.Purpose,
    consentRequired: terms.consentRequired,
    expiresAt: BigInt(Math.floor(Date.parse(terms.expiresAt) / 1000)),
    policies,
    responseUri: `${config.publicUrl}/v1/requests/${id}/answer`,
    recipientName: terms.recipientName,
    note: terms.note,
  })
  const request = PresentationRequest.requestOf(object)
  refuse(Asked.objections(request, { policies, now }))
  if (request.expiresAt > now + longestLife) throw fieldError('expiresAt', 'It is more than ten years away.')
  const row: Row = {
    id,
    stakeholder_id: stakeholderId,
    digest: Asked.idOf(request),
    request: JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
    ...kept(services, id, object),
    signature: null,
    state: 'draft',
    expires_at: new Date(Number(request.expiresAt) * 1000),
    created_at: new Date(),
  }
  await database.insertInto('requests').values(row).execute()
  return row
}

/**
 * Whether this recipient may ask this, by this signature: what the chain says of a draft.
 * @returns the chain's time, in Unix seconds.
 * @throws {ApiError}
 */
export async function checkOnChain(services: Services, row: Row, signature: string): Promise<bigint> {
  if (row.state === 'draft') {
    const object = objectOf(services, row)
    const policies = PresentationRequest.policiesOf(object).map((policy) =>
      PolicyCompiler.compile(policy, { valueSets: services.valueSets }),
    )
    const asked = { request: PresentationRequest.requestOf(object), signature: signature.toLowerCase(), policies }
    refuse(await OnChain.ask(() => RequestCheck.objections(services.network, asked)))
  }
  return await OnChain.latest(services)
}

/**
 * Opens a draft by its recipient's signature, which `checkOnChain` has found good: states only go forward, so what is
 * a draft now was one then.
 * @throws {ApiError}
 */
export async function open(services: Services, row: Row, signature: string, { now }: { now: bigint }): Promise<Row> {
  const written = signature.toLowerCase()
  if (row.state === 'open' && row.signature === written) return row
  if (row.state !== 'draft') throw new ApiError('conflict', { detail: 'Only a draft takes a signature.' })
  return services.transaction(async (db) => {
    const opened = await db
      .updateTable('requests')
      .set({ state: 'open', signature: written })
      .where('id', '=', row.id)
      .where('state', '=', 'draft')
      .returningAll()
      .executeTakeFirst()
    if (opened) {
      await services.webhooks.emit(
        db,
        row.stakeholder_id,
        'request.opened',
        await RequestResource.of(services, opened, { db, now }),
      )
      return opened
    }
    const meanwhile = await own(services, row.stakeholder_id, row.id, db)
    if (meanwhile.state === 'open' && meanwhile.signature === written) return meanwhile
    throw new ApiError('conflict', { detail: 'Only a draft takes a signature.' })
  })
}

/** The API serves it no longer. What was answered stays; the contract would still take an answer somebody else carries. */
export async function withdraw(services: Services, row: Row): Promise<Row> {
  await services.database
    .updateTable('requests')
    .set({ state: 'withdrawn' })
    .where('id', '=', row.id)
    .where('state', 'in', ['draft', 'open'])
    .execute()
  return { ...row, state: 'withdrawn' }
}

/** @throws {ApiError} not-found, for what is another's as well. */
export async function own(
  { database }: Pick<Services, 'database'>,
  stakeholderId: string,
  id: string,
  db: Db = database,
): Promise<Row> {
  const row = await db
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', id)
    .where('stakeholder_id', '=', stakeholderId)
    .executeTakeFirst()
  if (!row) throw new ApiError('not-found')
  return row
}

/** One that may be answered now, by whoever knows its id. @throws {ApiError} not-found, gone. */
export async function answerable(services: Services, id: string): Promise<Row> {
  const row = await published(services, id)
  if (row.state === 'withdrawn') throw new ApiError('gone', { detail: 'The recipient has withdrawn this request.' })
  const now = await OnChain.latest(services)
  if (now * 1000n >= BigInt(row.expires_at.getTime()))
    throw new ApiError('gone', { detail: 'This request has expired.' })
  return row
}

/** One that has been signed. @throws {ApiError} not-found for drafts too: nobody but the recipient has seen one. */
export async function published({ database }: Pick<Services, 'database'>, id: string): Promise<Row> {
  const row = await database.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || row.signature === null) throw new ApiError('not-found')
  return row
}

/** The object as a patient's device gets it. */
export function presentationOf(services: Pick<Services, 'config'>, row: Row): PresentationRequest.PresentationRequest {
  return { ...objectOf(services, row), medseal_signature: row.signature ?? '' }
}

/** What the recipient signs or has signed. */
export function requestOf(row: Row): Asked.Request {
  const result = RequestFile.requestForm.safeParse(JSON.parse(row.request))
  if (!result.success) throw new Form.BrokenError(Form.problemOf(result.error))
  return result.data
}

/** What the patient opens. */
export function linkOf({ config }: Pick<Services, 'config'>, row: Row): string {
  return `${config.publicUrl}/r/${row.id}`
}

/** All of the object, as its nonce commits to it. */
function objectOf({ config }: Pick<Services, 'config'>, row: Row): PresentationRequest.Unsigned {
  const bare = withoutNote(row)
  if (row.note === null) return bare
  return { ...bare, medseal_request: { ...bare.medseal_request, note: sealOf(config, row.id).open(row.note) } }
}

/** What of the object needs no key: where the key was lost, requests are still listed and receipts still told. */
export function withoutNote(row: Row): PresentationRequest.Unsigned {
  return PresentationRequest.parseUnsigned(row.object)
}

/** The object as it lies in its row. */
function kept(
  { config }: Pick<Services, 'config'>,
  id: string,
  object: PresentationRequest.Unsigned,
): Pick<Row, 'object' | 'note'> {
  const { note, ...rest } = object.medseal_request
  return {
    object: JSON.stringify({ ...object, medseal_request: rest }),
    note: note === undefined ? null : sealOf(config, id).close(note),
  }
}

function sealOf({ webhookKey }: Config, id: string): Seal.Seal {
  return Seal.of(webhookKey.reveal(), { purpose: 'note', id })
}

function build(terms: Parameters<typeof PresentationRequest.build>[0]): PresentationRequest.Unsigned {
  try {
    return PresentationRequest.build(terms)
  } catch (cause) {
    if (!(cause instanceof PresentationRequest.InvalidError)) throw cause
    const field = fields[cause.path]
    if (!field) throw cause
    throw fieldError(field, 'It is not a line of readable text, or not within its range.')
  }
}

/** Where a member of the object comes from. */
const fields: Readonly<Record<string, string>> = {
  'client_metadata.client_name': 'recipientName',
  'medseal_request.note': 'note',
  'medseal_request.program': 'program',
  'medseal_request.expires_at': 'expiresAt',
}

function fieldError(field: string, detail: string): ApiError {
  return new ApiError('invalid-field', { field, detail })
}

/** The first objection as a problem. */
function refuse(objections: readonly RequestCheck.Objection[]): void {
  const [objection] = objections
  if (!objection) return
  const detail = `A wallet would refuse this request: ${objection}.`
  if (objection === 'signature') throw new ApiError('invalid-signature', { field: 'signature' })
  if (objection === 'expired') throw new ApiError('invalid-field', { field: 'expiresAt', detail })
  if (objection === 'program-with-several-policies') throw new ApiError('invalid-field', { field: 'program', detail })
  if (objection === 'needle-narrow-value-range') throw new ApiError('invalid-policy', { field: 'policyIds', detail })
  if (objection === 'wrong-policy-count' || objection === 'policy-hash-mismatch')
    throw new ApiError('conflict', { detail })
  throw new ApiError('not-allowed', { detail })
}
