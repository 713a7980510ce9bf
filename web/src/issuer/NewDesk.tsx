import { Button, MultiSelect, PasswordInput, Stack, TextInput } from '@mantine/core'
import * as Day from '@medseal/prover/protocol/Day'
import type { Role } from '@medseal/prover/protocol/Policy'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Problem } from '../shared/ui/Problem.tsx'
import * as Vault from '../shared/vault/Vault.ts'
import * as DeskStore from './DeskStore.ts'

const roles = ['hospital', 'laboratory', 'doctor', 'pharmacy', 'keeper'] as const satisfies readonly Role[]

/** A new signing key and an empty status list. */
export function NewDesk() {
  const [title, setTitle] = useState('')
  const [chosen, setChosen] = useState<string[]>(['hospital'])
  const [validUntil, setValidUntil] = useState(inAYear())
  const [passphrase, setPassphrase] = useState('')
  const make = useMutation({
    mutationFn: async () => {
      const { create } = await import('./Founding.ts')
      const made = await create({ roles: chosen as Role[], validUntil: Day.parse(validUntil) })
      await DeskStore.found({ title, ...made }, passphrase)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form onSubmit={submit} aria-label="New issuer">
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="What you call it here"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={60}
          required
        />
        <MultiSelect label="Roles" data={[...roles]} value={chosen} onChange={setChosen} required />
        <TextInput
          label="Valid until"
          description="Last day on which its signatures count"
          type="date"
          value={validUntil}
          onChange={(event) => setValidUntil(event.currentTarget.value)}
          required
        />
        <NewPassphrase value={passphrase} onChange={setPassphrase} />
        <Problem error={make.error} />
        <Button type="submit" loading={make.isPending} disabled={title === '' || chosen.length === 0}>
          Make a signing key
        </Button>
      </Stack>
    </form>
  )
}

export function NewPassphrase({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <PasswordInput
      label="New passphrase"
      description={`Nobody can restore it; at least ${Vault.shortestPassphrase} characters`}
      autoComplete="new-password"
      minLength={Vault.shortestPassphrase}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
    />
  )
}

function inAYear(): string {
  return new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10)
}
