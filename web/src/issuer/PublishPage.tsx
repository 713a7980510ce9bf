import { lazy, Suspense } from 'react'
import { KeyGate } from '../shared/ui/KeyGate.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import * as DeskStore from './DeskStore.ts'

/** It needs what talks to the chain, and is behind the gate: not before somebody is there. */
const Update = lazy(async () => ({ default: (await import('./Update.tsx')).Update }))

export function PublishPage() {
  const open = DeskStore.useDesk()
  if (!open) return null
  return (
    <KeyGate needs="key" who="your organisation">
      <PageHead
        title="Publish"
        says="What was issued anew or revoked counts once the words of the status list that changed are on chain."
      />
      <Suspense fallback={<Waiting />}>
        <Update desk={open.desk} />
      </Suspense>
    </KeyGate>
  )
}
