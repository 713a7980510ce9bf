import { Box, Card, Container, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ColourSwitch } from '../shared/ui/ColourSwitch.tsx'
import { LinkButton } from '../shared/ui/LinkButton.tsx'
import { Seal } from '../shared/ui/Seal.tsx'

const stakeholders = [
  { name: 'insurer', to: '/insurer' },
  { name: 'issuer', to: '/issuer' },
  { name: 'registrar', to: '/registrar' },
  { name: 'auditor', to: '/auditor' },
] as const

/** Who is who, and where each goes in. */
export function Landing() {
  const { t } = useTranslation()
  return (
    <Container size="md" py={{ base: 'lg', sm: 64 }} component="main">
      <Group justify="space-between" mb={{ base: 40, sm: 72 }}>
        <Group gap="xs">
          <Seal size={28} />
          <Text fw={600}>Medseal</Text>
        </Group>
        <ColourSwitch />
      </Group>
      <Title order={1} fz={{ base: 32, sm: 44 }} lh={1.1} maw={560}>
        {t('tagline')}
      </Title>
      <Card mt={40} padding="xl">
        <Group justify="space-between" gap="lg">
          <Box maw={480}>
            <Title order={2}>{t('patient')}</Title>
            <Text mt={4} c="dimmed">
              {t('patientSays')}
            </Text>
          </Box>
          <LinkButton to="/wallet" size="md">
            {t('patientOpens')}
          </LinkButton>
        </Group>
      </Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md">
        {stakeholders.map(({ name, to }) => (
          <Card key={name}>
            <Stack h="100%" justify="space-between" align="flex-start">
              <Box>
                <Title order={2} size="h3">
                  {t(name)}
                </Title>
                <Text mt={4} size="sm" c="dimmed">
                  {t(`${name}Says`)}
                </Text>
              </Box>
              <LinkButton to={to} variant="default" size="xs" aria-label={`${t('open')}: ${t(name)}`}>
                {t('open')}
              </LinkButton>
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
    </Container>
  )
}
