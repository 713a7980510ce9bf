// Writes rows until it is killed, and says of each when it is written. Argument: the database's URL.
import { writeSync } from 'node:fs'
import { open } from '../../../src/storage/open.ts'

const { transaction } = await open(process.argv[2] ?? '')
for (let i = 0; ; i++) {
  const name = `row${i}`
  await transaction(async (db) => {
    await db
      .insertInto('challenges')
      .values({ nonce: name, expires_at: new Date(0) })
      .execute()
    await db
      .insertInto('challenges')
      .values({ nonce: `${name} too`, expires_at: new Date(0) })
      .execute()
  })
  writeSync(1, `${name}\n`)
}
