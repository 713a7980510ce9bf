import { Button, Card, FileInput, Group, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Failure } from './Failure.tsx'
import { NewPassphrase, PassphraseForm } from './Passphrase.tsx'
import { useSession } from './session.tsx'
import classes from './Welcome.module.css'
import { useWords } from './words.ts'

type Way = 'create' | 'words' | 'backup'

/** A device without a wallet: a new one, or one from before. */
export function Welcome() {
  const { t } = useWords()
  const [way, setWay] = useState<Way>()
  const back = () => setWay(undefined)
  if (way === 'create') return <Create onBack={back} />
  if (way === 'words') return <RestoreWords onBack={back} />
  if (way === 'backup') return <RestoreBackup onBack={back} />
  return (
    <Stack maw={760} mx="auto" gap="xl" py={{ base: 'md', sm: 40 }}>
      <Stack gap="xs">
        <Title order={1}>{t('welcome.title')}</Title>
        <Text c="dimmed" maw={560}>
          {t('welcome.says')}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {(['create', 'words', 'backup'] as const).map((one) => (
          <Card key={one}>
            <Stack h="100%" justify="space-between" align="flex-start">
              <Text size="sm" c="dimmed">
                {t(`welcome.${one}Says`)}
              </Text>
              <Button variant={one === 'create' ? 'filled' : 'default'} onClick={() => setWay(one)} fullWidth>
                {t(`welcome.${one}`)}
              </Button>
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  )
}

/** Words shown once, some of them asked back, then a passphrase. */
function Create({ onBack }: { onBack: () => void }) {
  const { device } = useSession()
  const [step, setStep] = useState<'words' | 'confirm' | 'passphrase'>('words')
  const words = useQuery({
    queryKey: ['new words'],
    queryFn: () => device.call('createWords', undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (!words.data) return <Failure error={words.error} />
  if (step === 'words') return <ShowWords words={words.data} onBack={onBack} onWritten={() => setStep('confirm')} />
  if (step === 'confirm')
    return <ConfirmWords words={words.data} onAgain={() => setStep('words')} onRight={() => setStep('passphrase')} />
  return <NewPassphrase step={3} words={words.data} onBack={() => setStep('confirm')} />
}

function ShowWords({ words, onBack, onWritten }: { words: string; onBack: () => void; onWritten: () => void }) {
  const { t } = useWords()
  return (
    <Stack maw={620} mx="auto">
      <Text size="sm" c="dimmed">
        {t('create.step', { step: 1 })}
      </Text>
      <Title order={1}>{t('create.wordsTitle')}</Title>
      <Text>{t('create.wordsSays')}</Text>
      <Card>
        <ol className={classes.words} aria-label={t('create.wordsLabel')} translate="no">
          {words.split(' ').map((word, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice, and the list never changes.
            <li key={i}>{word}</li>
          ))}
        </ol>
      </Card>
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          {t('back')}
        </Button>
        <Button onClick={onWritten}>{t('create.written')}</Button>
      </Group>
    </Stack>
  )
}

const asked = 3

function ConfirmWords({ words, onAgain, onRight }: { words: string; onAgain: () => void; onRight: () => void }) {
  const { t } = useWords()
  const list = words.split(' ')
  const places = useMemo(() => somePlaces(24, asked), [])
  const [answers, setAnswers] = useState<readonly string[]>(places.map(() => ''))
  const [isTried, setTried] = useState(false)
  const isRight = (i: number) => answers[i]?.trim().toLowerCase() === list[places[i] ?? -1]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (places.every((_, i) => isRight(i))) onRight()
      }}
    >
      <Stack maw={480} mx="auto">
        <Text size="sm" c="dimmed">
          {t('create.step', { step: 2 })}
        </Text>
        <Title order={1}>{t('create.confirmTitle')}</Title>
        <Text>{t('create.confirmSays')}</Text>
        {places.map((place, i) => (
          <TextInput
            key={place}
            label={t('create.word', { number: place + 1 })}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={answers[i] ?? ''}
            error={isTried && !isRight(i) && t('create.wrongWord', { number: place + 1 })}
            onChange={({ currentTarget: { value } }) => setAnswers(answers.with(i, value))}
          />
        ))}
        <Group justify="space-between">
          <Button variant="default" onClick={onAgain}>
            {t('create.again')}
          </Button>
          <Button type="submit">{t('next')}</Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Different places, lowest first. */
function somePlaces(of: number, count: number): number[] {
  const places = new Set<number>()
  while (places.size < count) places.add((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % of)
  return [...places].sort((a, b) => a - b)
}

function RestoreWords({ onBack }: { onBack: () => void }) {
  const { t } = useWords()
  const { device } = useSession()
  const [words, setWords] = useState('')
  const [isRight, setRight] = useState(false)
  const check = useMutation({
    mutationFn: () => device.call('checkWords', words),
    onSuccess: () => setRight(true),
  })
  if (isRight) return <NewPassphrase words={words} onBack={() => setRight(false)} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        check.mutate()
      }}
    >
      <Stack maw={520} mx="auto">
        <Title order={1}>{t('restore.wordsTitle')}</Title>
        <Textarea
          label={t('restore.wordsLabel')}
          description={t('restore.wordsSays')}
          autosize
          minRows={4}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={words}
          onChange={({ currentTarget: { value } }) => setWords(value)}
        />
        <Failure error={check.error} />
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {t('back')}
          </Button>
          <Button type="submit" loading={check.isPending}>
            {t('next')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function RestoreBackup({ onBack }: { onBack: () => void }) {
  const { t } = useWords()
  const { device, open } = useSession()
  const [file, setFile] = useState<File | null>(null)
  const restore = useMutation({
    mutationFn: async (passphrase: string) =>
      device.call('restore', { backup: (await file?.text()) ?? '', passphrase }),
    onSuccess: open,
  })
  return (
    <Stack maw={480} mx="auto">
      <Title order={1}>{t('restore.backupTitle')}</Title>
      <FileInput
        label={t('restore.file')}
        placeholder={t('add.choose')}
        accept="application/json,.json"
        value={file}
        onChange={setFile}
      />
      <PassphraseForm
        submit={t('restore.open')}
        isPending={restore.isPending}
        error={restore.error}
        onSubmit={restore.mutate}
      />
      <Button variant="default" onClick={onBack}>
        {t('back')}
      </Button>
    </Stack>
  )
}
