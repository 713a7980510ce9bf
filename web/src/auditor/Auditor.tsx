import { RoomShell } from '../shared/ui/RoomShell.tsx'

const places = [
  { to: '/auditor', label: 'Timeline', exact: true },
  { to: '/auditor/receipts', label: 'Receipts' },
  { to: '/auditor/heads', label: 'Audit heads' },
  { to: '/auditor/trees', label: 'Trees' },
  { to: '/auditor/deployment', label: 'Deployment' },
] as const

/** The auditor's room: everything in it is computed here from the chain's own entries. Nobody signs in. */
export function Auditor() {
  return <RoomShell room="Auditor" places={places} />
}
