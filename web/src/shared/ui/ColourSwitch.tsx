import { SegmentedControl, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Light, dark, or as the device has it. */
export function ColourSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const choices = [
    { value: 'light', sign: '☀' },
    { value: 'dark', sign: '☾' },
    { value: 'auto', sign: '◐' },
  ] as const
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('colours')}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as (typeof choices)[number]['value'])}
      data={choices.map(({ value, sign }) => ({
        value,
        label: (
          <>
            <span aria-hidden="true" title={t(value)}>
              {sign}
            </span>
            <VisuallyHidden>{t(value)}</VisuallyHidden>
          </>
        ),
      }))}
    />
  )
}
