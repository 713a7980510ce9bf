/** A process that verifies a good and a bad proof, and does nothing else to end unless it is told to close. */
import * as Random from '../../../prover/test/random.ts'
import * as Verification from '../../src/verification/Verification.ts'
import * as Forge from './forge.ts'

console.info = () => {}
const submission = await Forge.submission(Random.seeded('once'))
const { verify, close } = Verification.create({ threads: 1 })
console.log(await verify(submission), await verify(Forge.spoil(submission)))
if (process.argv[2] === 'close') await close()
