import * as Narrator from './Narrator.ts'
import { tellOwnFiles } from './ownFiles.ts'
import { tellSamples } from './sampleStory.ts'

/** One life of a proof, told in the terminal. Gives the exit code: 0 exactly when everything came out as written. */
export function tell({ bundle, policy, today }: { bundle?: string; policy?: string; today?: string }): Promise<number> {
  const narrator = Narrator.create()
  return bundle !== undefined && policy !== undefined
    ? tellOwnFiles(narrator, { bundle, policy, today })
    : tellSamples(narrator)
}
