import * as Asked from '@medseal/prover/protocol/Request'
import { ApiError } from '../errors.ts'
import type * as Request from '../resources/Request.ts'
import type { Db, Services } from '../Services.ts'
import * as OnChain from './OnChain.ts'
import * as Requests from './Requests.ts'
import * as Word from './Word.ts'

type Options = {
  readonly db?: Db
  /** Unix seconds: known in a transaction, for it should not wait for the chain. */
  readonly now?: bigint
}

export async function of(services: Services, row: Requests.Row, options: Options = {}): Promise<Request.Request> {
  const [only] = await all(services, [row], options)
  if (!only) throw new ApiError('internal')
  return only
}

export async function all(
  services: Services,
  rows: readonly Requests.Row[],
  { db = services.database, now }: Options = {},
): Promise<readonly Request.Request[]> {
  if (rows.length === 0) return []
  const asked = rows.map(Requests.requestOf)
  const digests = rows.map(({ digest }) => digest)
  const owners = [...new Set(rows.map((row) => row.stakeholder_id))]
  const hashes = [...new Set(asked.flatMap(({ policyHashes }) => policyHashes.map(Word.of)))]
  const policies = await db
    .selectFrom('policies')
    .select(['id', 'hash', 'stakeholder_id'])
    .where('stakeholder_id', 'in', owners)
    .where('hash', 'in', hashes)
    .execute()
  const receipts = await db
    .selectFrom('receipts')
    .select(['request_digest', 'part', 'nullifier'])
    .where('request_digest', 'in', digests)
    .execute()
  const at = now ?? (await OnChain.latest(services))
  return rows.map((row, i) => {
    const request = asked[i] ?? Requests.requestOf(row)
    const ofRow = receipts.filter((receipt) => receipt.request_digest === row.digest)
    const policyIds = request.policyHashes.flatMap((hash) => {
      const kept = policies.find((p) => p.hash === Word.of(hash) && p.stakeholder_id === row.stakeholder_id)
      return kept ? [kept.id] : []
    })
    const state = stateOf(row, { isAnswered: isMet(request, ofRow), now: at })
    return { ...fieldsOf(services, row, request), policyIds, state }
  })
}

/** Every part met by one person: `IEligibilityRegistry.isMet`, from its receipts. */
export function isMet(
  { policyHashes }: Pick<Asked.Request, 'policyHashes'>,
  receipts: readonly { readonly part: number; readonly nullifier: string }[],
): boolean {
  const persons = Map.groupBy(receipts, ({ nullifier }) => nullifier)
  return [...persons.values()].some((own) => policyHashes.every((_, part) => own.some((each) => each.part === part)))
}

function stateOf(
  row: Requests.Row,
  { isAnswered, now }: { isAnswered: boolean; now: bigint },
): Request.Request['state'] {
  if (row.state === 'withdrawn') return 'withdrawn'
  if (isAnswered) return 'answered'
  return now * 1000n >= BigInt(row.expires_at.getTime()) ? 'expired' : row.state
}

/** Without the note: it may name a patient, and this goes into webhooks and kept answers. The object has it. */
function fieldsOf(services: Services, row: Requests.Row, request: Asked.Request) {
  const { client_metadata } = Requests.withoutNote(row)
  const domain = Asked.domainOf({ chainId: request.chainId, contract: request.consumer })
  const message = Asked.toTypedData(request)
  return {
    id: row.id,
    object: 'request' as const,
    digest: row.digest,
    recipientId: row.stakeholder_id,
    purpose: request.purpose,
    consentRequired: request.consentRequired,
    program: request.program.toString(),
    recipientName: client_metadata.client_name,
    typedData: {
      domain: { ...domain, chainId: domain.chainId.toString() },
      types: Asked.types,
      primaryType: 'Request' as const,
      message: {
        ...message,
        recipientId: message.recipientId.toString(),
        policyHashes: message.policyHashes.map(String),
        program: message.program.toString(),
        expiresAt: message.expiresAt.toString(),
        nonce: message.nonce.toString(),
      },
    },
    link: row.signature === null ? null : Requests.linkOf(services, row),
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  }
}
