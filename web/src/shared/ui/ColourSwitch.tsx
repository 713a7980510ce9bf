import { SegmentedControl, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './ColourSwitch.module.css'
import { Glyph } from './Glyph.tsx'

/** Light, dark, or as the device has it. */
export function ColourSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const choices = [
    { value: 'light', sign: 'sun' },
    { value: 'dark', sign: 'moon' },
    { value: 'auto', sign: 'half' },
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
            <span className={classes.sign} title={t(value)}>
              <Glyph of={sign} />
            </span>
            <VisuallyHidden>{t(value)}</VisuallyHidden>
          </>
        ),
      }))}
    />
  )
}
