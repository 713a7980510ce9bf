import * as Store from './Store.ts'

/** What a page may know of a wallet that is locked. Read without the worker: nobody waits for that to load. */
export type Status = {
  readonly exists: boolean
  /** What a passkey is asked with. */
  readonly passkeys: readonly { readonly credentialId: string; readonly salt: string }[]
}

export async function read(): Promise<Status> {
  const vault = await (await Store.open()).vault()
  const passkeys = (vault?.locks ?? []).flatMap((lock) =>
    lock.kind === 'passkey' ? [{ credentialId: lock.credentialId, salt: lock.salt }] : [],
  )
  return { exists: vault !== undefined, passkeys }
}
