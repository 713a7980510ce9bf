import type { ContractName } from '@medseal/prover/chain/Network'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { LockedError, useSession } from '../session/Session.ts'
import { send } from './Chain.ts'

export type Transaction = { readonly contract: ContractName; readonly call: string; readonly args: readonly unknown[] }

/** Sends a transaction by the unlocked key; afterwards everything read from the chain is read again. */
export function useTransaction() {
  const session = useSession()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ contract, call, args }: Transaction) => {
      if (session.status === 'locked') throw new LockedError()
      return send(session.key, contract, call, args)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['chain'] }),
  })
}
