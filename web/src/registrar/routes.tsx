import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    pendingComponent: WaitingPage,
    path: '/registrar',
    component: lazyRouteComponent(() => import('./Registrar.tsx'), 'Registrar'),
  })
  const stakeholders = createRoute({
    getParentRoute: () => room,
    path: '/',
    component: lazyRouteComponent(() => import('./Stakeholders.tsx'), 'Stakeholders'),
  })
  const addition = createRoute({
    getParentRoute: () => room,
    path: '/new',
    component: lazyRouteComponent(() => import('./NewStakeholder.tsx'), 'NewStakeholder'),
  })
  const verifiers = createRoute({
    getParentRoute: () => room,
    path: '/verifiers',
    component: lazyRouteComponent(() => import('./Verifiers.tsx'), 'Verifiers'),
  })
  return [room.addChildren([stakeholders, addition, verifiers])] as const
}
