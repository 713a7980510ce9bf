import {
  Alert,
  Button,
  Card,
  Code,
  FileInput,
  MultiSelect,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Day from '@medseal/prover/protocol/Day'
import type { Role } from '@medseal/prover/protocol/Policy'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTransaction } from '../shared/chain/useTransaction.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { PageHead } from '../shared/ui/PageHead.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { short } from '../shared/Word.ts'
import type { Registration } from './Registration.ts'
import type { Addition } from './Scheduled.ts'
import { useRegistry } from './useRegistry.ts'

export function NewStakeholder() {
  return (
    <>
      <PageHead
        title="Verify somebody"
        says="You have seen their licence and know whose key this is. Patients' devices will trust what you enter here."
      />
      <Loaded query={useRegistry()}>{({ delaySeconds }) => <AdditionForm delaySeconds={delaySeconds} />}</Loaded>
    </>
  )
}

function AdditionForm({ delaySeconds }: { delaySeconds: bigint }) {
  const [kind, setKind] = useState('issuer')
  const [registration, setRegistration] = useState<Registration>()
  const [key, setKey] = useState('')
  const [payout, setPayout] = useState('')
  const [licence, setLicence] = useState('')
  const [roles, setRoles] = useState<string[]>(['insurer'])
  const act = useTransaction()
  const navigate = useNavigate()
  const isIssuer = kind === 'issuer'
  const isReady = isAddress(key) && (payout === '' || isAddress(payout)) && licence !== ''
  const announce = useMutation({
    mutationFn: async (given: readonly Role[]) => {
      const [{ licenceHash }, Issuer] = await Promise.all([
        import('./Ledger.ts'),
        import('@medseal/prover/protocol/Issuer'),
      ])
      const addition: Addition = {
        key,
        payout: payout || key,
        roles: Number(Issuer.rolesMask(given)),
        licenceHash: licenceHash(licence),
        issuerId: (isIssuer && registration?.issuerId) || 0n,
        validUntil: isIssuer && registration ? Day.toField(registration.validUntil) : 0n,
        statusRoot: (isIssuer && registration?.statusRoot) || 0n,
      }
      const call = delaySeconds === 0n ? 'register' : 'scheduleAddition'
      await act.mutateAsync({ contract: 'StakeholderRegistry', call, args: [addition] })
    },
    onSuccess: () => navigate({ to: '/registrar' }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const given = isIssuer ? registration?.roles : (roles as Role[])
    if (given) announce.mutate(given)
  }
  return (
    <Card maw={620} component="form" onSubmit={submit}>
      <Stack>
        <SegmentedControl
          aria-label="What they do"
          data={[
            { value: 'issuer', label: 'Issues records' },
            { value: 'recipient', label: 'Asks for proofs' },
          ]}
          value={kind}
          onChange={setKind}
        />
        {isIssuer ? (
          <RegistrationInput registration={registration} onChange={setRegistration} />
        ) : (
          <MultiSelect label="Roles" data={Object.keys(parameters.roles)} value={roles} onChange={setRoles} required />
        )}
        <TextInput
          label="Their key"
          description="Address that signs their requests and transactions"
          placeholder="0x…"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value.trim())}
          error={key !== '' && !isAddress(key) ? 'An address has 0x and 40 hexadecimal digits' : undefined}
          required
        />
        <TextInput
          label="Payout address"
          description="Where money goes; the key itself where empty"
          placeholder="0x…"
          value={payout}
          onChange={(event) => setPayout(event.currentTarget.value.trim())}
        />
        <TextInput
          label="Licence"
          description="As it is written on it. Only its hash goes on chain."
          value={licence}
          onChange={(event) => setLicence(event.currentTarget.value)}
          required
        />
        {delaySeconds > 0n && (
          <Text size="sm" c="dimmed">
            On this chain an addition is announced first, and can be carried out {String(delaySeconds / 3600n)} hours
            later.
          </Text>
        )}
        <Problem error={announce.error} />
        <Button
          type="submit"
          loading={announce.isPending}
          disabled={!isReady || (isIssuer ? !registration : roles.length === 0)}
        >
          {delaySeconds === 0n ? 'Verify' : 'Announce'}
        </Button>
      </Stack>
    </Card>
  )
}

function RegistrationInput({
  registration,
  onChange,
}: {
  registration: Registration | undefined
  onChange: (registration: Registration | undefined) => void
}) {
  const [error, setError] = useState<unknown>()
  const read = async (file: File | null) => {
    setError(undefined)
    onChange(undefined)
    try {
      if (file) onChange((await import('./Registration.ts')).parse(await file.text()))
    } catch (cause) {
      setError(cause)
    }
  }
  return (
    <>
      <FileInput
        label="Registration"
        description={
          <>
            The file its room gives, or what <Code>medseal issuer show --json</Code> prints
          </>
        }
        placeholder="Choose a file"
        accept=".json,application/json"
        onChange={(file) => void read(file)}
        required
      />
      <Problem error={error} />
      {registration && (
        <Alert color="teal" title="The signing key is sound">
          <Facts
            facts={[
              ['Roles', registration.roles.join(', ')],
              ['Valid until', Day.format(registration.validUntil)],
              [
                'Issuer id',
                <Copyable
                  key="id"
                  value={`0x${registration.issuerId.toString(16)}`}
                  shown={short(`0x${registration.issuerId.toString(16)}`)}
                  label="issuer id"
                />,
              ],
            ]}
          />
        </Alert>
      )}
    </>
  )
}

function isAddress(text: string): boolean {
  return /^0x[0-9a-f]{40}$/i.test(text)
}
