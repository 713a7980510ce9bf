import { RoomShell } from '../shared/ui/RoomShell.tsx'

export function Insurer() {
  return <RoomShell room="Insurer" places={[]} />
}
