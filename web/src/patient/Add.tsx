import { Alert, Button, Card, FileInput, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { save } from '../shared/Download.ts'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import type { Step } from '../wallet/device/Device.ts'
import { Failure } from './Failure.tsx'
import { useSession } from './session.tsx'
import { useWords } from './words.ts'

/** Gets a record: an invitation answered, a credential taken home. */
export function Add() {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('add.title')} />
      <Stack>
        <Enrol />
        <Receive />
      </Stack>
    </>
  )
}

function Enrol() {
  const { t } = useWords()
  const { device } = useSession()
  const [file, setFile] = useState<File | null>(null)
  const [step, setStep] = useState<Step>()
  const enrol = useMutation({
    mutationFn: async () => device.call('enrol', (await file?.text()) ?? '', { onProgress: setStep }),
    onSuccess: (text) => save('enrolment.json', text),
    onSettled: () => setStep(undefined),
  })
  return (
    <Card>
      <Stack align="flex-start">
        <Title order={2}>{t('add.enrolTitle')}</Title>
        <Text size="sm">{t('add.enrolSays')}</Text>
        <FileInput
          w="100%"
          maw={420}
          label={t('add.invitation')}
          placeholder={t('add.choose')}
          accept="application/json,.json"
          value={file}
          onChange={(chosen) => {
            setFile(chosen)
            enrol.reset()
          }}
        />
        <Button disabled={!file} loading={enrol.isPending} onClick={() => enrol.mutate()}>
          {t('add.enrol')}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {step && t(`phase.${step.phase}`)}
        </Text>
        <Failure error={enrol.error} />
        {enrol.data && (
          <Alert role="status" color="teal" w="100%">
            <Group justify="space-between">
              <Text size="sm">{t('add.enrolled')}</Text>
              <Button size="xs" variant="default" onClick={() => save('enrolment.json', enrol.data)}>
                {t('add.download')}
              </Button>
            </Group>
          </Alert>
        )}
      </Stack>
    </Card>
  )
}

function Receive() {
  const { t } = useWords()
  const { device, look } = useSession()
  const receive = useMutation({
    mutationFn: async (file: File) => device.call('receive', await file.text()),
    onSuccess: look,
  })
  return (
    <Card>
      <Stack align="flex-start">
        <Title order={2}>{t('add.receiveTitle')}</Title>
        <Text size="sm">{t('add.receiveSays')}</Text>
        <FileInput
          w="100%"
          maw={420}
          label={t('add.credential')}
          placeholder={t('add.choose')}
          accept="application/json,.json"
          disabled={receive.isPending}
          onChange={(file) => file && receive.mutate(file)}
        />
        <Text size="sm" c="dimmed" role="status">
          {receive.isPending && t('add.checking')}
        </Text>
        <Failure error={receive.error} />
        {receive.data && (
          <Alert role="status" color="teal" w="100%">
            <Group justify="space-between">
              <Text size="sm">
                {t('add.received')} {receive.data.replaced && t('add.replaced')}
              </Text>
              <LinkButton to="/wallet/records/$id" params={{ id: receive.data.id }} size="xs" variant="default">
                {t('home.look')}
              </LinkButton>
            </Group>
          </Alert>
        )}
      </Stack>
    </Card>
  )
}
