import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    pendingComponent: WaitingPage,
    path: '/auditor',
    component: lazyRouteComponent(() => import('./Auditor.tsx'), 'Auditor'),
  })
  const timeline = createRoute({
    getParentRoute: () => room,
    path: '/',
    component: lazyRouteComponent(() => import('./Timeline.tsx'), 'Timeline'),
  })
  const receipts = createRoute({
    getParentRoute: () => room,
    path: '/receipts',
    component: lazyRouteComponent(() => import('./Receipts.tsx'), 'Receipts'),
  })
  const receipt = createRoute({
    getParentRoute: () => room,
    path: '/receipts/$transaction',
    component: lazyRouteComponent(() => import('./ReceiptPage.tsx'), 'ReceiptPage'),
  })
  const heads = createRoute({
    getParentRoute: () => room,
    path: '/heads',
    component: lazyRouteComponent(() => import('./Heads.tsx'), 'Heads'),
  })
  const trees = createRoute({
    getParentRoute: () => room,
    path: '/trees',
    component: lazyRouteComponent(() => import('./Trees.tsx'), 'Trees'),
  })
  const deployment = createRoute({
    getParentRoute: () => room,
    path: '/deployment',
    component: lazyRouteComponent(() => import('./DeploymentPage.tsx'), 'DeploymentPage'),
  })
  return [room.addChildren([timeline, receipts, receipt, heads, trees, deployment])] as const
}
