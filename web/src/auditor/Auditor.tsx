import { RoomShell } from '../shared/ui/RoomShell.tsx'

export function Auditor() {
  return <RoomShell room="Auditor" places={[]} />
}
