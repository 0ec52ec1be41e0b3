import type { ExpressionBuilder } from 'kysely'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Kind, Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { Conflict } from '../errors.ts'
import { type Hidden, listHidden } from './hidden.ts'
import { rootStays } from './places.ts'
import { ROOT_ID } from './queries.ts'

type Inside = ExpressionBuilder<Schema, 'tenant'>

const number = (eb: Inside) => eb.fn.countAll<number>().as('number')

/** How many of what is in each tenant. A feature that puts something into tenants adds its own. */
const contentsOf = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['tenant.id', 'tenant.child_count as children'])
    .select(ownThings)
    .select(ownDecisions)
    .select(ownAccess)
    .where('tenant.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

const ownThings = (eb: Inside) => [
  eb.selectFrom('person').select(number(eb)).whereRef('tenant_id', '=', 'tenant.id').as('people'),
  eb.selectFrom('tag').select(number(eb)).whereRef('tenant_id', '=', 'tenant.id').as('tags'),
  eb
    .selectFrom('computer')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('computers'),
  eb
    .selectFrom('agent')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .where('computer_id', 'is', null)
    .as('agents'),
]

const ownDecisions = (eb: Inside) => [
  eb
    .selectFrom('preference_entry')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('entries'),
  eb
    .selectFrom('exemption')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('exemptions'),
  eb
    .selectFrom('exemption')
    .select(number(eb))
    .whereRef('lock_tenant_id', '=', 'tenant.id')
    .as('exempted'),
]

const ownAccess = (eb: Inside) => [
  eb
    .selectFrom('user_group')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('groups'),
  eb
    .selectFrom('role_assignment')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('assignments'),
  eb
    .selectFrom('identity_provider')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('providers'),
]

const words = {
  children: ['child tenant', 'child tenants'],
  people: ['person', 'people'],
  tags: ['tag', 'tags'],
  entries: ['preference set here', 'preferences set here'],
  exemptions: ['exemption', 'exemptions'],
  exempted: ['exemption from its locks', 'exemptions from its locks'],
  groups: ['group', 'groups'],
  assignments: ['assignment of access', 'assignments of access'],
  providers: ['provider of single sign-on', 'providers of single sign-on'],
  computers: ['computer', 'computers'],
  agents: ['undecided agent', 'undecided agents'],
} as const

type Contents = Record<keyof typeof words, number | null>

/** "2 child tenants, 1 person"; '' for a tenant that is empty. */
const describeContents = (contents: Contents) =>
  Object.entries(words)
    .map(([what, [one, many]]) => [contents[what as keyof Contents] ?? 0, one, many] as const)
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${number} ${number === 1 ? one : many}`)
    .join(', ')

const UNSEEN = 'something that you may not see'

function countByParent(hidden: Hidden[]) {
  const counts = new Map<number | null, number>()
  for (const { parent_id } of hidden) counts.set(parent_id, (counts.get(parent_id) ?? 0) + 1)
  return counts
}

/**
 * Those of the tenants that cannot be deleted, and why. `gone` says how many children of a tenant
 * will have been deleted before.
 */
export async function refuseDeletions(
  db: Reads,
  asker: Asker,
  tenants: { id: number; name: string; kind: Kind }[],
  gone: ReadonlyMap<number, number> = new Map(),
) {
  const refused = new Map<number, Conflict>()
  const ids = JSON.stringify(tenants.map(({ id }) => id))
  const contents = new Map((await contentsOf(db, { ids })).map((row) => [row.id, row]))
  const hidden = countByParent(await listHidden(db, asker))
  for (const { id, name, kind } of tenants) {
    if (id === ROOT_ID) refused.set(id, rootStays())
    else if (kind === 'msp')
      refused.set(id, new Conflict(`${name} is an MSP tenant. Make it another kind first.`))
    else {
      const found = contents.get(id)!
      const unseen = hidden.get(id) ?? 0
      const children = found.children - (gone.get(id) ?? 0) - unseen
      const inside = describeContents({ ...found, children }) || (unseen > 0 && UNSEEN)
      if (inside) refused.set(id, new Conflict(`${name} is not empty: it has ${inside}.`))
    }
  }
  return refused
}
