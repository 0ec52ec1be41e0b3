import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Permission } from '../access/permissions.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Schema } from '../db/schema.ts'
import { type Scope, WHOLE_TREE, atEitherEnd, inScope } from '../db/scope.ts'
import { loggedTables } from './tables.ts'

/** Rows of these tables are seen only where a further permission holds. */
type Limit = { tables: string[]; scope: Scope }

/** What of the log somebody may read: the part of the tree, and less of some tables. */
export type Sight = { scope: Scope; limits: Limit[] }

/** The tables that it takes more than the permission to see the history to read about. */
const tablesByPermission = Map.groupBy(
  Object.entries(loggedTables).flatMap(([table, { permission }]) =>
    permission ? [{ table, permission }] : [],
  ),
  ({ permission }) => permission,
)

const tablesOf = (permission: Permission) =>
  tablesByPermission.get(permission)?.map(({ table }) => table) ?? []

/** What the asker may read. Nearly everybody has no limits: who may see anything may see all. */
export function sightOf(asker: Asker): Sight {
  const scope = visibleScope(asker, 'history.view')
  const limits = [...tablesByPermission.keys()]
    .map((permission) => ({
      tables: tablesOf(permission),
      scope: visibleScope(asker, permission),
    }))
    .filter((limit) => JSON.stringify(limit.scope) !== JSON.stringify(scope))
  return { scope, limits }
}

/** Nothing of the log is hidden. */
export const seesAll = ({ scope, limits }: Sight) => scope === WHOLE_TREE && limits.length === 0

/** The tables of whose rows nothing may be read at a tenant, by what is permitted there. */
export const tablesHiddenAt = (may: (permission: Permission) => boolean) =>
  [...tablesByPermission.keys()].filter((permission) => !may(permission)).flatMap(tablesOf)

/**
 * Confines a query to the changes of which something may be read: `audit/ends.ts` says how much.
 * `alias` is what it calls the table.
 */
export const inSight = (sight: Sight, alias: string): Expression<SqlBool> =>
  atEitherEnd(alias, (column) => inSightAt(sight, alias, column))

/** As `inSight`, on account of the tenant alone that stands in a column. */
export function inSightAt(
  { scope, limits }: Sight,
  alias: string,
  column: string,
): Expression<SqlBool> {
  const eb = expressionBuilder<Schema>()
  const isOther = ({ tables }: Limit) =>
    eb(`${alias}.table_name` as never, 'not in', tables as never)
  return eb.and([
    inScope(scope, column),
    ...limits.map((limit) => eb.or([isOther(limit), inScope(limit.scope, column)])),
  ])
}
