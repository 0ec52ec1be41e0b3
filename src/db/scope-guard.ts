import type {
  Kysely,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
} from 'kysely'
import type { Reads } from './connection.ts'
import type { SystemTx } from './operation.ts'
import type { Schema } from './schema.ts'
import { type ConfinedColumn, confinedColumn } from './scope.ts'
import { tables } from './tables.ts'

/**
 * Looks at the tables of each query before it runs, and throws when one holds the rows of tenants
 * and nothing confines it: neither a predicate of `inScope` or `ofTenant`, nor a join that makes its
 * tenant the same as that of a table which is confined. An insert that changes what is there already
 * keeps to the tenant, too.
 */
export const scopeGuard: KyselyPlugin = {
  transformQuery({ node }: PluginTransformQueryArgs) {
    requireConfined(node, new Confined())
    return node
  },
  transformResult: ({ result }: PluginTransformResultArgs) => Promise.resolve(result),
}

/**
 * The same database for a query that must see every tenant whoever asks: uniqueness, the chain of a
 * tenant, the machinery. A test lists the files that may use it, each with its reason.
 */
export const everyTenant = (db: Reads): Reads => (db as Kysely<Schema>).withoutPlugins()

/** As `everyTenant`, for a write that must reach the rows of every tenant. */
export const everyTenantTx = <Writes extends SystemTx>(tx: Writes): Writes =>
  Object.assign(
    (tx as unknown as Kysely<Schema>).withoutPlugins() as unknown as Writes,
    'operation' in tx && { operation: tx.operation },
  )

/** The column of a table that names the tenant of a row; undefined for tables that have none. */
export function tenantColumn(table: string) {
  const facts = tables[table as keyof typeof tables]
  return facts?.class === 'tenant' ? facts.tenant_column : facts?.scope_column
}

/** A node of a query, looked at without regard to its kind. */
type Node = OperationNode & Record<string, unknown>

type Source = { alias: string; table: string }

/** The tables of a select, and which of them are known to be confined, on top of those around it. */
class Confined {
  readonly aliases = new Set<string>()
  readonly #tables: Map<string, string>
  readonly #outer: Confined | undefined
  constructor(sources: Source[] = [], outer?: Confined) {
    this.#tables = new Map(sources.map(({ alias, table }) => [alias, table]))
    this.#outer = outer
  }
  /** A name that is given anew hides the one around it. */
  has(alias: string): boolean {
    if (this.aliases.has(alias)) return true
    return !this.#tables.has(alias) && (this.#outer?.has(alias) ?? false)
  }
  tableOf(alias: string): string {
    return this.#tables.get(alias) ?? this.#outer?.tableOf(alias) ?? alias
  }
}

function requireConfined(node: OperationNode, outer: Confined) {
  // What `inScope` made is looked at by nobody: it is what confines.
  if (confinedColumn(node) !== undefined) return
  if (node.kind === 'RawNode') refuseHiddenTables(node as Node)
  if (node.kind === 'InsertQueryNode') refuseWritingOver(node as Node)
  const confined = isStatement(node) ? confine(node as Node, outer) : outer
  for (const child of childrenOf(node)) requireConfined(child, confined)
}

/**
 * An insert may turn out to change a row that is there, and that may be another tenant's: unless the
 * tenant is part of what they have in common, or the change is confined.
 */
function refuseWritingOver(insert: Node) {
  const table = tableName(insert['into'] as Node)
  const tenant = tenantColumn(table)
  if (tenant === undefined) return
  const conflict = insert['onConflict'] as Node | undefined
  const or = insert['orAction'] as Node | undefined
  const replaces = insert['replace'] === true || or?.['action'] === 'replace'
  if (!replaces && !conflict?.['updates']) return
  const common = ((conflict?.['columns'] ?? []) as Node[]).map(columnName)
  const where = conjuncts((conflict?.['updateWhere'] as Node | undefined)?.['where'])
  const is_confined = where.some((condition) => {
    const found = confinedColumn(condition)
    return found?.alias === table && found.column === tenant
  })
  if (replaces || !(common.includes(tenant) || is_confined))
    throw new Error(`nothing confines what an insert into ${table} changes to a scope`)
}

const columnName = (node: Node) => (node['column'] as { name: string }).name

const isStatement = ({ kind }: OperationNode) =>
  ['SelectQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'].includes(kind)

/** Finds out which tables of a statement are confined, and throws for the first that is not. */
function confine(statement: Node, outer: Confined): Confined {
  const sources = sourcesOf(statement)
  const confined = new Confined(sources, outer)
  const conditions = conditionsOf(statement)
  for (const { alias, table } of sources)
    if (tenantColumn(table) === undefined) confined.aliases.add(alias)
  for (const { condition, only } of conditions) {
    const found = confinedColumn(condition)
    if (found && (only ?? found.alias) === found.alias && namesTenant(found, confined))
      confined.aliases.add(found.alias)
  }
  spread(conditions, confined)
  const open = sources.find(({ alias }) => !confined.has(alias))
  if (open) throw new Error(`nothing confines "${open.alias}" (table ${open.table}) to a scope`)
  return confined
}

/** What must hold for a row of the statement; with `only`, for those of that table alone. */
type Condition = { condition: OperationNode; only?: string }

function conditionsOf(statement: Node): Condition[] {
  const where = conjuncts((statement['where'] as Node | undefined)?.['where'])
  const on = joinsOf(statement).flatMap((join) => {
    const conditions = conjuncts((join['on'] as Node | undefined)?.['on'])
    if (join['joinType'] === 'InnerJoin') return conditions.map((condition) => ({ condition }))
    // What such a join asks for, only what it brings along has to fulfil.
    const [joined] = sourceOf(join['table'] as Node)
    if (join['joinType'] !== 'LeftJoin' || !joined) return []
    return conditions.map((condition) => ({ condition, only: joined.alias }))
  })
  return [...where.map((condition) => ({ condition })), ...on]
}

/**
 * Whether a column says whose a row is; of the tenants themselves, their path does, too. What the log
 * has of a move is also that tenant's which was left: `audit/ends.ts` says how much of it.
 */
const namesTenant = ({ alias, column }: ConfinedColumn, confined: Confined) => {
  const table = confined.tableOf(alias)
  if (tables[table as keyof typeof tables]?.former_column === column) return true
  return tenantColumn(table) === column || (table === 'tenant' && column === 'path')
}

/** A table takes over from another that is confined when the two have the same tenant. */
function spread(conditions: Condition[], confined: Confined) {
  const isTenant = ({ alias, column }: Column) => tenantColumn(confined.tableOf(alias)) === column
  const pairs = conditions
    .flatMap(({ condition, only }) => equalColumns(condition).map((pair) => ({ pair, only })))
    .filter(({ pair }) => pair.every(isTenant))
  for (let found = true; found;) {
    found = false
    for (const { pair, only } of pairs) {
      const [open, ...others] = pair.filter(({ alias }) => !confined.has(alias))
      if (!open || others.length > 0 || (only ?? open.alias) !== open.alias) continue
      confined.aliases.add(open.alias)
      found = true
    }
  }
}

type Column = { alias: string; column: string }

/** `a.x = b.y` as its two columns; nothing for any other condition. */
function equalColumns(node: OperationNode): [Column, Column][] {
  const { leftOperand, operator, rightOperand } = node as Node & Record<string, Node>
  if (node.kind !== 'BinaryOperationNode' || operator?.['operator'] !== '=') return []
  const [left, right] = [columnOf(leftOperand!), columnOf(rightOperand!)]
  return left && right ? [[left, right]] : []
}

function columnOf(node: Node): Column | undefined {
  if (node.kind !== 'ReferenceNode' || !node['table']) return undefined
  const { column } = node['column'] as { column: { name: string } }
  return { alias: tableName(node['table'] as Node), column: column.name }
}

/** The conditions that must all hold: what is said in an "or" confines nothing. */
function conjuncts(node: unknown): OperationNode[] {
  if (!node) return []
  const condition = node as Node
  if (confinedColumn(condition) !== undefined) return [condition]
  if (condition.kind === 'ParensNode') return conjuncts(condition['node'])
  if (condition.kind === 'AndNode')
    return [...conjuncts(condition['left']), ...conjuncts(condition['right'])]
  return [condition]
}

const joinsOf = (statement: Node) => (statement['joins'] ?? []) as Node[]

/** The tables that a statement reads from, or changes, with the names that it gives them. */
function sourcesOf(statement: Node): Source[] {
  const from = ((statement['from'] as Node | undefined)?.['froms'] ?? []) as Node[]
  const changed = statement['table'] ? [statement['table'] as Node] : []
  const joined = joinsOf(statement).map((join) => join['table'] as Node)
  return [...changed, ...from, ...joined].flatMap(sourceOf)
}

function sourceOf(node: Node): Source[] {
  if (node.kind === 'ListNode') return (node['items'] as Node[]).flatMap(sourceOf)
  if (node.kind === 'TableNode') return [{ alias: tableName(node), table: tableName(node) }]
  if (node.kind !== 'AliasNode' || (node['node'] as Node).kind !== 'TableNode') return []
  const alias = (node['alias'] as { name?: string }).name ?? ''
  return [{ alias, table: tableName(node['node'] as Node) }]
}

const tableName = (node: Node) =>
  (node['table'] as { identifier: { name: string } }).identifier.name

const tenantTables = Object.keys(tables).filter((table) => tenantColumn(table) !== undefined)

/** SQL that is written as such cannot be looked into, so it may not name a table of tenants. */
function refuseHiddenTables(node: Node) {
  const words = (node['sqlFragments'] as string[]).join(' ').toLowerCase().split(/\W+/)
  const reads = words.some((word) => ['from', 'join', 'update', 'into'].includes(word))
  const table = reads && tenantTables.find((name) => words.includes(name))
  if (table) throw new Error(`SQL that is not built names the table ${table}`)
}

const childrenOf = (node: OperationNode) =>
  Object.values(node)
    .flat()
    .filter(
      (child): child is OperationNode =>
        typeof child === 'object' && child !== null && 'kind' in child,
    )
