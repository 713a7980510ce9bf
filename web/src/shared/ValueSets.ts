import * as ValueSet from '@medseal/prover/protocol/ValueSet'

const files = import.meta.glob<string>('../../../samples/value-sets/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/**
 * The value sets that come with the project. Part of the program: what a set's number means is never the server's word.
 * Imported where it is wanted, so that it is a chunk of its own.
 */
export const index: ValueSet.Index = ValueSet.index(Object.values(files).map(ValueSet.parse))
