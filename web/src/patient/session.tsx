import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import * as Device from '../wallet/device/Device.ts'
import * as Status from '../wallet/Status.ts'

/** The wallet as a page sees it. */
export type Session = {
  readonly device: Device.Device
  readonly state: 'unknown' | 'none' | 'locked' | 'open'
  readonly passkeys: readonly { readonly credentialId: string; readonly salt: string }[]
  /** After the worker has opened the wallet. */
  readonly open: (dataKey: CryptoKey) => void
  readonly lock: () => void
  /** After the wallet on this device has changed. */
  readonly look: () => void
  /** While something works that locking would break off. */
  readonly hold: (busy: boolean) => void
}

const Context = createContext<Session | undefined>(undefined)

const device = Device.create(
  () => new Worker(new URL('../wallet/device/worker.ts', import.meta.url), { type: 'module', name: 'wallet' }),
)
/** Outlives the pages of this room: whoever looks at the auditor's comes back to an open wallet. */
let isOpen = false

export const lockAfterKey = 'medseal.lockAfterMinutes'

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [open, setOpen] = useState(isOpen)
  const [busy, setBusy] = useState(false)
  const status = useQuery({ queryKey: ['wallet', 'status'], queryFn: Status.read })

  const lock = useCallback(() => {
    isOpen = false
    setOpen(false)
    device.lock()
    queries.removeQueries({ queryKey: ['wallet'] })
  }, [queries])

  useAutoLock(open && !busy, lock)
  useOutbox(open)

  const session = useMemo((): Session => {
    const exists = status.data?.exists
    return {
      device,
      state: open ? 'open' : exists === undefined ? 'unknown' : exists ? 'locked' : 'none',
      passkeys: status.data?.passkeys ?? [],
      open(dataKey) {
        device.hold(dataKey)
        isOpen = true
        setOpen(true)
        void queries.invalidateQueries({ queryKey: ['wallet', 'status'] })
        void navigator.storage?.persist?.()
      },
      lock,
      look: () => void queries.invalidateQueries({ queryKey: ['wallet'] }),
      hold: setBusy,
    }
  }, [status.data, open, lock, queries])
  return <Context value={session}>{children}</Context>
}

export function useSession(): Session {
  const session = useContext(Context)
  if (!session) throw new NoSessionError()
  return session
}

/** What the open wallet knows. Forgotten when it is locked. */
export function useWallet<T>(name: readonly string[], ask: (device: Device.Device) => Promise<T>) {
  const session = useSession()
  return useQuery({ queryKey: ['wallet', ...name], queryFn: () => ask(session.device), retry: false })
}

export function lockAfterMinutes(): number {
  try {
    return Number(localStorage.getItem(lockAfterKey)) || 10
  } catch {
    return 10
  }
}

/**
 * Sends what waits in the outbox, and tries again for as long as something does: a server that is back says so to
 * nobody. Looks there whenever the wallet has changed (@see Session.look) and when the page or the network comes back.
 */
function useOutbox(active: boolean): void {
  const queries = useQueryClient()
  useQuery({
    queryKey: ['wallet', 'outbox'],
    queryFn: async () => {
      try {
        return await device.call('flush', undefined)
      } finally {
        // Pages may have read what waits before it was sent, from here or from another tab.
        void queries.invalidateQueries({ queryKey: ['wallet', 'asked'] })
      }
    },
    enabled: active,
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state: { data, error } }) => (data || error ? sendEachMilliseconds : false),
    refetchOnReconnect: 'always',
  })
}

const sendEachMilliseconds = 10_000

/** Locks when nobody has touched anything for a while. */
function useAutoLock(active: boolean, lock: () => void): void {
  useEffect(() => {
    if (!active) return
    let touched = Date.now()
    const touch = () => {
      touched = Date.now()
    }
    const events = ['pointerdown', 'keydown', 'scroll'] as const
    for (const event of events) window.addEventListener(event, touch, { passive: true })
    const watch = setInterval(() => {
      if (Date.now() - touched > lockAfterMinutes() * 60_000) lock()
    }, 5_000)
    return () => {
      clearInterval(watch)
      for (const event of events) window.removeEventListener(event, touch)
    }
  }, [active, lock])
}

/** A page of this room stands outside of it. */
export class NoSessionError extends Error {
  override readonly name = 'Session.NoSessionError'
  constructor() {
    super('There is no wallet session around this page.')
  }
}
