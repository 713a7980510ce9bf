import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Bn254 from '../../../prover/src/Bn254.ts'
import * as EnrolmentFile from '../../../prover/src/files/EnrolmentFile.ts'
import * as Form from '../../../prover/src/files/Form.ts'
import type * as Proof from '../../../prover/src/Proof.ts'
import * as Holder from '../../../prover/src/protocol/Holder.ts'
import * as Issuer from '../../../prover/src/protocol/Issuer.ts'
import * as Keys from '../../../samples/Keys.ts'

/**
 * The enrolment of a sample patient to whom the sample hospital has issued already, as a file beside others. An issuer
 * that renews goes by its holder alone, so it needs no proof of who they are.
 */
export function enrolment(folder: string, patient: string): string {
  const issuerId = Issuer.idOf(Issuer.publicKeyOf(Keys.signingKeyOf('hospital')))
  const holder = Holder.at(Holder.secretOf(Holder.seedOf(Keys.wordsOf(patient))), issuerId)
  const fields = EnrolmentFile.fieldsOf({ chainId: 31337n, issuerId, nonce: `0x${'00'.repeat(32)}`, holder, proof })
  const path = join(folder, `${patient}.enrolment.json`)
  writeFileSync(path, Form.write(EnrolmentFile.enrolment.tag, fields))
  return path
}

/** Points on their curves that prove nothing. */
const proof: Proof.Proof = { a: [1n, 2n], b: Bn254.g2Generator, c: [1n, 2n] }
