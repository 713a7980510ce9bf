import { Center, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** While a room's code or a page's first data is on its way. */
export function Waiting() {
  const { t } = useTranslation()
  return (
    <Center mih="40vh" role="status" aria-label={t('waiting')}>
      <Loader />
    </Center>
  )
}

/** The same where the frame of a room is not there yet either: what stands alone is the page's main part. */
export function WaitingPage() {
  return (
    <main>
      <Waiting />
    </main>
  )
}
