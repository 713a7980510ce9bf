import { z } from 'zod'
import * as Registry from '../chain/Registry.ts'
import * as Day from '../protocol/Day.ts'
import * as Issuer from '../protocol/Issuer.ts'
import * as StatusList from '../protocol/StatusList.ts'
import * as Tree from '../protocol/Tree.ts'
import * as Form from './Form.ts'
import * as IssuerFile from './IssuerFile.ts'

const listed = Form.object({
  issuerId: Form.fieldElement,
  roles: z.array(Form.role).min(1),
  validUntil: Form.day,
  status: IssuerFile.statusForm,
})
type Listed = z.infer<typeof listed>

/** The tree of valid issuers where no chain keeps it: public, and trusted by whoever is given it. */
export const kind: Form.Kind<Registry.Registry> = {
  tag: 'issuers/1',
  schema: Form.object({ issuers: z.array(listed).min(1).max(Tree.capacity) }).transform(({ issuers }) =>
    registryOf(issuers),
  ),
}

/** A list of one issuer. */
export function fieldsOf({ issuer, status }: Pick<IssuerFile.Desk, 'issuer' | 'status'>) {
  const { publicKey, roles, validUntil } = issuer
  const only = {
    issuerId: Issuer.idOf(publicKey),
    roles,
    validUntil: Day.format(validUntil),
    status: IssuerFile.wordsOf(status),
  }
  return { issuers: [only] }
}

/** The list as a chain's mirror would have it, each issuer at its place in the list. */
function registryOf(list: readonly Listed[]): Registry.Registry {
  const issuers = list.map(({ issuerId, roles, validUntil, status }, position): Registry.Issuer => {
    const words = IssuerFile.listOf(status)
    return {
      stakeholderId: BigInt(position + 1),
      position,
      issuerId: issuerId as Issuer.IssuerId,
      roles: Number(Issuer.rolesMask(roles)),
      validUntil: Number(Day.toField(validUntil)),
      statusRoot: StatusList.root(words),
      status: words,
      active: true,
      removed: false,
    }
  })
  const tree = Tree.build(issuers.map(Registry.leafOf))
  return {
    issuers: new Map(issuers.map((issuer) => [issuer.stakeholderId, issuer])),
    stakeholders: new Map(),
    tree,
    roots: [{ root: Tree.root(tree), epoch: 0n, since: 0n }],
  }
}
