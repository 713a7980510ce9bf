import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { root as Root } from '../app/root.tsx'
import { WaitingPage } from '../shared/ui/Waiting.tsx'

export function routes(root: typeof Root) {
  const room = createRoute({
    getParentRoute: () => root,
    pendingComponent: WaitingPage,
    id: 'patient',
    component: lazyRouteComponent(() => import('./Room.tsx'), 'Room'),
  })
  const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => room, path })
  const home = createRoute({ ...at('/wallet'), component: lazyRouteComponent(() => import('./Home.tsx'), 'Home') })
  const add = createRoute({ ...at('/wallet/add'), component: lazyRouteComponent(() => import('./Add.tsx'), 'Add') })
  const record = createRoute({
    ...at('/wallet/records/$id'),
    component: lazyRouteComponent(() => import('./RecordPage.tsx'), 'RecordPage'),
  })
  const inbox = createRoute({
    ...at('/wallet/requests'),
    component: lazyRouteComponent(() => import('./Inbox.tsx'), 'Inbox'),
  })
  const kept = createRoute({
    ...at('/wallet/requests/$digest'),
    component: lazyRouteComponent(() => import('./RequestPage.tsx'), 'KeptRequestPage'),
  })
  const answers = createRoute({
    ...at('/wallet/answers'),
    component: lazyRouteComponent(() => import('./Answers.tsx'), 'Answers'),
  })
  const log = createRoute({ ...at('/wallet/log'), component: lazyRouteComponent(() => import('./Log.tsx'), 'Log') })
  const settings = createRoute({
    ...at('/wallet/settings'),
    component: lazyRouteComponent(() => import('./Settings.tsx'), 'Settings'),
  })
  const request = createRoute({
    ...at('/r/$id'),
    component: lazyRouteComponent(() => import('./RequestPage.tsx'), 'LinkedRequestPage'),
  })
  return [room.addChildren([home, add, record, inbox, kept, answers, log, settings, request])] as const
}
