import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, type VisibleTenant, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { Preference } from './catalogue.ts'
import { chainFor, readChain } from './chain.ts'
import type { ChainNode, Exemption } from './inheritance.ts'
import {
  type EntryColumns,
  entryColumns,
  exemptionColumns,
  readEntry,
  readExemption,
} from './stored.ts'

/**
 * A tenant at which something about one preference is decided: it has an entry, blocks, or is
 * exempt. Every other tenant has in effect just what its nearest such ancestor has.
 */
export type Joint = {
  node: ChainNode
  /** How many tenants have in effect what this one has: itself, and those below without a joint. */
  tenants: number
  /** From "All tenants" down to this one: the nodes that decide, and the top of the branch. */
  chain: ChainNode[]
  /** The exemptions of the nodes of that chain. */
  exemptions: Exemption[]
}

type TenantRow = {
  id: number
  parent_id: number | null
  name: string
  kind: string
  blocks_inheritance: number
  descendant_count: number
}

const CHUNK = 500

/**
 * What decides one preference in the branch of a tenant, as far as it lies in the scope. Reads what
 * is decided, and the ancestors of that, but never the branch itself, however large it is; lets
 * others run between chunks.
 */
export async function readSkeleton(
  db: Reads,
  scope: Scope,
  top: VisibleTenant<'preference.view'>,
  preference: Preference,
): Promise<Joint[]> {
  const [chain, above] = chainFor(await readChain(db, top), preference)
  const entries = await readEntries(db, scope, preference.key)
  const exemptions = await readExemptions(db, scope, preference.key)
  const blocking = await readBlocking(db, scope)
  const hidden = scope.deny.map(({ from }) => Number(from.split('/').at(-2)))
  const deciding = new Set([top, ...entries.keys(), ...exemptions.keys(), ...blocking, ...hidden])
  const tenants = await readWithAncestors(db, [...deciding])

  const joint = {
    node: chain.at(-1)!,
    tenants: sizeOf(tenants.get(top)!),
    chain,
    exemptions: above,
  }
  return placeJoints(joint, { tenants, deciding, hidden: new Set(hidden), entries, exemptions })
}

/** What is decided about a preference, by tenant, and where. */
type Decisions = {
  tenants: Map<number, TenantRow>
  deciding: Set<number>
  /** The tops of the branches that may not be seen. */
  hidden: Set<number>
  entries: Map<number, ChainNode['entry']>
  exemptions: Map<number, Exemption[]>
}

/** Hangs each deciding tenant of the branch under the nearest one above it. */
async function placeJoints(
  top: Joint,
  { tenants, deciding, hidden, entries, exemptions }: Decisions,
) {
  const placed = new Map<number, Joint>([[top.node.tenant_id, top]])
  const outside = new Set<number>()

  const place = (id: number): Joint | undefined => {
    const known = placed.get(id)
    if (known || outside.has(id)) return known
    const row = tenants.get(id)!
    const above = row.parent_id === null ? undefined : place(row.parent_id)
    if (above && deciding.has(id)) above.tenants -= sizeOf(row)
    if (!above || hidden.has(id)) {
      outside.add(id)
      return undefined
    }
    if (!deciding.has(id)) return setAndReturn(placed, id, above)
    const node = toNode(row, entries.get(id))
    const own = exemptions.get(id)
    return setAndReturn(placed, id, {
      node,
      tenants: sizeOf(row),
      chain: [...above.chain, node],
      exemptions: own ? [...above.exemptions, ...own] : above.exemptions,
    })
  }

  let count = 0
  for (const id of deciding) {
    place(id)
    if (++count % CHUNK === 0) await new Promise(setImmediate)
  }
  return [...new Set(placed.values())]
}

function setAndReturn(placed: Map<number, Joint>, id: number, joint: Joint) {
  placed.set(id, joint)
  return joint
}

const toNode = (row: TenantRow, entry: ChainNode['entry']): ChainNode => ({
  tenant_id: row.id,
  name: row.name,
  blocks_inheritance: row.blocks_inheritance === 1,
  ...(entry && { entry }),
})

/** The tenants of a branch; "All tenants" is none. */
const sizeOf = ({ kind, descendant_count }: TenantRow) =>
  descendant_count + (kind === 'root' ? 0 : 1)

type EntryRow = EntryColumns & {
  tenant_id: number
  version: number
  by: string
  at: string
}

type After = { after: number }
type OfKey = After & { key: string }

const entriesOfKey = preparedInScope((db, scope, { key, after }: OfKey) =>
  db
    .selectFrom('preference_entry as entry')
    .innerJoin('operation', 'operation.id', 'entry.operation_id')
    .select('entry.tenant_id')
    .select(entryColumns)
    .where(inScope(scope, 'entry.tenant_id'))
    .where('entry.key', '=', key)
    .where('entry.tenant_id', '>', after)
    .orderBy('entry.tenant_id')
    .limit(CHUNK),
)

async function readEntries(db: Reads, scope: Scope, key: string) {
  const entries = new Map<number, ChainNode['entry']>()
  for await (const row of chunked<EntryRow>(
    (after) => entriesOfKey(db, scope, { key, after }),
    'tenant_id',
  ))
    entries.set(row.tenant_id, readEntry(row))
  return entries
}

const exemptionsOfKey = preparedInScope((db, scope, { key, after }: OfKey) =>
  db
    .selectFrom('exemption')
    .innerJoin('operation', 'operation.id', 'exemption.operation_id')
    .select(exemptionColumns)
    .where(inScope(scope, 'exemption.tenant_id'))
    .where('exemption.key', '=', key)
    .where('exemption.id', '>', after)
    .orderBy('exemption.id')
    .limit(CHUNK),
)

async function readExemptions(db: Reads, scope: Scope, key: string) {
  const exemptions = new Map<number, Exemption[]>()
  for await (const row of chunked((after) => exemptionsOfKey(db, scope, { key, after }), 'id')) {
    const others = exemptions.get(row.tenant_id) ?? []
    exemptions.set(row.tenant_id, [...others, readExemption(row)])
  }
  return exemptions
}

const blockingTenants = preparedInScope((db, scope, { after }: After) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where(inScope(scope, 'tenant.path'))
    .where('blocks_inheritance', '=', 1)
    .where('id', '>', after)
    .orderBy('id')
    .limit(CHUNK),
)

async function readBlocking(db: Reads, scope: Scope) {
  const ids: number[] = []
  for await (const { id } of chunked((after) => blockingTenants(db, scope, { after }), 'id'))
    ids.push(id)
  return ids
}

/** Reads a long list chunk by chunk, after the last `column` of the one before. */
async function* chunked<Row>(
  read: (after: number) => Promise<Row[]>,
  column: keyof Row,
): AsyncGenerator<Row> {
  for (let after = 0; ;) {
    const rows = await read(after)
    yield* rows
    if (rows.length < CHUNK) return
    after = Number(rows.at(-1)![column])
    await new Promise(setImmediate)
  }
}

/**
 * The rows of some tenants and of all their ancestors, each read once, level by level. Whoever
 * asks, for two reasons: to place what is decided one climbs past nodes that are not shown, and the
 * size of a hidden branch is needed in order not to count it.
 */
async function readWithAncestors(db: Reads, ids: number[]) {
  const tenants = new Map<number, TenantRow>()
  let wanted = ids
  while (wanted.length > 0) {
    const parents = new Set<number>()
    for (let start = 0; start < wanted.length; start += CHUNK) {
      for (const row of await tenantRows(db, wanted.slice(start, start + CHUNK))) {
        tenants.set(row.id, row)
        if (row.parent_id !== null) parents.add(row.parent_id)
      }
      await new Promise(setImmediate)
    }
    wanted = [...parents].filter((id) => !tenants.has(id))
  }
  return tenants
}

const tenantRows = (db: Reads, ids: number[]): Promise<TenantRow[]> =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'name', 'kind', 'blocks_inheritance', 'descendant_count'])
    .where('id', 'in', ids)
    .execute()
