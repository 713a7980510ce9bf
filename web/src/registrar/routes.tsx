import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    path: '/registrar',
    component: lazyRouteComponent(() => import('./Registrar.tsx'), 'Registrar'),
  })
  return [room] as const
}
