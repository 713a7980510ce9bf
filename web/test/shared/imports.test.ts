import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')

// Biome restricts whom one imports, not whether it is a type: this holds the rest of the line.
test('pages import nothing but types from the API', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const offenders = files.filter((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/^(import|export) (?!type ).*?from '([^']+)'/gms)].some(
      ([, , from]) => from?.includes('verifier-api'),
    ),
  )
  expect(offenders).toEqual([])
})
