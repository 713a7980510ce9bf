/** Every code a problem may carry, with its status and title: the API's own list, so that clients can rely on it. */
export const codes = {
  'invalid-field': [400, 'A field is not of its form'],
  'invalid-request': [400, 'Not a request that can be read'],
  'invalid-json': [400, 'The body is not JSON'],
  'invalid-cursor': [400, 'The cursor is not one of this list'],
  'invalid-policy': [422, 'The policy does not compile'],
  'invalid-signature': [422, "The signature is not of the stakeholder's registered key"],
  'invalid-response': [422, 'The answer does not fit the request'],
  unauthorized: [401, 'No valid key or token'],
  'missing-scope': [403, 'The key lacks a scope'],
  'not-allowed': [403, 'Not allowed to this stakeholder'],
  'not-found': [404, 'No such resource'],
  'method-not-allowed': [405, 'No such method here'],
  'request-timeout': [408, 'The request came too slowly'],
  conflict: [409, 'Not in this state'],
  'idempotency-conflict': [409, 'The idempotency key was used for another body'],
  'idempotency-in-progress': [409, 'The same request is still at work'],
  gone: [410, 'No longer there'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'Not a media type that is read here'],
  'too-many-requests': [429, 'Too many requests'],
  internal: [500, 'A fault of ours'],
  unavailable: [503, 'Not available now'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type Code = keyof typeof codes

/** Ends a request with a problem. Its texts name rules and places, never a value from a body. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: Code
  readonly detail: string | undefined
  readonly field: string | undefined
  constructor(
    code: Code,
    { detail, field, cause }: { detail?: string | undefined; field?: string | undefined; cause?: unknown } = {},
  ) {
    super(detail ?? codes[code][1], { cause })
    this.code = code
    this.detail = detail
    this.field = field
  }
}
