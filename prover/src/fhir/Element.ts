import * as Json from './Json.ts'

/** A FHIR element and where it stands ("Condition.code.coding[1]"): a path of FHIR's own names and positions only. */
export type Element = { readonly json: Json.JsonObject; readonly path: string }

/** A member that must be a text where it is there. @throws {WrongTypeError} */
export function text(element: Element, name: string): string | undefined {
  const json = Json.member(element.json, name)
  if (json === undefined || (typeof json === 'string' && json !== '')) return json
  throw new WrongTypeError({ path: `${element.path}.${name}` })
}

/** Whether a primitive member has no value and says something all the same, as why it has none (`_name`). */
export function isWithheld(element: Element, name: string): boolean {
  return Json.member(element.json, name) === undefined && Json.member(element.json, `_${name}`) !== undefined
}

/** A member that must be true or false where it is there, and not withheld. @throws {WrongTypeError} */
export function flag(element: Element, name: string): boolean | undefined {
  const json = Json.member(element.json, name)
  if (typeof json === 'boolean' || (json === undefined && !isWithheld(element, name))) return json
  throw new WrongTypeError({ path: `${element.path}.${name}` })
}

/** A member that must be a number where it is there, as written. @throws {WrongTypeError} */
export function decimal(element: Element, name: string): string | undefined {
  const json = Json.member(element.json, name)
  if (json === undefined) return undefined
  const written = Json.decimalOf(json)
  if (written === undefined) throw new WrongTypeError({ path: `${element.path}.${name}` })
  return written
}

/** A member that must be an element where it is there. @throws {WrongTypeError} */
export function child(element: Element, name: string): Element | undefined {
  const json = Json.member(element.json, name)
  if (json === undefined) return undefined
  if (!Json.isObject(json)) throw new WrongTypeError({ path: `${element.path}.${name}` })
  return { json, path: `${element.path}.${name}` }
}

/** A member that must be a list of elements where it is there. @throws {WrongTypeError} */
export function children(element: Element, name: string): readonly Element[] {
  const list = Json.member(element.json, name)
  if (list === undefined) return []
  if (!Json.isList(list)) throw new WrongTypeError({ path: `${element.path}.${name}` })
  return list.map((json, i) => {
    if (!Json.isObject(json)) throw new WrongTypeError({ path: `${element.path}.${name}[${i}]` })
    return { json, path: `${element.path}.${name}[${i}]` }
  })
}

/** Names of the members by which a choice (value[x]) is given; FHIR allows one. */
export function choices(element: Element, name: string): readonly string[] {
  return Object.keys(element.json).filter((key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)))
}

/** A member has another type than FHIR gives it. */
export class WrongTypeError extends Error {
  override readonly name = 'Element.WrongTypeError'
  readonly path: string
  constructor({ path }: { path: string }) {
    super(`${path} has another type than FHIR gives it.`)
    this.path = path
  }
}
