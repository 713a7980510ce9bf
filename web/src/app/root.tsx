import { createRootRoute, Outlet } from '@tanstack/react-router'
import { ErrorPage } from '../shared/ui/ErrorPage.tsx'
import { NotFoundPage } from '../shared/ui/NotFoundPage.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

/** What every room's routes hang from. */
export const root = createRootRoute({
  component: Outlet,
  pendingComponent: WaitingPage,
  errorComponent: ({ error, reset }) => <ErrorPage error={error} onRetry={reset} />,
  notFoundComponent: NotFoundPage,
})
