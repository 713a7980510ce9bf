const files = import.meta.glob<{ name: string; title: string; category: string }>(
  '../../../samples/value-sets/*.json',
  { import: 'default', eager: true },
)

/** The published value sets, for one to be chosen. */
export const sets = Object.values(files)
  .map(({ name, title, category }) => ({ name, title, category }))
  .sort((a, b) => a.title.localeCompare(b.title))
