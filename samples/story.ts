/** `npm start`: one life of a proof, told in the terminal. Exits 0 exactly when everything came out as written. */
import { parseArgs } from 'node:util'
import * as Narrator from './Narrator.ts'
import { tellOwnFiles } from './ownFiles.ts'
import { tellSamples } from './sampleStory.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string' },
    policy: { type: 'string' },
    today: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help || (values.bundle === undefined) !== (values.policy === undefined)) {
  console.error(`npm start                                    the story, with the sample patients
npm start -- --bundle FILE --policy FILE     the same with your own FHIR R4 bundle and policy
                                             (--today yyyy-mm-dd, by default the bundle's last date)

Exits 0 when every acceptance and every refusal came out as written, 1 when one did not,
2 when the call or a file is wrong, 3 when your record does not meet your policy.`)
  process.exitCode = values.help ? 0 : 2
} else {
  const narrator = Narrator.create()
  const { bundle, policy, today } = values
  process.exitCode =
    bundle !== undefined && policy !== undefined
      ? await tellOwnFiles(narrator, { bundle, policy, today })
      : await tellSamples(narrator)
}
