import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    pendingComponent: WaitingPage,
    path: '/issuer',
    component: lazyRouteComponent(() => import('./Issuer.tsx'), 'Issuer'),
  })
  const desk = createRoute({
    getParentRoute: () => room,
    path: '/',
    component: lazyRouteComponent(() => import('./DeskPage.tsx'), 'DeskPage'),
  })
  const issue = createRoute({
    getParentRoute: () => room,
    path: '/issue',
    component: lazyRouteComponent(() => import('./IssuePage.tsx'), 'IssuePage'),
  })
  const credentials = createRoute({
    getParentRoute: () => room,
    path: '/credentials',
    component: lazyRouteComponent(() => import('./Credentials.tsx'), 'Credentials'),
  })
  const publish = createRoute({
    getParentRoute: () => room,
    path: '/publish',
    component: lazyRouteComponent(() => import('./PublishPage.tsx'), 'PublishPage'),
  })
  return [room.addChildren([desk, issue, credentials, publish])] as const
}
