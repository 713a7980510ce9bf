import * as Labour from '../Labour.ts'
import { answering, type Message } from './Thread.ts'

const answer = answering(Labour.create(), Labour.failureOf)
addEventListener('message', async ({ data }: MessageEvent<Message>) => postMessage(await answer(data)))
