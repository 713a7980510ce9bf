import { Box, Text } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import classes from './Facts.module.css'

/** What is known of one thing: names and values, one below the other. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <Box component="dl" className={classes.facts}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} className={classes.value ?? ''}>
            {value}
          </Text>
        </Fragment>
      ))}
    </Box>
  )
}
