import * as Form from '@medseal/prover/files/Form'
import * as ProofFile from '@medseal/prover/files/ProofFile'
import * as PresentationRequest from '@medseal/prover/protocol/PresentationRequest'
import type * as Asked from '../Asked.ts'
import * as Chain from '../Chain.ts'
import * as Moment from '../Moment.ts'
import * as PatientKey from '../PatientKey.ts'
import * as Proving from '../Proving.ts'
import * as Receipts from '../Receipts.ts'
import * as Sending from '../Sending.ts'
import * as Timing from '../Timing.ts'
import * as Desk from './Desk.ts'
import * as requests from './requests.ts'

// Answers, from the proof to the chain's receipt. Every step is kept before the next begins.

/** @param credentials Ids, one a part. A part proven before an interruption is not proven again. */
export async function answer(
  desk: Desk.Desk,
  { digest, credentials }: { readonly digest: string; readonly credentials: readonly string[] },
  { progress, signal }: Desk.Call,
): Promise<Asked.Asked> {
  const found = desk.checked.get(digest)
  if (!found) throw new NotCheckedError()
  const { checked, at } = found
  const secrets = await Desk.secretsOf(desk)
  const clock = { chain: checked.setting.now, at }
  const proofs = [...reusable(await requests.askedOfDigest(desk, digest), credentials, clock)]
  const draft = () => ({ state: 'proving', at: new Date().toISOString(), credentials, proofs: [...proofs] }) as const
  await requests.change(desk, digest, draft())
  try {
    for (const [part, credential] of credentials.entries()) {
      if (part < proofs.length) continue
      const began = performance.now()
      const text = await Proving.prove(checked, await Desk.holdingOf(desk, credential), secrets, {
        part,
        now: nowOn(clock),
        artifacts: await Desk.artifactsOf(desk),
        onPhase: ({ phase }) => progress({ phase, part, parts: credentials.length }),
        signal,
      })
      proofs.push(text)
      await requests.change(desk, digest, draft())
      const circuit = checked.object.dcql_query.credentials[part]?.meta.circuit
      if (circuit) await Timing.note(Desk.keeperOf(desk), circuit, performance.now() - began)
    }
  } catch (cause) {
    // Cancelled or impossible: only what is lost with the page is offered to be continued.
    await requests.change(desk, digest, { state: 'open' })
    throw cause
  }
  const ready = { state: 'ready', at: new Date().toISOString(), deadline: deadlineOf(proofs, clock), proofs } as const
  await requests.change(desk, digest, ready)
  progress({ phase: 'sending', part: credentials.length, parts: credentials.length })
  return deliver(desk, digest)
}

/**
 * Sends what waits in the outbox. Gives how many answers still cannot be sent and go on waiting.
 * @throws what stood against the first that was too old or refused, once the others have had their turn.
 */
export async function flush(desk: Desk.Desk): Promise<number> {
  const failures: unknown[] = []
  let waiting = 0
  for (const { digest, answer: before } of await requests.asked(desk)) {
    if (before.state !== 'ready') continue
    try {
      const { answer: after } = await deliver(desk, digest)
      if (after.state === 'ready') waiting += 1
    } catch (cause) {
      failures.push(cause)
    }
  }
  if (failures.length > 0) throw failures[0]
  return waiting
}

/** Sends one answer; back to the inbox with it where it has become too old or is refused. */
async function deliver(desk: Desk.Desk, digest: string): Promise<Asked.Asked> {
  let asked = await requests.askedOfDigest(desk, digest)
  if (asked.answer.state !== 'ready') return asked
  const { proofs, deadline, tried } = asked.answer
  const at = new Date().toISOString()
  if (deadline <= at) {
    await requests.change(desk, digest, { state: 'open' }, { why: 'late', at, mayBeKnown: tried === true })
    throw new TooLateError()
  }
  // Before it leaves: a page that is closed meanwhile learns nothing of what arrived.
  if (!tried) asked = await requests.change(desk, digest, { ...asked.answer, tried: true })
  let acknowledged: Sending.Acknowledgement
  try {
    acknowledged = await Sending.send(PresentationRequest.parse(asked.object), proofs)
  } catch (cause) {
    if (cause instanceof Chain.UnreachableError) return asked
    // Who refuses an answer has read it.
    const settled = await settle(desk, digest, { state: 'open' }, { why: 'refused', at, mayBeKnown: true })
    if (settled.answer.state === 'sent') return settled
    throw cause
  }
  // Where this cannot be written the answer stays in the outbox: sent again, it is acknowledged again.
  return settle(desk, digest, {
    state: 'sent',
    at: new Date().toISOString(),
    proofs,
    receipts: proofs.map(() => null),
    states: proofs.map((_, part) => {
      const { id = '', state = 'received' } = acknowledged.proofs.find((one) => one.part === part) ?? {}
      return { id, state }
    }),
  })
}

/** What sending came to. Another tab or try may have sent the same meanwhile: what was acknowledged stands. */
async function settle(
  desk: Desk.Desk,
  digest: string,
  outcome: Asked.Answer,
  returned?: Asked.Returned,
): Promise<Asked.Asked> {
  const now = await requests.askedOfDigest(desk, digest)
  return now.answer.state === 'sent' ? now : requests.change(desk, digest, outcome, returned)
}

/** Looks on the chain for the receipts of what was sent, and asks the API about the rest. */
export async function follow(desk: Desk.Desk): Promise<void> {
  const sent = (await requests.asked(desk)).flatMap(({ digest, object, answer: one }) =>
    one.state === 'sent' ? [{ digest, object, answer: one }] : [],
  )
  const waiting = sent.filter(({ answer: { receipts } }) => receipts.includes(null))
  if (waiting.length === 0) return
  const network = await Desk.networkOf(desk)
  for (const { digest, object, answer: one } of waiting) {
    const receipts = await Chain.reachable(() => Receipts.find(network, one.proofs))
    const states = await Sending.statesOf(PresentationRequest.parse(object), one.states)
    // Looking took a while, in which it may have been withdrawn.
    const now = await requests.askedOfDigest(desk, digest)
    if (now.answer.state === 'sent') await requests.change(desk, digest, { ...now.answer, receipts, states })
  }
}

/** What withdraws an answer's consents, as a file, because sending it costs gas and takes somebody who pays. */
export async function revoke(desk: Desk.Desk, digest: string): Promise<string> {
  const { answer: one } = await requests.askedOfDigest(desk, digest)
  if (one.state !== 'sent') throw new NotCheckedError()
  const revocations = await PatientKey.revoke(await Desk.secretsOf(desk), one.proofs)
  await requests.change(desk, digest, { ...one, revokedAt: new Date().toISOString() })
  return Form.write('revocation/1', { revocations })
}

/** Whether the chain has heard of the withdrawal. */
export async function isRevoked(desk: Desk.Desk, digest: string): Promise<boolean> {
  const { answer: one } = await requests.askedOfDigest(desk, digest)
  if (one.state !== 'sent') return false
  const network = await Desk.networkOf(desk)
  return Chain.reachable(() => Receipts.isRevoked(network, one.proofs))
}

/** What the chain's clock said, in seconds, and when it was asked. The device's own is never believed, only measured by. */
type Clock = { readonly chain: bigint; readonly at: Moment.Moment }

function nowOn({ chain, at }: Clock): bigint {
  return chain + BigInt(Math.floor(Moment.since(at) / 1000))
}

/** Proofs of an interrupted answer by the same credentials that are still good for a while. */
function reusable({ answer: one }: Asked.Asked, credentials: readonly string[], clock: Clock): readonly string[] {
  if (one.state !== 'proving' || one.proofs.length === 0 || String(one.credentials) !== String(credentials)) return []
  return secondsLeft(one.proofs, clock) > 600 ? one.proofs : []
}

/** When the first of these proofs dies, by the device's clock. */
function deadlineOf(proofs: readonly string[], clock: Clock): string {
  return new Date(Date.now() + secondsLeft(proofs, clock) * 1000).toISOString()
}

function secondsLeft(proofs: readonly string[], clock: Clock): number {
  return Math.min(...proofs.map((text) => Number(Form.read(text, [ProofFile.kind]).deadline - nowOn(clock))))
}

/** The answer waited too long and counts no more. */
export class TooLateError extends Error {
  override readonly name = 'Answering.TooLateError'
  constructor() {
    super('The answer waited too long to be sent.')
  }
}

/** Only what this device has checked is answered. */
export class NotCheckedError extends Error {
  override readonly name = 'Answering.NotCheckedError'
  constructor() {
    super('This request has not been checked on this device since it was opened.')
  }
}
