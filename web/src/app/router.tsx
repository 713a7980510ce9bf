import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import * as auditor from '../auditor/routes.tsx'
import * as insurer from '../insurer/routes.tsx'
import * as issuer from '../issuer/routes.tsx'
import * as patient from '../patient/routes.tsx'
import * as registrar from '../registrar/routes.tsx'
import { Waiting, WaitingPage } from '../shared/ui/Waiting.tsx'
import { root } from './root.tsx'

const landing = createRoute({
  getParentRoute: () => root,
  path: '/',
  pendingComponent: WaitingPage,
  component: lazyRouteComponent(() => import('./Landing.tsx'), 'Landing'),
})

/** A room is one folder and one line here. */
const rooms = [patient, insurer, issuer, registrar, auditor].flatMap(({ routes }) => [...routes(root)])

export const router = createRouter({
  routeTree: root.addChildren([landing, ...rooms]),
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
