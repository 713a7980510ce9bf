import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'

export function routes(root: typeof Root) {
  const wallet = createRoute({
    getParentRoute: () => root,
    path: '/wallet',
    component: lazyRouteComponent(() => import('./Wallet.tsx'), 'Wallet'),
  })
  const request = createRoute({
    getParentRoute: () => root,
    path: '/r/$id',
    component: lazyRouteComponent(() => import('./Wallet.tsx'), 'Wallet'),
  })
  return [wallet, request] as const
}
