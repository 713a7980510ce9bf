import type * as answering from './answering.ts'
import type * as opening from './opening.ts'
import type * as records from './records.ts'
import type * as requests from './requests.ts'

/** What the worker does, by name. */
export type Methods = Served<typeof opening> &
  Served<typeof records> &
  Served<Omit<typeof requests, 'askedOfDigest' | 'change'>> &
  Served<typeof answering>

/** The functions of a module, without the desk and the call they are given by the worker. */
type Served<Module> = {
  readonly [Name in keyof Module as Module[Name] extends (...given: never[]) => Promise<unknown>
    ? Name
    : never]: Module[Name] extends (desk: never, argument: infer Argument, ...rest: never[]) => Promise<infer Result>
    ? (argument: unknown extends Argument ? undefined : Argument) => Promise<Result>
    : never
}

export type ToWorker =
  | { readonly id: number; readonly method: keyof Methods; readonly argument: unknown }
  | { readonly cancel: number }
  | { readonly ping: true }

export type FromWorker =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: Failure }
  | { readonly pong: true }

/** An error without its text: the page has words of its own for each. */
export type Failure = { readonly name: string; readonly detail: string | undefined }
