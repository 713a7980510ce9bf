import { Button, Group, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { RoomShell } from '../shared/ui/RoomShell.tsx'
import { Waiting } from '../shared/ui/Waiting.tsx'
import { SessionProvider, useSession } from './session.tsx'
import { Unlock } from './Unlock.tsx'
import { Welcome } from './Welcome.tsx'
import { load, useWords } from './words.ts'

/** The patient's room: nothing of it is shown before the wallet is open. */
export function Room() {
  const { i18n } = useWords()
  const words = useQuery({
    queryKey: ['words', i18n.language],
    queryFn: async () => {
      await load(i18n, i18n.language)
      return true
    },
    staleTime: Number.POSITIVE_INFINITY,
    // In another language it is still the same room: what somebody was at must not be lost.
    placeholderData: keepPreviousData,
  })
  if (!words.data) return <Waiting />
  return (
    <SessionProvider>
      <Frame />
    </SessionProvider>
  )
}

function Frame() {
  const { t } = useWords()
  const { state, lock } = useSession()
  usePages(state === 'open')
  const places = [
    { to: '/wallet', label: t('places.home'), exact: true },
    { to: '/wallet/requests', label: t('places.inbox') },
    { to: '/wallet/answers', label: t('places.answers') },
    { to: '/wallet/log', label: t('places.log') },
    { to: '/wallet/settings', label: t('places.settings') },
  ]
  return (
    <RoomShell
      room={t('room')}
      places={state === 'open' ? places : []}
      account={
        <Group gap="xs" wrap="nowrap">
          <LanguageSwitch />
          {state === 'open' && (
            <Button size="xs" variant="default" onClick={lock}>
              {t('lock')}
            </Button>
          )}
        </Group>
      }
    >
      {(page) => {
        if (state === 'unknown') return <Waiting />
        if (state === 'none') return <Welcome />
        return state === 'locked' ? <Unlock /> : page
      }}
    </RoomShell>
  )
}

/** Loads every page of the room while there is a network: from then on none is needed to import, try out and prove. */
function usePages(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return
    const wait = setTimeout(() => void Promise.allSettled(pages.map((load) => load())), 1_500)
    return () => clearTimeout(wait)
  }, [isOpen])
}

const pages = [
  () => import('./Home.tsx'),
  () => import('./Add.tsx'),
  () => import('./RequestPage.tsx'),
  () => import('./Inbox.tsx'),
  () => import('./Answers.tsx'),
  () => import('./Log.tsx'),
  () => import('./Settings.tsx'),
  () => import('./RecordPage.tsx'),
  () => import('./Charts.tsx'),
]

function LanguageSwitch() {
  const { t, i18n } = useWords()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('language')}
      value={i18n.language === 'de' ? 'de' : 'en'}
      onChange={async (language) => {
        await load(i18n, language)
        await i18n.changeLanguage(language)
      }}
      data={[
        { value: 'en', label: 'EN' },
        { value: 'de', label: 'DE' },
      ]}
    />
  )
}
