import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from '../shared/api.ts'

/** What the API has answered, while the page is open. Nothing of it is written to disk. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // The wallet's own work needs no network; what needs one says so itself instead of waiting without a word.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      // A problem is an answer; only a connection is worth another try.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem),
    },
  },
})
