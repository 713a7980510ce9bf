import type { OnPhase, Phase } from '../engine/Engine.ts'
import * as Progress from './Progress.ts'

const titles: Readonly<Record<Phase, string>> = {
  loading: 'load the circuit and its key',
  witness: 'compute the witness',
  proving: 'prove',
  checking: 'verify the proof just made',
}
const order = Object.keys(titles) as Phase[]

/** Makes a proof, and tells the phases it passes through. */
export async function tell<T>(prove: (onPhase: OnPhase) => Promise<T>): Promise<T> {
  const reached = new Map(order.map((phase) => [phase, Promise.withResolvers<void>()]))
  const working = prove(({ phase }) => {
    for (const earlier of order.slice(0, order.indexOf(phase))) reached.get(earlier)?.resolve()
  })
  const ended = working.then(() => undefined)
  // Told by the steps below; without this a failure before they wait would count as unhandled.
  ended.catch(() => undefined)
  await Progress.through(
    order.map((phase) => ({
      title: titles[phase],
      act: () => Promise.race([reached.get(phase)?.promise ?? ended, ended]),
    })),
  )
  return working
}
