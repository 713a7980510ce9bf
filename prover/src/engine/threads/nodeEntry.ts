import { parentPort } from 'node:worker_threads'
import * as Labour from '../Labour.ts'
import { answering, type Message } from './Thread.ts'

const answer = answering(Labour.create(), Labour.failureOf)
parentPort?.on('message', async (message: Message) => parentPort?.postMessage(await answer(message)))
