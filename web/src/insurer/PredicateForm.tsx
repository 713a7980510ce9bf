import { Checkbox, Group, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import * as Draft from './Draft.ts'
import { sets } from './Sets.ts'

type Props = { formula: Draft.Json; kind: Draft.Kind; title: string; onChange: (formula: Draft.Json) => void }

/** One predicate: which facts, since when, and what of them. */
export function PredicateForm({ formula, kind, title, onChange }: Props) {
  const set = (key: string, value: unknown) => onChange(Draft.withKey(formula, key, value))
  if (kind === 'age')
    return <Bounds title={title} bounds={formula.age} unit="years" onChange={(age) => set('age', age)} />
  const hasValue = kind === 'any' || kind === 'latest' || kind === 'average'
  return (
    <Stack gap="xs">
      <CodesForm title={title} codes={Draft.codesOf(formula) ?? {}} onChange={(codes) => set(kind, codes)} />
      <WindowForm
        title={title}
        window={Draft.objectOf(formula.window)}
        isOpen={kind !== 'any'}
        onChange={(window) => set('window', window)}
      />
      {hasValue && (
        <ValueForm title={title} value={Draft.objectOf(formula.value)} onChange={(value) => set('value', value)} />
      )}
      {kind === 'count' && (
        <Bounds title={title} bounds={formula.range} unit="facts" onChange={(range) => set('range', range)} />
      )}
      {kind === 'average' && (
        <NumberInput
          label="Over at least this many"
          value={Draft.numberOr(formula.minimumCount)}
          onChange={(value) => set('minimumCount', value)}
          min={1}
        />
      )}
    </Stack>
  )
}

function CodesForm({
  title,
  codes,
  onChange,
}: {
  title: string
  codes: Draft.Json
  onChange: (codes: Draft.Json) => void
}) {
  const isSet = 'set' in codes
  const category = String(codes.category ?? 'condition')
  const key = ['code', 'prefix'].find((each) => each in codes) ?? 'code'
  const become = (how: string) => {
    if (how === 'set') onChange({ category, set: sets.find((each) => each.category === category)?.name ?? '' })
    else onChange({ category, system: String(codes.system ?? 'SNOMED CT'), [how]: String(codes[key] ?? '') })
  }
  return (
    <Stack gap="xs">
      <Select
        label="Kind of fact"
        aria-label={`${title}: kind of fact`}
        data={Object.keys(parameters.categories)}
        value={category}
        onChange={(value) => value && onChange({ ...codes, category: value })}
        allowDeselect={false}
      />
      <SegmentedControl
        size="xs"
        aria-label={`${title}: told by`}
        data={[
          { value: 'set', label: 'Value set' },
          { value: 'code', label: 'Code' },
          { value: 'prefix', label: 'Prefix' },
        ]}
        value={isSet ? 'set' : key}
        onChange={become}
      />
      {isSet ? (
        <>
          <Select
            aria-label={`${title}: value set`}
            data={sets
              .filter((each) => each.category === category)
              .map(({ name, title: label }) => ({ value: name, label }))}
            value={String(codes.set)}
            onChange={(value) => value && onChange({ ...codes, set: value })}
            allowDeselect={false}
            searchable
          />
          <Checkbox
            label="Only facts that still hold"
            checked={codes.active === true}
            onChange={(event) => onChange(Draft.withKey(codes, 'active', event.currentTarget.checked || undefined))}
          />
        </>
      ) : (
        <Group grow>
          <Select
            aria-label={`${title}: code system`}
            data={Object.keys(parameters.systems).filter((system) => !system.startsWith('value set'))}
            value={String(codes.system ?? '')}
            onChange={(value) => value && onChange({ ...codes, system: value })}
            allowDeselect={false}
          />
          <TextInput
            aria-label={`${title}: ${key}`}
            value={String(codes[key] ?? '')}
            onChange={(event) => onChange({ ...codes, [key]: event.currentTarget.value })}
          />
        </Group>
      )}
    </Stack>
  )
}

function WindowForm({
  title,
  window: given,
  isOpen,
  onChange,
}: {
  title: string
  window: Draft.Json | undefined
  /** Only some predicates may end before today. */
  isOpen: boolean
  onChange: (window: Draft.Json | undefined) => void
}) {
  const ends = isOpen ? (['from'] as const) : (['from', 'to'] as const)
  const change = (end: string, days: number | string) => {
    const changed = Draft.withKey(given ?? {}, end, days === '' ? undefined : { daysBeforeToday: days })
    onChange(Object.keys(changed).length === 0 ? undefined : changed)
  }
  return (
    <Group grow>
      {ends.map((end) => {
        const reference = Draft.objectOf(given?.[end])
        return (
          <NumberInput
            key={end}
            label={end === 'from' ? 'Not before, days ago' : 'Not after, days ago'}
            aria-label={`${title}: ${end === 'from' ? 'not before' : 'not after'}, days ago`}
            description={reference && 'date' in reference ? `The text says ${String(reference.date)}` : undefined}
            placeholder="Any time"
            value={Draft.numberOr(reference?.daysBeforeToday)}
            onChange={(days) => change(end, days)}
            min={0}
          />
        )
      })}
    </Group>
  )
}

function ValueForm({
  title,
  value,
  onChange,
}: {
  title: string
  value: Draft.Json | undefined
  onChange: (value: Draft.Json | undefined) => void
}) {
  // Coded and worded values are for the text; the form has the numbers, which are nearly all there are.
  if (value && ('code' in value || 'text' in value)) return null
  const change = (key: string, text: string) => {
    const changed = Draft.withKey(value ?? {}, key, text)
    onChange(Object.keys(changed).length === 0 ? undefined : changed)
  }
  return (
    <Group grow>
      {(['min', 'max', 'unit'] as const).map((key) => (
        <TextInput
          key={key}
          label={{ min: 'At least', max: 'At most', unit: 'Unit' }[key]}
          aria-label={`${title}: ${{ min: 'at least', max: 'at most', unit: 'unit' }[key]}`}
          value={String(value?.[key] ?? '')}
          onChange={(event) => change(key, event.currentTarget.value)}
        />
      ))}
    </Group>
  )
}

function Bounds({
  title,
  bounds,
  unit,
  onChange,
}: {
  title: string
  bounds: unknown
  unit: string
  onChange: (bounds: Draft.Json) => void
}) {
  const given = Draft.objectOf(bounds) ?? {}
  return (
    <Group grow>
      {(['min', 'max'] as const).map((key) => (
        <NumberInput
          key={key}
          label={`${key === 'min' ? 'At least' : 'At most'}, ${unit}`}
          aria-label={`${title}: ${key === 'min' ? 'at least' : 'at most'}, ${unit}`}
          value={Draft.numberOr(given[key])}
          onChange={(value) => onChange(Draft.withKey(given, key, value))}
          min={0}
        />
      ))}
    </Group>
  )
}
