import { Group, Stack, Text } from '@mantine/core'
import { parameters } from '@medseal/prover/generated/parameters'
import classes from './StatusWords.module.css'

const wordBits = parameters.statusWord.bits
const columns = 31
const side = 8

/** The words of a status list with a revocation in them, each as the bits it is. */
export function StatusWords({ words }: { words: readonly { readonly position: number; readonly word: bigint }[] }) {
  if (words.length === 0) return <Text size="sm">Nothing is revoked: all 4,096 words are 0.</Text>
  return (
    <Stack gap="sm">
      <Text size="sm">
        {words.reduce((sum, { word }) => sum + bitsOf(word).length, 0)} revoked, in {words.length} of 4,096 words.
      </Text>
      <Group gap="md">
        {words.map(({ position, word }) => (
          <figure key={position} className={classes.word}>
            <svg
              viewBox={`0 0 ${columns * side} ${Math.ceil(wordBits / columns) * side}`}
              role="img"
              aria-label={`Word ${position}: places ${bitsOf(word).join(', ')} are revoked`}
            >
              {Array.from({ length: wordBits }, (_, bit) => (
                <rect
                  // biome-ignore lint/suspicious/noArrayIndexKey: a bit's place is its name
                  key={bit}
                  x={(bit % columns) * side}
                  y={Math.floor(bit / columns) * side}
                  width={side - 1}
                  height={side - 1}
                  className={(word >> BigInt(bit)) & 1n ? classes.revoked : classes.alive}
                />
              ))}
            </svg>
            <Text component="figcaption" size="xs" c="dimmed" className="numbers">
              Word {position}
            </Text>
          </figure>
        ))}
      </Group>
    </Stack>
  )
}

function bitsOf(word: bigint): number[] {
  return Array.from({ length: wordBits }, (_, bit) => bit).filter((bit) => (word >> BigInt(bit)) & 1n)
}
