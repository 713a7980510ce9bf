/** A figure that is to be reached, and whether it was. */
export type Bar = {
  readonly name: string
  readonly measured: number
  readonly atLeast: number
  readonly reached: boolean
}

export function of(name: string, measured: number, atLeast: number): Bar {
  return { name, measured, atLeast, reached: measured >= atLeast }
}
