import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    pendingComponent: WaitingPage,
    path: '/insurer',
    component: lazyRouteComponent(() => import('./Insurer.tsx'), 'Insurer'),
  })
  const requests = createRoute({
    getParentRoute: () => room,
    path: '/',
    component: lazyRouteComponent(() => import('./Requests.tsx'), 'Requests'),
  })
  const newRequest = createRoute({
    getParentRoute: () => room,
    path: '/requests/new',
    component: lazyRouteComponent(() => import('./NewRequest.tsx'), 'NewRequest'),
  })
  const request = createRoute({
    getParentRoute: () => room,
    path: '/requests/$id',
    component: lazyRouteComponent(() => import('./RequestPage.tsx'), 'RequestPage'),
  })
  const policies = createRoute({
    getParentRoute: () => room,
    path: '/policies',
    component: lazyRouteComponent(() => import('./Policies.tsx'), 'Policies'),
  })
  const newPolicy = createRoute({
    getParentRoute: () => room,
    path: '/policies/new',
    component: lazyRouteComponent(() => import('./PolicyBuilder.tsx'), 'PolicyBuilder'),
  })
  const policy = createRoute({
    getParentRoute: () => room,
    path: '/policies/$id',
    component: lazyRouteComponent(() => import('./PolicyPage.tsx'), 'PolicyPage'),
  })
  const results = createRoute({
    getParentRoute: () => room,
    path: '/results',
    component: lazyRouteComponent(() => import('./Results.tsx'), 'Results'),
  })
  const keys = createRoute({
    getParentRoute: () => room,
    path: '/keys',
    component: lazyRouteComponent(() => import('./ApiKeys.tsx'), 'ApiKeys'),
  })
  const webhooks = createRoute({
    getParentRoute: () => room,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('./Webhooks.tsx'), 'Webhooks'),
  })
  const webhook = createRoute({
    getParentRoute: () => room,
    path: '/webhooks/$id',
    component: lazyRouteComponent(() => import('./WebhookPage.tsx'), 'WebhookPage'),
  })
  return [
    room.addChildren([requests, newRequest, request, policies, newPolicy, policy, results, keys, webhooks, webhook]),
  ] as const
}
