import { EmptyState } from '../shared/ui/EmptyState.tsx'

export function Wallet() {
  return <EmptyState title="Wallet" titleOrder={1} />
}
