import type { Expression, SqlBool } from 'kysely'
import { expressionBuilder } from 'kysely'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { SessionState } from '../db/schedule-schema.ts'
import type { Schema } from '../db/schema.ts'
import { type Branch, type Scope, WHOLE_TREE, filterByBranch, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'

/** Which sessions are wanted, ready to be looked for. */
export type WantedSessions = {
  state: SessionState | null
  /** A tenant, alone or with all below it. */
  tenant: { id: number; branch: Branch; only: boolean } | null
  schedule_id: number | null
  computer_id: number | null
  window_id: number | null
  /** They were made at this instant or later, and before this one; '' for no bound. */
  from: string
  before: string
}

/** Of so many tenants, the latest sessions of each are fetched and sorted; of more, all are walked. */
const FEW_TENANTS = 500

/** The last id that there can be. */
const LAST_ID = Number.MAX_SAFE_INTEGER

/** The sessions that the asker may see and that fit, the latest first: their ids, a page at a time. */
export async function findSessions(
  db: Reads,
  asker: Asker,
  wanted: WantedSessions,
  { limit, after }: { limit: number; after: number | null },
) {
  const scope = visibleScope(asker, 'schedule.view')
  const upto = wanted.before ? await firstIdAt(db, wanted.before) : LAST_ID
  const bounds = {
    from: wanted.from ? await firstIdAt(db, wanted.from) : 0,
    before: Math.min(upto, after ?? LAST_ID),
  }
  const page = { ...wanted, bounds, limit: limit + 1 }
  const way = await wayFor(db, scope, wanted)
  const rows = await (way === 'gather' ? gather(db, scope, page) : walk(db, scope, page))
  const ids = rows.map(({ id }) => id)
  return { ids: ids.slice(0, limit), next: ids.length > limit ? ids[limit - 1]! : null }
}

type Page = WantedSessions & { bounds: { from: number; before: number }; limit: number }

/** How they are found soonest: tenant by tenant where these are few, else from the latest on. */
async function wayFor(db: Reads, scope: Scope, { tenant, computer_id, window_id }: WantedSessions) {
  if (computer_id !== null || window_id !== null) return 'walk'
  if (scope === WHOLE_TREE && !tenant) return 'walk'
  const some = await tenantsIn(db, scope, tenant)
    .select('tenant.id')
    .limit(FEW_TENANTS + 1)
    .execute()
  return some.length > FEW_TENANTS ? 'walk' : 'gather'
}

function tenantsIn(db: Reads, scope: Scope, tenant: WantedSessions['tenant']) {
  const query = db.selectFrom('tenant').where(inScope(scope, 'tenant.path'))
  if (!tenant) return query
  if (tenant.only) return query.where('tenant.id', '=', tenant.id)
  const { from, to } = tenant.branch
  return query.where('tenant.path', '>=', from).where('tenant.path', '<', to)
}

const walk = (db: Reads, scope: Scope, page: Page) =>
  db
    .selectFrom('maintenance_session as session')
    .select('session.id')
    .where(inScope(scope, 'session.tenant_id'))
    .where((eb) => eb.and([...traits(page), ...within(page)]))
    .orderBy('session.id', 'desc')
    .limit(page.limit)
    .execute()

/** Whether a session is of the tenant, or of one below it. */
function within({ tenant }: Page): Expression<SqlBool>[] {
  if (!tenant) return []
  if (tenant.only) return [eb('session.tenant_id', '=', tenant.id as never)]
  return [filterByBranch(tenant.branch, 'session.tenant_id')]
}

/** The latest of each tenant, and of all these the latest. */
const gather = (db: Reads, scope: Scope, page: Page) =>
  tenantsIn(db, scope, page.tenant)
    .innerJoin('maintenance_session as found', (join) =>
      join.on('found.id', 'in', (of) =>
        of
          .selectFrom('maintenance_session as session')
          .select('session.id')
          .whereRef('session.tenant_id', '=', 'tenant.id')
          .where(inScope(scope, 'session.tenant_id'))
          .where((eb) => eb.and(traits(page)))
          .orderBy('session.id', 'desc')
          .limit(page.limit),
      ),
    )
    .where(inScope(scope, 'found.tenant_id'))
    .select('found.id')
    .orderBy('found.id', 'desc')
    .limit(page.limit)
    .execute()

const eb = expressionBuilder<{ session: Schema['maintenance_session'] }, 'session'>()

function traits({ state, schedule_id, computer_id, window_id, bounds }: Page) {
  const conditions: Expression<SqlBool>[] = [eb('session.id', '<', bounds.before)]
  if (bounds.from > 0) conditions.push(eb('session.id', '>=', bounds.from))
  if (state) conditions.push(eb('session.state', '=', state))
  if (schedule_id !== null) conditions.push(eb('session.schedule_id', '=', schedule_id))
  if (computer_id !== null) conditions.push(eb('session.computer_id', '=', computer_id))
  if (window_id !== null) conditions.push(eb('session.window_id', '=', window_id))
  return conditions
}

/**
 * The id of the first session that was made at an instant or later, or one past the last. Sessions
 * are numbered as they are made, so it is found by halving.
 */
async function firstIdAt(db: Reads, instant: string) {
  const [last] = await sessionsFrom(db).where('id', '>', 0).orderBy('id', 'desc').limit(1).execute()
  let low = 0
  let high = (last?.id ?? 0) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [next] = await sessionsFrom(db).where('id', '>=', middle).orderBy('id').limit(1).execute()
    if (!next || next.created_at >= instant) high = middle
    else low = next.id + 1
  }
  return low
}

const sessionsFrom = (db: Reads) =>
  everyTenant(db).selectFrom('maintenance_session').select(['id', 'created_at'])
