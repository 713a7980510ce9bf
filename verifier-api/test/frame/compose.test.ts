import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

// the compose file
// ├── is what the Compose specification's schema takes
// └── would not be with a word that the schema does not know, or a value of another kind

const file = join(import.meta.dirname, '../../deploy/compose.yaml')
const read = () => parse(readFileSync(file, 'utf8'), { merge: true })

/** The specification's schema as the linter dclint ships it. */
function schemaOf() {
  const linter = createRequire(import.meta.url).resolve('dclint/package.json')
  const { $schema: _, ...schema } = JSON.parse(readFileSync(join(linter, '../schemas/compose.schema.json'), 'utf8'))
  return schema
}

// Not strict: its formats (ports, expose) are its own.
const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schemaOf())

it('is what the schema takes', () => {
  expect([validate(read()), validate.errors]).toEqual([true, null])
})

it.each([
  ['an unknown word', (api: Record<string, unknown>) => Object.assign(api, { port: ['8080:8080'] })],
  ['a value of another kind', (api: Record<string, unknown>) => Object.assign(api, { read_only: ['yes'] })],
  ['no list where there has to be one', (api: Record<string, unknown>) => Object.assign(api, { secrets: 'pgpass' })],
])('is not with %s', (_, spoil) => {
  const compose = read()
  spoil(compose.services.api)
  expect(validate(compose)).toBe(false)
})
