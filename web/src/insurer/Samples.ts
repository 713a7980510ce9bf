const files = import.meta.glob<string>('../../../samples/policies/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Policies to start from: texts by file name. */
export const samples: readonly { readonly value: string; readonly label: string; readonly text: string }[] =
  Object.entries(files).map(([path, text]) => ({
    value: path.replace(/^.*\/|\.json$/g, ''),
    label: (JSON.parse(text) as { name: string }).name,
    text,
  }))
