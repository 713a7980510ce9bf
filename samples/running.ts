import * as Guide from './Guide.ts'
import * as Service from './Service.ts'

/** Starts everything, says what to click, and stops it all when told to. Gives the exit code. */
export async function run(options: Service.Options): Promise<number> {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`
  const told = Promise.withResolvers<void>()
  process.once('SIGINT', () => told.resolve()).once('SIGTERM', () => told.resolve())
  try {
    const service = await Service.start({ ...options, tell: (phase) => console.log(`${seconds()}  ${phase}`) })
    console.log(`${seconds()}  Ready\n\n${Guide.text(service)}`)
    await told.promise
    console.log('\nStopping.')
    await service.close()
    return 0
  } catch (cause) {
    console.error(cause instanceof Error ? `${cause.name}: ${cause.message}` : 'Medseal did not start.')
    return 1
  }
}
