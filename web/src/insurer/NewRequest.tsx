import { Button, Card, Checkbox, MultiSelect, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import type { Policy } from '@medseal/verifier-api/resources/Policy'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import * as Session from '../shared/session/Session.ts'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { askPatient } from './askPatient.ts'
import { usePolicies } from './usePolicyNames.ts'

const titles: Readonly<Record<string, string>> = {
  COVAUTH: 'Coverage authorisation',
  ELIGDTRM: 'Eligibility determination',
  CLMATTCH: 'Claim attachment',
  HPAYMT: 'Healthcare payment',
  TREAT: 'Treatment',
  HRESCH: 'Research',
  PATRQT: "The patient's own request",
  PUBHLTH: 'Public health',
}

export function NewRequest() {
  return (
    <>
      <PageHead
        title="New request"
        says="You sign it with your registered key. The patient's device checks that key on chain before it shows anything."
      />
      <Loaded query={usePolicies()}>
        {(policies) =>
          policies.length === 0 ? (
            <EmptyState title="First a policy" says="A request asks whether a record meets one of your policies.">
              <LinkButton to="/insurer/policies/new">Write one</LinkButton>
            </EmptyState>
          ) : (
            <RequestForm policies={policies} />
          )
        }
      </Loaded>
    </>
  )
}

function RequestForm({ policies }: { policies: readonly Policy[] }) {
  const { policy } = useSearch({ strict: false }) as { policy?: string }
  const session = Session.useSession()
  const roles = session.status === 'signed-in' ? session.session.roles : []
  const purposes = Object.entries(parameters.purposes)
    .filter(([, allowed]) => allowed.some((role) => roles.includes(role)))
    .map(([value]) => ({ value, label: titles[value] ? `${titles[value]} (${value})` : value }))
  const [policyIds, setPolicyIds] = useState<string[]>(policy ? [policy] : [])
  const [purpose, setPurpose] = useState(purposes.find(({ value }) => value === 'COVAUTH')?.value ?? purposes[0]?.value)
  const [days, setDays] = useState<number | string>(7)
  const [recipientName, setRecipientName] = useState('')
  const [note, setNote] = useState('')
  const [consentRequired, setConsentRequired] = useState(true)
  const navigate = useNavigate()
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: async () => {
      if (session.status !== 'signed-in') throw new Session.LockedError()
      const expiresAt = new Date((Math.floor(Date.now() / 1000) + Number(days) * 86_400) * 1000).toISOString()
      const chosen = policyIds.flatMap((id) => policies.find((each) => each.id === id) ?? [])
      const question = { policies: chosen, purpose: purpose ?? '', consentRequired, expiresAt, recipientName, note }
      return askPatient(question, { key: session.key, stakeholderId: session.session.stakeholderId })
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['insurer', 'requests'] })
      await navigate({ to: '/insurer/requests/$id', params: { id } })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <Card maw={620} component="form" onSubmit={submit}>
      <Stack>
        <MultiSelect
          label="Policies"
          description="Each is answered by a proof of its own, all by one person"
          data={policies.map(({ id, name }) => ({ value: id, label: name }))}
          value={policyIds}
          onChange={setPolicyIds}
          maxValues={16}
          searchable
          selectFirstOptionOnChange
          required
        />
        <Select
          label="Purpose"
          description="HL7 purpose of use; which ones are yours follows from your role"
          data={purposes}
          value={purpose ?? null}
          onChange={(value) => value && setPurpose(value)}
          allowDeselect={false}
          required
        />
        <TextInput
          label="Your name, as the patient reads it"
          value={recipientName}
          onChange={(event) => setRecipientName(event.currentTarget.value)}
          maxLength={100}
          required
        />
        <Textarea
          label="Note to the patient"
          description="Signed along with the question"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
        />
        <NumberInput label="Days it may be answered" value={days} onChange={setDays} min={1} max={365} required />
        <Checkbox
          label="Require the patient's signed consent"
          description="Recorded with the answer; the patient can revoke it later"
          checked={consentRequired}
          onChange={(event) => setConsentRequired(event.currentTarget.checked)}
        />
        <Problem error={ask.error} />
        <Button
          type="submit"
          loading={ask.isPending}
          disabled={policyIds.length === 0 || recipientName === '' || !purpose}
        >
          Sign and open
        </Button>
      </Stack>
    </Card>
  )
}
