/** The mark: a shield with a tick. */
export function Seal({ size = 24 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />
}
