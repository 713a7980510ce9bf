import { createRootRoute, Outlet } from '@tanstack/react-router'
import { ErrorPage } from '../shared/ui/ErrorPage.tsx'
import { NotFoundPage } from '../shared/ui/NotFoundPage.tsx'

/** What every room's routes hang from. */
export const root = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => <ErrorPage error={error} onRetry={reset} />,
  notFoundComponent: NotFoundPage,
})
