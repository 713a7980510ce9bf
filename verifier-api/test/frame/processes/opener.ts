// Opens a database and says how that went. Argument: its URL.
import { open } from '../../../src/storage/open.ts'

const outcome = await open(process.argv[2] ?? '').then(
  async (storage) => {
    await storage.close()
    return 'opened'
  },
  (cause: Error) => `refused ${cause.name}`,
)
console.log(outcome)
