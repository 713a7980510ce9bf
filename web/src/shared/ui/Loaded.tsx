import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from './Problem.tsx'
import { Waiting } from './Waiting.tsx'

/** What a query has found, or that it is on its way, or what went wrong. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (found: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />
  return <Waiting />
}
