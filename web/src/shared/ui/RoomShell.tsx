import { AppShell, Burger, Group, NavLink, type NavLinkProps, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { createLink, Link, Outlet } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode } from 'react'
import { ColourSwitch } from './ColourSwitch.tsx'
import classes from './RoomShell.module.css'
import { Seal } from './Seal.tsx'

export type Place = { readonly to: string; readonly label: string; readonly exact?: boolean }

const LinkAnchor = (props: NavLinkProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof NavLinkProps>) => (
  <NavLink component="a" {...props} />
)
const PlaceLink = createLink(LinkAnchor)

/** The frame of a stakeholder's room: where one is, where one can go, who one is. */
export function RoomShell({
  room,
  places,
  account,
  children = (page) => page,
}: {
  room: string
  places: readonly Place[]
  account?: ReactNode
  /** What stands between the frame and the page, e.g. a gate. */
  children?: (page: ReactNode) => ReactNode
}) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Pages of this room" />
            <Link to="/" className={classes.brand} aria-label="Medseal, start">
              <Seal />
              <Text fw={600} visibleFrom="xs">
                Medseal
              </Text>
            </Link>
            <Text c="dimmed" size="sm" truncate>
              {room}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap" flex="none">
            {account}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar} aria-label={room}>
        <AppShell.Section grow component={ScrollArea}>
          {places.map(({ to, label, exact = false }) => (
            <PlaceLink
              key={to}
              to={to}
              label={label}
              className={classes.place ?? ''}
              activeOptions={{ exact }}
              activeProps={{ 'data-active': true, 'aria-current': 'page' } as object}
              onClick={close}
            />
          ))}
        </AppShell.Section>
        <AppShell.Section>
          <ColourSwitch />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main className={classes.main}>
        <div className={classes.page}>{children(<Outlet />)}</div>
      </AppShell.Main>
    </AppShell>
  )
}
