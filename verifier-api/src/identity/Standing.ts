import * as Network from '@medseal/prover/chain/Network'
import { parameters } from '@medseal/prover/generated/parameters'
import { ApiError } from '../errors.ts'
import type { Db, Services } from '../Services.ts'

/** Somebody who may act: a stakeholder, or the registrar, who has no number and goes by 0. */
export type Standing = {
  /** Decimal. */
  readonly stakeholderId: string
  /** Lower case. */
  readonly key: string
  readonly roles: readonly string[]
  readonly suspended: boolean
}

export const registrarId = '0'
export const registrarRole = 'registrar'

/** As the follower last saw it; the registrar, of whom no table tells, as the chain says now. */
export async function find(
  services: Pick<Services, 'database' | 'network'>,
  stakeholderId: string,
): Promise<Standing | undefined> {
  if (stakeholderId === registrarId) return readRegistrar(services.network)
  const row = await services.database
    .selectFrom('stakeholders')
    .select(['id', 'key', 'roles', 'suspended'])
    .where('id', '=', stakeholderId)
    .executeTakeFirst()
  return row && { stakeholderId: row.id, key: row.key, roles: roleNames(row.roles), suspended: row.suspended }
}

/** Numbers of those whose key this is, as far as the follower has seen. */
export async function idsOfKey(db: Db, key: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('stakeholders').select('id').where('key', '=', key.toLowerCase()).execute()
  return rows.map(({ id }) => id)
}

/** As the chain says now; undefined where it knows no such stakeholder. */
export async function read(network: Network.Network, stakeholderId: string): Promise<Standing | undefined> {
  if (stakeholderId === registrarId) return readRegistrar(network)
  const standing: bigint = await ask(network, 'standing', [BigInt(stakeholderId)])
  const key = BigInt.asUintN(160, standing)
  if (key === 0n) return undefined
  return {
    stakeholderId,
    key: `0x${key.toString(16).padStart(40, '0')}`,
    roles: roleNames(Number(BigInt.asUintN(16, standing >> 160n))),
    suspended: BigInt.asUintN(8, standing >> 176n) !== 0n,
  }
}

/** Names of the roles whose bits are set. */
export function roleNames(mask: number): readonly string[] {
  return Object.entries(parameters.roles)
    .filter(([, bit]) => (mask & (1 << bit)) !== 0)
    .map(([name]) => name)
}

async function readRegistrar(network: Network.Network): Promise<Standing> {
  const key: string = await ask(network, 'registrar', [])
  return { stakeholderId: registrarId, key: key.toLowerCase(), roles: [registrarRole], suspended: false }
}

async function ask<answer>(network: Network.Network, name: string, args: readonly unknown[]): Promise<answer> {
  try {
    return await Network.contract(network, 'StakeholderRegistry').getFunction(name)(...args)
  } catch (cause) {
    throw new ApiError('unavailable', { detail: 'The chain does not answer.', cause })
  }
}
