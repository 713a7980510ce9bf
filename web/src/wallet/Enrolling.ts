import type * as Artifacts from '@medseal/prover/Artifacts'
import type { OnPhase } from '@medseal/prover/engine/Engine'
import * as EnrolmentFile from '@medseal/prover/files/EnrolmentFile'
import * as Form from '@medseal/prover/files/Form'
import * as Context from '@medseal/prover/protocol/Context'
import type * as Holder from '@medseal/prover/protocol/Holder'
import * as Prove from '@medseal/prover/prove'
import * as Chain from './Chain.ts'
import * as Proving from './Proving.ts'
import type { Secrets } from './Wallet.ts'

/**
 * The enrolment file that answers an issuer's invitation file: proves to know the secret behind the holder the issuer
 * will sign for.
 * @throws {Form.BrokenError} and what proving throws.
 */
export async function answer(
  { secret }: Secrets,
  {
    invitation: text,
    artifacts,
    onPhase,
    signal,
  }: {
    readonly invitation: string
    readonly artifacts: Artifacts.Source
    readonly onPhase?: OnPhase
    readonly signal?: AbortSignal
  },
): Promise<string> {
  const invitation = Form.read(text, [EnrolmentFile.invitation])
  const { issuerId } = invitation
  const { proof, signals } = await Prove.proveEnrolment(
    { secret, issuerId, context: Context.ofEnrolment(invitation) },
    {
      artifacts,
      engine: Proving.engine,
      allowDevelopmentKeys: invitation.chainId === Chain.localChainId,
      ...(onPhase && { onPhase }),
      ...(signal && { signal }),
    },
  )
  const fields = EnrolmentFile.fieldsOf({ ...invitation, holder: signals.holder as Holder.Holder, proof })
  return Form.write(EnrolmentFile.enrolment.tag, fields)
}
