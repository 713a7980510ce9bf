import { Button, FileInput, Stack, TextInput } from '@mantine/core'
import * as Form from '@medseal/prover/files/Form'
import * as IssuerFile from '@medseal/prover/files/IssuerFile'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Problem } from '../shared/ui/Problem.tsx'
import * as DeskStore from './DeskStore.ts'
import { NewPassphrase } from './NewDesk.tsx'
import * as SigningKeyFile from './SigningKeyFile.ts'

/** The command line's two files: from then on this browser is where the issuer is kept. */
export function OldDesk() {
  const [title, setTitle] = useState('')
  const [keyFile, setKeyFile] = useState<File | null>(null)
  const [deskFile, setDeskFile] = useState<File | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const take = useMutation({
    mutationFn: async ([key, desk]: readonly [File, File]) => {
      const signingKey = SigningKeyFile.parse(await key.text())
      const read = Form.read(await desk.text(), [IssuerFile.kind])
      await DeskStore.found({ title, signingKey, desk: read }, passphrase)
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
