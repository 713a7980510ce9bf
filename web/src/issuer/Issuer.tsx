import { RoomShell } from '../shared/ui/RoomShell.tsx'

export function Issuer() {
  return <RoomShell room="Issuer" places={[]} />
}
