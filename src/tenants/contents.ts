import type { ExpressionBuilder } from 'kysely'
import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
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
    .select(['tenant.id', 'tenant.path', 'tenant.child_count as children'])
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
  eb
    .selectFrom('computer_group')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('computer_groups'),
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
  eb
    .selectFrom('schedule')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .where('state', '<>', 'deleted')
    .as('schedules'),
  eb
    .selectFrom('schedule_override')
    .select(number(eb))
    .whereRef('tenant_id', '=', 'tenant.id')
    .as('overrides'),
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
  schedules: ['schedule', 'schedules'],
  overrides: ['decision about an inherited schedule', 'decisions about inherited schedules'],
  groups: ['group', 'groups'],
  assignments: ['assignment of access', 'assignments of access'],
  providers: ['provider of single sign-on', 'providers of single sign-on'],
  computers: ['computer', 'computers'],
  agents: ['undecided agent', 'undecided agents'],
  computer_groups: ['group of computers', 'groups of computers'],
} as const

/** What one needs to have to be told of it. */
const seenBy = {
  children: 'tenant.view',
  people: 'person.view',
  tags: 'tenant.view',
  entries: 'preference.view',
  exemptions: 'preference.view',
  exempted: 'preference.view',
  schedules: 'schedule.view',
  overrides: 'schedule.view',
  groups: 'access.view',
  assignments: 'access.view',
  providers: 'settings.manage',
  computers: 'computer.view',
  agents: 'computer.view',
  computer_groups: 'computer.view',
} as const satisfies Record<keyof typeof words, Permission>

type Contents = Record<keyof typeof words, number | null>

const UNSEEN = 'something that you may not see'

/**
 * "2 child tenants, 1 person"; '' for a tenant that is empty. What `sees` says no to is not counted,
 * and told of only where there is nothing else.
 */
function describeContents(contents: Contents, sees: (what: keyof Contents) => boolean) {
  const there = (Object.keys(words) as (keyof Contents)[]).filter(
    (what) => (contents[what] ?? 0) > 0,
  )
  const seen = there.filter(sees).map((what) => {
    const [one, many] = words[what]
    return contents[what] === 1 ? `1 ${one}` : `${contents[what]} ${many}`
  })
  return seen.join(', ') || (there.length > 0 ? UNSEEN : '')
}

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
      // An exemption from its locks is of a tenant below, which may be one that is hidden.
      const sees = (what: keyof Contents) =>
        permits(asker.access, seenBy[what], found.path) && !(what === 'exempted' && unseen > 0)
      const inside = describeContents({ ...found, children }, sees) || (unseen > 0 && UNSEEN)
      if (inside) refused.set(id, new Conflict(`${name} is not empty: it has ${inside}.`))
    }
  }
  return refused
}
