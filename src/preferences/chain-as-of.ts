import type { Reads } from '../db/connection.ts'
import type { TenantTable } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import { type Chain, placeEntry, placeExemption } from './chain.ts'
import type { Exemption } from './inheritance.ts'
import { type EntryColumns, readEntry, readExemption } from './stored.ts'

/** "All tenants" is older than the log, and what of it counts here never changes. */
const ROOT = {
  tenant_id: 1,
  name: 'All tenants',
  kind: 'root',
  path: '/1/',
  blocks_inheritance: false,
} as const

/** An entry or an exemption as the log wrote it. */
type LoggedRow = EntryColumns &
  Omit<Exemption, 'by' | 'at' | 'ticket'> & {
    key: string
    ticket: string
    version: number
    operation_id: number
  }

/**
 * The chain of a tenant as it was at an instant: the same thing that `readChain` reads from the
 * tables, read from the change log, of every node that was above it, whoever asks. Throws NotFound
 * when the tenant did not exist then.
 */
export async function readChainAsOf(reads: Reads, tenant_id: number, at: string): Promise<Chain> {
  const db = everyTenant(reads)
  const last = await lastOperation(db, at)
  const rows = await tenantRows(db, tenant_id, last)
  const chain: Chain = { nodes: [], entries: new Map(), exemptions: new Map() }
  for (const node of [ROOT, ...rows]) {
    chain.nodes.push(node)
    for (const row of await loggedRows(db, 'preference_entry', node.tenant_id, last))
      placeEntry(chain, row.key, readEntry(row))
    for (const row of await loggedRows(db, 'exemption', node.tenant_id, last))
      placeExemption(chain, row.key, readExemption(row))
  }
  return chain
}

/** The newest operation that had ended at `at`; 0 before the first. */
async function lastOperation(db: Reads, at: string) {
  const operation = await db
    .selectFrom('operation')
    .select('id')
    .where('at', '<=', at)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return operation?.id ?? 0
}

/** The tenant and its ancestors below "All tenants", the topmost first: climbs row by row. */
async function tenantRows(db: Reads, tenant_id: number, last: number) {
  const nodes: Omit<Chain['nodes'][number], 'path'>[] = []
  for (let id = tenant_id; id !== ROOT.tenant_id;) {
    const tenant = await loggedTenant(db, id, last)
    if (!tenant) throw new NotFound(`tenant ${tenant_id} at that time`)
    nodes.unshift({
      tenant_id: id,
      name: tenant.name,
      kind: tenant.kind,
      blocks_inheritance: tenant.blocks_inheritance === 1,
    })
    id = tenant.parent_id!
  }
  return withPaths(db, nodes)
}

/** Adds where each node lies now: who may see a node is never a matter of the past. */
async function withPaths<Node extends { tenant_id: number }>(db: Reads, nodes: Node[]) {
  const ids = nodes.map((node) => node.tenant_id)
  const present = ids.length
    ? await db.selectFrom('tenant').select(['id', 'path']).where('id', 'in', ids).execute()
    : []
  const paths = new Map(present.map(({ id, path }) => [id, path]))
  // One that was deleted lies nowhere: only who sees all tenants sees it.
  return nodes.map((node) => ({
    ...node,
    path: paths.get(node.tenant_id) ?? `/1/${node.tenant_id}/`,
  }))
}

type LoggedTenant = Pick<TenantTable, 'parent_id' | 'name' | 'kind'> & {
  blocks_inheritance: number
}

/** What the newest change up to an operation left of a tenant. */
async function loggedTenant(db: Reads, id: number, last: number) {
  const change = await db
    .selectFrom('change')
    .select('after')
    .where('table_name', '=', 'tenant')
    .where('row_id', '=', id)
    .where('operation_id', '<=', last)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return change?.after ? (JSON.parse(change.after) as LoggedTenant) : undefined
}

/** The rows that a tenant had in a table: of each, what its newest change up to `last` left. */
async function loggedRows(db: Reads, table: string, tenant_id: number, last: number) {
  const changes = await db
    .selectFrom('change')
    .select(['row_id', 'after'])
    .where('tenant_id', '=', tenant_id)
    .where('table_name', '=', table)
    .where('operation_id', '<=', last)
    .orderBy('id')
    .execute()
  const newest = new Map(changes.map(({ row_id, after }) => [row_id, after]))
  const rows = [...newest.values()].filter((after) => after !== null).map(parseRow)
  return withAuthors(db, rows)
}

const parseRow = (after: string) => JSON.parse(after) as LoggedRow

/** Adds who wrote each row, and when. */
async function withAuthors(db: Reads, rows: LoggedRow[]) {
  if (rows.length === 0) return []
  const operations = await db
    .selectFrom('operation')
    .select(['id', 'actor_name', 'at'])
    .where('id', 'in', [...new Set(rows.map((row) => row.operation_id))])
    .execute()
  const authors = new Map(operations.map((operation) => [operation.id, operation]))
  return rows.map((row) => {
    const { actor_name, at } = authors.get(row.operation_id)!
    return { ...row, by: actor_name, at }
  })
}
