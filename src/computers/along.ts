import { visibleScope } from '../access/visible.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Branch, branchOf, inScope } from '../db/scope.ts'
import { type Consequence, type ConsequencePanel, consequencePanel } from '../jobs/consequences.ts'
import { countOf } from '../web/counts.ts'

type MovedTenants = { tenants: { id: number; path: string; seen_below: number }[] }

/** They are counted up to so many, and so many branches are looked at. */
const COUNTED = 10_000
const BRANCHES = 500

/** The computers of a branch; a cross join, since SQLite keeps its order: tenants first. */
const computersBelow = preparedInScope(
  (db, scope, { from, to, limit }: Branch & { limit: number }) =>
    db
      .selectFrom('tenant')
      .crossJoin('computer')
      .select('computer.id')
      .where('tenant.path', '>=', from)
      .where('tenant.path', '<', to)
      .where('tenant.path', '<>', '')
      .where(inScope(scope, 'tenant.path'))
      .whereRef('computer.tenant_id', '=', 'tenant.id')
      .where('computer.tab', 'in', ['active', 'new', 'stale'])
      .limit(limit),
)

/** How many tenants and computers go along when tenants get another parent. */
export const computersAlong: Consequence<MovedTenants, ConsequencePanel> = {
  name: 'along',
  async foresee(db, asker, { tenants }, pace) {
    const scope = visibleScope(asker, 'computer.view')
    const ids = new Set(tenants.map(({ id }) => id))
    const isBelowAnother = (path: string) =>
      path
        .split('/')
        .slice(1, -2)
        .some((id) => ids.has(Number(id)))
    const topmost = tenants.filter(({ path }) => !isBelowAnother(path))
    let computers = 0
    for (const { path } of topmost.slice(0, BRANCHES)) {
      const limit = COUNTED + 1 - computers
      if (limit <= 0) break
      computers += (await computersBelow(db, scope, { ...branchOf(path), limit })).length
      await pace(0, 0)
    }
    const is_more = computers > COUNTED || topmost.length > BRANCHES
    const below = topmost.reduce((sum, { seen_below }) => sum + 1 + seen_below, 0)
    const moved = countOf(below, 'tenant moves', 'tenants move')
    const along = countOf(Math.min(computers, COUNTED), 'computer', 'computers')
    return {
      title: 'What goes along',
      note: `${moved}, those below included, with ${is_more ? 'more than ' : ''}${along}.`,
      rows: [],
      more: '',
    }
  },
  draw: consequencePanel,
}
