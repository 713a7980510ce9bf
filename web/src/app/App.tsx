import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { I18nextProvider } from 'react-i18next'
import { i18n } from './i18n.tsx'
import { queryClient } from './queries.ts'
import { router } from './router.tsx'
import { theme } from './theme.tsx'

// What dialogs write to stop the page behind them from scrolling takes its nonce from this name and no other way.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() })

export function App() {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  )
}

/** The nonce this page was answered with: without it no style element is let through. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
}
