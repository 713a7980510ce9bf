import { Alert, Button, Card, Stack, Text } from '@mantine/core'
import * as Registry from '@medseal/prover/chain/Registry'
import type { Desk } from '@medseal/prover/files/IssuerFile'
import * as IssuerDesk from '@medseal/prover/IssuerDesk'
import * as Issuer from '@medseal/prover/protocol/Issuer'
import * as StatusList from '@medseal/prover/protocol/StatusList'
import { useQuery } from '@tanstack/react-query'
import * as Chain from '../shared/chain/Chain.ts'
import { useTransaction } from '../shared/chain/useTransaction.ts'
import { Copyable } from '../shared/ui/Copyable.tsx'
import { EmptyState } from '../shared/ui/EmptyState.tsx'
import { Facts } from '../shared/ui/Facts.tsx'
import { Loaded } from '../shared/ui/Loaded.tsx'
import { Problem } from '../shared/ui/Problem.tsx'
import { short } from '../shared/Word.ts'

/** What differs between the desk's status list and the chain's, and sending it. */
export function Update({ desk }: { desk: Desk }) {
  const issuerId = Issuer.idOf(desk.issuer.publicKey)
  const query = useQuery({
    queryKey: ['chain', 'issuer', String(issuerId)],
    queryFn: async () => {
      const { issuers } = await Registry.read(await Chain.network())
      return [...issuers.values()].find((each) => each.issuerId === issuerId) ?? null
    },
  })
  return (
    <Loaded query={query}>
      {(published) =>
        published === null ? (
          <Card>
            <EmptyState
              title="Not registered on this chain"
              says="Give the registrar your registration, from the desk. Until then nothing you sign can be proven."
            />
          </Card>
        ) : (
          <Changes desk={desk} published={published} />
        )
      }
    </Loaded>
  )
}

function Changes({ desk, published }: { desk: Desk; published: Registry.Issuer }) {
  const act = useTransaction()
  const changes = IssuerDesk.unpublished(desk, published.status)
  const root = StatusList.root(desk.status)
  const publish = () =>
    act.mutate({
      contract: 'StakeholderRegistry',
      call: 'updateStatus',
      args: [published.stakeholderId, root, changes.map(({ position }) => position), changes.map(({ word }) => word)],
    })
  const word = `0x${root.toString(16).padStart(64, '0')}`
  return (
    <Card maw={620}>
      <Stack align="flex-start">
        {act.isSuccess && changes.length === 0 && (
          <Alert color="teal" title="Published" role="status" w="100%">
            <Copyable value={act.data} shown={short(act.data)} label="transaction" />
          </Alert>
        )}
        <Text>
          {changes.length === 0
            ? 'Nothing to publish: the chain has the list as it is here.'
            : `${changes.length} ${changes.length === 1 ? 'word differs' : 'words differ'} from the chain's.`}
        </Text>
        <Facts
          facts={[
            ['Stakeholder', String(published.stakeholderId)],
            ['Status root', <Copyable key="root" value={word} shown={short(word)} label="status root" />],
          ]}
        />
        <Problem error={act.error} />
        <Button disabled={changes.length === 0} loading={act.isPending} onClick={publish}>
          Publish
        </Button>
      </Stack>
    </Card>
  )
}
