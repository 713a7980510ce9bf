import type { ContractName } from '@medseal/prover/chain/Network'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { LockedError, useSession } from '../session/Session.ts'

export type Transaction = { readonly contract: ContractName; readonly call: string; readonly args: readonly unknown[] }

/** Sends a transaction by the unlocked key; afterwards everything read from the chain is read again. */
export function useTransaction() {
  const session = useSession()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ contract, call, args }: Transaction) => {
      if (session.status === 'locked') throw new LockedError()
      // What talks to the chain is a third of a megabyte: loaded with the first that is sent or read.
      const { send } = await import('./Chain.ts')
      return send(session.key, contract, call, args)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['chain'] }),
  })
}
