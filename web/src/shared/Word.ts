/** The ends of a hash or an address, for where it only has to be recognised: 0x1234…cdef. */
export function short(word: string): string {
  return word.length <= 14 ? word : `${word.slice(0, 6)}…${word.slice(-4)}`
}
