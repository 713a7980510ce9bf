import * as files from '../../samples/files.ts'
import * as Hospital from '../../samples/Hospital.ts'
import { parameters } from '../src/generated/parameters.ts'
import type * as Attribute from '../src/protocol/Attribute.ts'
import type { Category, CodeSystem } from '../src/protocol/CodeSystem.ts'
import type { Context } from '../src/protocol/Context.ts'
import type * as Credential from '../src/protocol/Credential.ts'
import * as Day from '../src/protocol/Day.ts'
import type * as Eligibility from '../src/protocol/Eligibility.ts'
import * as Holder from '../src/protocol/Holder.ts'
import * as Issuance from '../src/protocol/Issuance.ts'
import * as Issuer from '../src/protocol/Issuer.ts'
import type { Policy, Role } from '../src/protocol/Policy.ts'
import * as PolicyCompiler from '../src/protocol/PolicyCompiler.ts'
import type { Scope } from '../src/protocol/Scope.ts'
import * as StatusList from '../src/protocol/StatusList.ts'
import * as Tree from '../src/protocol/Tree.ts'
import * as ValueSet from '../src/protocol/ValueSet.ts'

/** The day the samples are told on. */
export const today = Day.parse('2026-11-15')

export type Options = {
  /** A sample policy's name, or a policy of the test's own. */
  readonly policy: 'glp1-type-2-diabetes' | 'wegovy-cardiovascular' | Policy
  /** A sample patient's name, or attributes of the test's own (value sets are matched here). */
  readonly patient: (typeof files.patients)[number] | readonly Attribute.Attribute[]
  readonly today?: Day.Day
  /** Days the record was made before today, 0 unless told. */
  readonly recordAgeDays?: number
  readonly secret?: Holder.HolderSecret
  readonly scope?: Scope
  readonly context?: Context
  readonly roles?: readonly Role[]
  readonly signingKey?: Issuer.SigningKey
  readonly valueSets?: ValueSet.Index
  /** For a patient given by attributes; everything, in all systems, since 1950 unless told. */
  readonly complete?: Partial<Credential.Completeness>
}

export type Clinic = {
  readonly subject: Eligibility.Case
  readonly policy: PolicyCompiler.Compiled
  readonly hospital: Hospital.Hospital
  readonly issuersTree: Tree.Tree
  readonly issued: Issuance.Issued
  readonly valueSets: ValueSet.Index
  readonly today: Day.Day
}

/**
 * A hospital with one patient who wants to show that a policy is met: all that a proof takes. The same each time but
 * for the record's salts and the status index. Adela meets `glp1-type-2-diabetes`, Dorian `wegovy-cardiovascular`.
 */
export function clinic(options: Options): Clinic {
  const day = options.today ?? today
  const valueSets = options.valueSets ?? files.valueSets()
  const policy = PolicyCompiler.compile(
    typeof options.policy === 'string' ? files.policyOf(options.policy) : options.policy,
    { valueSets },
  )
  const hospital = Hospital.open({
    signingKey: options.signingKey ?? (new Uint8Array(32).fill(9) as Issuer.SigningKey),
    issuer: { roles: options.roles ?? ['hospital'], validUntil: (day + 365) as Day.Day },
  })
  const secret = options.secret ?? (20_261_115_000_000_000_000_000_000_000_000n as Holder.HolderSecret)
  const issued = issue(hospital, options, {
    holder: Holder.at(secret, Issuer.idOf(hospital.issuer.publicKey)),
    asOf: (day - (options.recordAgeDays ?? 0)) as Day.Day,
    expires: (day + 30) as Day.Day,
    valueSets,
  })
  // Not alone, and not first: others take the places around the hospital's.
  const issuersTree = Tree.build([11n, Issuer.toLeaf(hospital.issuer, StatusList.root(hospital.status)), 13n])
  const subject: Eligibility.Case = {
    policy,
    record: issued.record,
    credential: issued.credential,
    secret,
    issuer: hospital.issuer,
    issuerPath: Tree.open(issuersTree, 1),
    status: StatusList.open(hospital.status, issued.credential.statusIndex),
    scope: options.scope ?? (0x5c0fen as Scope),
    today: day,
    context: options.context ?? (0xc047e87n as Context),
  }
  return { subject, policy, hospital, issuersTree, issued, valueSets, today: day }
}

function issue(
  hospital: Hospital.Hospital,
  { patient, complete }: Options,
  to: { holder: Holder.Holder; asOf: Day.Day; expires: Day.Day; valueSets: ValueSet.Index },
): Issuance.Issued {
  const since = complete?.since ?? Day.parse('1950-01-01')
  if (typeof patient === 'string') {
    return Hospital.issueFromBundle(hospital, files.bundleOf(patient), { ...to, since })
  }
  const sets = ValueSet.match(patient, to.valueSets, { asOf: to.asOf })
  const everything = {
    categories: Object.keys(parameters.categories) as Category[],
    systems: Object.keys(parameters.systems) as CodeSystem[],
    setsEdition: to.valueSets.edition,
    since,
  }
  return Issuance.issue(hospital, [...patient, ...sets], { ...to, complete: { ...everything, ...complete } })
}
