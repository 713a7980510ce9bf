import * as ValueSet from '@medseal/prover/protocol/ValueSet'

const files = import.meta.glob<string>('../../../samples/value-sets/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The value sets that come with the project. Import it where it is wanted, so that it is a chunk of its own. */
export const index: ValueSet.Index = ValueSet.index(Object.values(files).map(ValueSet.parse))
