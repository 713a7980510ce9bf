import { RoomShell } from '../shared/ui/RoomShell.tsx'

export function Registrar() {
  return <RoomShell room="Registrar" places={[]} />
}
