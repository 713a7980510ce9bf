import { Button, FileInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Problem } from '../shared/ui/Problem.tsx'
import * as DeskStore from './DeskStore.ts'
import { NewPassphrase } from './NewDesk.tsx'

/** The command line's two files: from then on this browser is where the issuer is kept. */
export function OldDesk() {
  const [title, setTitle] = useState('')
  const [keyFile, setKeyFile] = useState<File | null>(null)
  const [deskFile, setDeskFile] = useState<File | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const take = useMutation({
    mutationFn: async ([key, desk]: readonly [File, File]) => {
      const { ofFiles } = await import('./DeskFile.ts')
      await DeskStore.found({ title, ...ofFiles(await key.text(), await desk.text()) }, passphrase)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (keyFile && deskFile) take.mutate([keyFile, deskFile])
  }
  return (
    <form onSubmit={submit} aria-label="From files">
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={60}
          required
        />
        <FileInput
          label="Signing key"
          description="issuer-key/1"
          placeholder="Choose a file"
          accept=".json,application/json"
          value={keyFile}
          onChange={setKeyFile}
          required
        />
        <FileInput
          label="Desk"
          description="issuer/1: afterwards keep no second copy at work, or two patients get one place"
          placeholder="Choose a file"
          accept=".json,application/json"
          value={deskFile}
          onChange={setDeskFile}
          required
        />
        <NewPassphrase value={passphrase} onChange={setPassphrase} />
        <Problem error={take.error} />
        <Button type="submit" loading={take.isPending} disabled={title === '' || !keyFile || !deskFile}>
          Keep it in this browser
        </Button>
      </Stack>
    </form>
  )
}
