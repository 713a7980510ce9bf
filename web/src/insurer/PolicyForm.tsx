import { Fieldset, Group, MultiSelect, NumberInput, Stack, TextInput } from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Draft from './Draft.ts'
import { FormulaForm } from './FormulaForm.tsx'

type Props = { policy: Draft.Json; onChange: (policy: Draft.Json) => void }

/** A policy as a form. What the form does not know it leaves as it is. */
export function PolicyForm({ policy, onChange }: Props) {
  const set = (key: string, value: unknown) => onChange(Draft.withKey(policy, key, value))
  const issuers = Array.isArray(policy.issuers) ? policy.issuers.map(String) : []
  return (
    <Stack>
      <TextInput label="Name" value={String(policy.name ?? '')} onChange={(e) => set('name', e.currentTarget.value)} />
      <TextInput
        label="Source"
        description="Where the criteria were published"
        value={String(policy.source ?? '')}
        onChange={(e) => set('source', e.currentTarget.value)}
      />
      <MultiSelect
        label="Issuers"
        description="Whose records count"
        data={Object.keys(parameters.roles)}
        value={issuers}
        onChange={(value) => set('issuers', value)}
      />
      <RecordForm record={Draft.objectOf(policy.record) ?? {}} onChange={(record) => set('record', record)} />
      <FormulaForm
        formula={Draft.objectOf(policy.require) ?? {}}
        title="Requirement"
        onChange={(require) => set('require', require)}
      />
    </Stack>
  )
}

function RecordForm({ record, onChange }: { record: Draft.Json; onChange: (record: Draft.Json) => void }) {
  const from = Draft.objectOf(record.completeFrom)
  const set = (key: string, value: unknown) => onChange(Draft.withKey(record, key, value))
  return (
    <Fieldset legend="Record" radius="md">
      <Stack gap="sm">
        <Group grow align="flex-end">
          <NumberInput
            label="At most this many days old"
            value={Draft.numberOr(record.maximumAgeDays)}
            onChange={(value) => set('maximumAgeDays', value)}
            min={0}
          />
          <NumberInput
            label="Edition of the value sets"
            value={Draft.numberOr(record.setsEdition)}
            onChange={(value) => set('setsEdition', value)}
            min={1}
          />
        </Group>
        <NumberInput
          label="Complete for this many days back"
          description={from && 'date' in from ? `The text says: since ${String(from.date)}` : undefined}
          value={Draft.numberOr(from?.daysBeforeToday)}
          onChange={(days) => set('completeFrom', days === '' ? undefined : { daysBeforeToday: days })}
          min={0}
        />
      </Stack>
    </Fieldset>
  )
}
