/** 32 bytes as the API writes them: 0x and 64 lower-case digits. */
export function of(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`
}
