/** What a QR code, a pasted text or a file leads to. */
export type Link =
  | { readonly kind: 'request'; readonly id: string }
  /** A request object itself. */
  | { readonly kind: 'object'; readonly text: string }
  /** A request on another site, with which this page does not speak. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | { readonly kind: 'nothing' }

export function read(given: string, origin: string): Link {
  const text = given.trim()
  if (text.startsWith('{')) return { kind: 'object', text }
  const url = URL.parse(text)
  const [, id] = /^\/r\/([\w-]{1,100})$/.exec(url?.pathname ?? '') ?? []
  if (!url || id === undefined) return { kind: 'nothing' }
  return url.origin === origin ? { kind: 'request', id } : { kind: 'elsewhere', host: url.host }
}
