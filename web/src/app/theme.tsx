import { createTheme, type MantineColorsTuple } from '@mantine/core'

const seal: MantineColorsTuple = [
  '#eefafb',
  '#d9f1f4',
  '#b3e3e9',
  '#85d2dc',
  '#5dc2cf',
  '#3db4c3',
  '#1c97a8',
  '#117f90',
  '#0b6b7a',
  '#065360',
]

const system =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'

/** One look for all rooms. Shade 8 of every colour carries white text in both schemes. */
export const theme = createTheme({
  colors: { seal },
  primaryColor: 'seal',
  primaryShade: 8,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: system,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontFamily: system,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.25rem', lineHeight: '1.3' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } },
    Paper: { defaultProps: { radius: 'lg' } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } },
    Modal: {
      defaultProps: {
        radius: 'lg',
        centered: true,
        overlayProps: { backgroundOpacity: 0.4, blur: 2 },
        // A dialog's head is a header element, which would be a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
    Anchor: { defaultProps: { underline: 'hover' } },
    Loader: { defaultProps: { type: 'dots' } },
  },
})
