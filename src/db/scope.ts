import { type Expression, type OperationNode, type SqlBool, expressionBuilder } from 'kysely'
import type { Schema } from './schema.ts'

/** A node with everything below it: their paths are at least `from` and less than `to`. */
export type Branch = { from: string; to: string }

/** A part of the tree: what lies in one of `allow` and in none of `deny`. */
export type Scope = { allow: readonly Branch[]; deny: readonly Branch[] }

/**
 * The branch of the node with this path (`/1/3/`). The paths that begin with it end before the same
 * text with the next character after its last slash.
 */
export const branchOf = (path: string): Branch => ({ from: path, to: `${path.slice(0, -1)}0` })

/** The whole tree: always this very object, so that it is known at a glance. */
export const WHOLE_TREE: Scope = { allow: [branchOf('/1/')], deny: [] }

declare const admitted: unique symbol

/**
 * The id of a tenant at which somebody was found to have the permission `P`: the only kind of id
 * with which rows of a tenant can be written. `src/access/` alone makes one.
 */
export type VisibleTenant<P extends string = string> = number & { readonly [admitted]: P }

/** Predicates that keep a query within a scope, with the column that each confines. */
const marks = new WeakMap<OperationNode, ConfinedColumn>()

/** `alias` is what the query calls the table. */
export type ConfinedColumn = { alias: string; column: string }

/** The column that a predicate confines; undefined for any predicate that is not made here. */
export const confinedColumn = (node: OperationNode) => marks.get(node)

/**
 * Confines a query to the rows whose tenant lies in the scope. `column` names the tenant of a row:
 * `person.tenant_id`; for the tenants themselves it is their path: `tenant.path`.
 */
export function inScope(scope: Scope, column: string): Expression<SqlBool> {
  return mark(isIn(scope, column), column)
}

/** The one branch below the root that holds a scope, and whether all of it is in the scope. */
export type Top = { id: number; is_all: boolean }

/** The top of a scope; null for one that is in several branches, or in the whole tree. */
export function topOf({ allow, deny }: Scope): Top | null {
  const tops = new Set(allow.map(({ from }) => from.split('/')[2]))
  const [top] = tops
  if (tops.size !== 1 || !top) return null
  return {
    id: Number(top),
    is_all: deny.length === 0 && allow.some(({ from }) => from === `/1/${top}/`),
  }
}

/**
 * As `inScope`, for a table that keeps in `top_id` the branch below the root in which a row's tenant
 * lies: where the whole scope is in one such branch, an index over that branch serves the query.
 */
export function inScopeByTop(
  scope: Scope,
  table: 'person',
  top: Top | null = topOf(scope),
): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, 'person'>()
  const column = `${table}.tenant_id`
  if (!top) return inScope(scope, column)
  const inTop = eb(`${table}.top_id`, '=', top.id)
  return mark(top.is_all ? inTop : eb.and([inTop, tenantWithin(scope, column)]), column)
}

/**
 * As `inScopeByTop`, to look for less: it confines nothing, so that what a person asks to see never
 * stands for what they may see.
 */
export function filterByTop(
  scope: Scope,
  table: 'person',
  top: Top | null = topOf(scope),
): Expression<SqlBool> {
  return filterOnly(inScopeByTop(scope, table, top))
}

/**
 * A predicate that may look past the scope to find less of what the query is confined to: it
 * confines nothing itself.
 */
export function filterOnly(predicate: Expression<SqlBool>): Expression<SqlBool> {
  marks.set(predicate.toOperationNode(), { alias: '', column: '' })
  return predicate
}

/** As `inScope` for one branch, to look for less. */
export const filterByBranch = (branch: Branch, column: string) =>
  filterOnly(isIn({ allow: [branch], deny: [] }, column))

/** Confines a query to the rows of one tenant, at which the actor was found to be admitted. */
export function ofTenant(column: string, tenant: VisibleTenant): Expression<SqlBool> {
  const eb = expressionBuilder<Schema>()
  return mark(eb(column as never, '=', tenant as never), column)
}

/**
 * Confines a query of the log to what may be read on account of the tenant whose row it is, or of
 * the one that the row left: `at` says what may be, for the column that names the one or the other.
 */
export function atEitherEnd(
  alias: string,
  at: (column: string) => Expression<SqlBool>,
): Expression<SqlBool> {
  const eb = expressionBuilder<Schema>()
  const ends = eb.or([at(`${alias}.tenant_id`), at(`${alias}.left_tenant_id`)])
  return mark(ends, `${alias}.tenant_id`)
}

function mark(predicate: Expression<SqlBool>, confined: string): Expression<SqlBool> {
  const [alias = '', column = ''] = confined.split('.')
  marks.set(predicate.toOperationNode(), { alias, column })
  return predicate
}

const isIn = (scope: Scope, column: string) =>
  column.endsWith('.path') ? within(scope, column) : tenantWithin(scope, column)

function tenantWithin(scope: Scope, column: string) {
  const eb = expressionBuilder<Schema>()
  if (scope === WHOLE_TREE) return eb(eb.lit(1), '=', eb.lit(1))
  return eb.exists(
    eb
      .selectFrom('tenant as scoped')
      .select(eb.lit(1).as('one'))
      .whereRef('scoped.id', '=', column as never)
      .where(within(scope, 'scoped.path')),
  )
}

function within(scope: Scope, column: string) {
  const eb = expressionBuilder<Schema>()
  if (scope === WHOLE_TREE) return eb(eb.lit(1), '=', eb.lit(1))
  const path = column as never
  const below = ({ from, to }: Branch) =>
    eb.and([eb(path, '>=', from as never), eb(path, '<', to as never)])
  return eb.and([eb.or(scope.allow.map(below)), ...scope.deny.map((node) => eb.not(below(node)))])
}
