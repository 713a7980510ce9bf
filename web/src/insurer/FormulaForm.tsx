import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { Glyph } from '../shared/ui/Glyph.tsx'
import * as Draft from './Draft.ts'
import classes from './FormulaForm.module.css'
import { PredicateForm } from './PredicateForm.tsx'

type Props = {
  formula: Draft.Json
  title: string
  onChange: (formula: Draft.Json) => void
  onRemove?: (() => void) | undefined
}

const data = [
  { group: 'Together', items: Draft.groups.map((kind) => ({ value: kind, label: Draft.titles[kind] })) },
  { group: 'In the record', items: Draft.predicates.map((kind) => ({ value: kind, label: Draft.titles[kind] })) },
]

/** One formula and all within it. */
export function FormulaForm({ formula, title, onChange, onRemove }: Props) {
  const kind = Draft.kindOf(formula)
  const isGroup = (Draft.groups as readonly (string | undefined)[]).includes(kind)
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Select
          aria-label={`${title}: kind`}
          data={data}
          value={kind ?? null}
          onChange={(value) => value && onChange(Draft.turnInto(formula, value as Draft.Kind))}
          allowDeselect={false}
          flex={1}
        />
        {kind === 'atLeast' && (
          <NumberInput
            aria-label={`${title}: how many`}
            value={Number(formula.atLeast)}
            onChange={(value) => onChange({ ...formula, atLeast: value })}
            min={1}
            w={72}
          />
        )}
        {onRemove && (
          <Button variant="subtle" color="gray" px="xs" onClick={onRemove} aria-label={`Remove ${title}`}>
            <Glyph of="cross" />
          </Button>
        )}
      </Group>
      {isGroup && <Members formula={formula} title={title} onChange={onChange} />}
      {kind !== undefined && !isGroup && (
        <div className={classes.inner}>
          <PredicateForm formula={formula} kind={kind} title={title} onChange={onChange} />
        </div>
      )}
      {kind === undefined && (
        <Text size="sm" c="dimmed">
          Only the text shows this one.
        </Text>
      )}
    </Stack>
  )
}

function Members({ formula, title, onChange }: Props) {
  const members = Draft.membersOf(formula)
  const change = (index: number, changed: Draft.Json | undefined) =>
    onChange(
      Draft.withMembers(
        formula,
        members.flatMap((member, i) => (i !== index ? [member] : changed ? [changed] : [])),
      ),
    )
  return (
    <Stack gap="md" className={classes.inner ?? ''}>
      {members.map((member, i) => (
        <FormulaForm
          // biome-ignore lint/suspicious/noArrayIndexKey: a formula's place is its only name
          key={i}
          formula={member}
          title={`${title}, ${i + 1}`}
          onChange={(changed) => change(i, changed)}
          onRemove={members.length > 1 ? () => change(i, undefined) : undefined}
        />
      ))}
      {!('not' in formula) && (
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange(Draft.withMembers(formula, [...members, Draft.fresh('any')]))}
        >
          Add another
        </Button>
      )}
    </Stack>
  )
}
