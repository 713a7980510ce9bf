/** `npm run -s stats:circuits`: sizes and public signals of the circuits, as JSON and nothing else on standard output. */
import { buildCircuits, circuitNames } from './build.ts'

const built = await buildCircuits()
const stats = circuitNames.map((name) => {
  const { constraints, domainLog2, publicSignals } = built[name]
  return [name, { constraints, domainLog2, publicSignals }] as const
})
console.log(JSON.stringify(Object.fromEntries(stats), null, 2))
