/** A thread that answers one task after the other. What a task throws ends it: the pool starts another. */
import { parentPort } from 'node:worker_threads'
import * as Judgement from './Judgement.ts'
import type { Task } from './Workers.ts'

parentPort?.on('message', async (task: Task) => {
  parentPort?.postMessage(await Judgement.judge(task))
})
