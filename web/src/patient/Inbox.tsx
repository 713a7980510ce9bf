import { Button, Card, FileButton, Group, Stack, Text, Textarea, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { TextLink } from '../shared/ui/TextLink.tsx'
import { AskedState } from './AskedState.tsx'
import * as Link from './Link.ts'
import { Refused } from './Refused.tsx'
import { Scanner } from './Scanner.tsx'
import { useSession, useWallet } from './session.tsx'
import { useWords } from './words.ts'

/** Opens requests, and keeps those that were fit to be shown. */
export function Inbox() {
  const { t, say } = useWords()
  const asked = useWallet(['asked'], (device) => device.call('asked', undefined))
  return (
    <>
      <PageHead title={t('inbox.title')} says={t('inbox.says')} />
      <Stack>
        <Opener />
        <Card component="section">
          <Title order={2} mb="sm">
            {t('inbox.kept')}
          </Title>
          {asked.data?.length === 0 && <EmptyState title={t('inbox.none')} says={t('inbox.noneSays')} />}
          <Stack gap="sm">
            {asked.data?.map((one) => (
              <Group key={one.digest} justify="space-between">
                <div>
                  <TextLink to="/wallet/requests/$digest" params={{ digest: one.digest }}>
                    {one.name}
                  </TextLink>
                  <Text size="sm" c="dimmed">
                    {one.policyNames.join(', ')} · {t('inbox.until', { day: say.time(one.expiresAt) })}
                  </Text>
                </div>
                <AskedState asked={one} />
              </Group>
            ))}
          </Stack>
        </Card>
      </Stack>
    </>
  )
}

/** By camera, picture, link or file. */
function Opener() {
  const { t } = useWords()
  const { device, look } = useSession()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const review = useMutation({
    mutationFn: (object: string) => device.call('review', object),
    onSuccess: async (view) => {
      look()
      if (view.fit) await navigate({ to: '/wallet/requests/$digest', params: { digest: view.asked.digest } })
    },
  })

  async function open(given: string): Promise<void> {
    setRefusal(undefined)
    review.reset()
    const link = Link.read(given, location.origin)
    switch (link.kind) {
      case 'request':
        await navigate({ to: '/r/$id', params: { id: link.id } })
        return
      case 'object':
        review.mutate(link.text)
        return
      case 'elsewhere':
        setRefusal(t('inbox.otherSite', { host: link.host }))
        return
      case 'nothing':
        setRefusal(t('inbox.notALink'))
        return
      default:
        link satisfies never
    }
  }

  return (
    <Card>
      <Stack>
        <Scanner onRead={open} />
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void open(text)
          }}
        >
          <Textarea
            label={t('inbox.link')}
            description={t('inbox.linkSays')}
            autosize
            minRows={2}
            maxRows={6}
            value={text}
            error={refusal}
            errorProps={{ role: 'alert' }}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
          <Group mt="sm">
            <Button type="submit" loading={review.isPending} disabled={text.trim() === ''}>
              {t('inbox.open')}
            </Button>
            <FileButton accept="application/json,.json" onChange={async (file) => file && open(await file.text())}>
              {(props) => (
                <Button variant="default" {...props}>
                  {t('inbox.file')}
                </Button>
              )}
            </FileButton>
          </Group>
        </form>
        <Refused view={review.data} error={review.error} />
      </Stack>
    </Card>
  )
}
