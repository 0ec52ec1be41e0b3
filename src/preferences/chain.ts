import { sql } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Kind } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import type { Preference } from './catalogue.ts'
import type { ChainNode, Exemption } from './inheritance.ts'
import {
  type StoredEntry,
  entryColumns,
  exemptionColumns,
  readEntry,
  readExemption,
} from './stored.ts'

/** A node of a chain, without its entries. */
export type BareNode = Omit<ChainNode, 'entry'> & {
  kind: Kind
  /** Where it lies in the tree at present: it decides who may see the node. */
  path: string
}

/** All that decides what is in effect for one tenant: what the resolver is given. */
export type Chain = {
  /** From "All tenants" down to the tenant. */
  nodes: BareNode[]
  /** For each key: the entries, each at the place of its node. */
  entries: Map<string, (StoredEntry | undefined)[]>
  /** For each key: the exemptions of the nodes of the chain. */
  exemptions: Map<string, Exemption[]>
}

/**
 * Climbs from the tenant to "All tenants" by primary key, and reads the entries of each node on
 * the way. The outer join keeps the chain first: starting from the entries would scan them all.
 * It passes over no node, whoever asks: what is in effect does not depend on who looks at it. What
 * of it is shown does: `veil.ts`.
 */
const chainWithEntries = prepared((db, { tenant_id }: { tenant_id: number }) =>
  everyTenant(db)
    .withRecursive('node', (cte) =>
      cte
        .selectFrom('tenant')
        .select([
          'id',
          'parent_id',
          'name',
          'kind',
          'path',
          'blocks_inheritance',
          sql<number>`0`.as('height'),
        ])
        .where('id', '=', tenant_id)
        .unionAll(
          cte
            .selectFrom('node')
            .innerJoin('tenant', 'tenant.id', 'node.parent_id')
            .select([
              'tenant.id',
              'tenant.parent_id',
              'tenant.name',
              'tenant.kind',
              'tenant.path',
              'tenant.blocks_inheritance',
              sql<number>`node.height + 1`.as('height'),
            ]),
        ),
    )
    .selectFrom('node')
    .leftJoin('preference_entry as entry', 'entry.tenant_id', 'node.id')
    .leftJoin('operation', 'operation.id', 'entry.operation_id')
    .select(['node.id as tenant_id', 'node.name', 'node.kind', 'node.path'])
    .select('node.blocks_inheritance')
    .select(entryColumns)
    .orderBy('node.height', 'desc'),
)

/** The exemptions of a tenant and of all above it: climbs by primary key. */
const exemptionsOfChain = prepared((db, { tenant_id }: { tenant_id: number }) =>
  everyTenant(db)
    .withRecursive('node', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id'])
        .where('id', '=', tenant_id)
        .unionAll(
          cte
            .selectFrom('node')
            .innerJoin('tenant', 'tenant.id', 'node.parent_id')
            .select(['tenant.id', 'tenant.parent_id']),
        ),
    )
    .selectFrom('node')
    .innerJoin('exemption', 'exemption.tenant_id', 'node.id')
    .innerJoin('operation', 'operation.id', 'exemption.operation_id')
    .select(exemptionColumns),
)

/**
 * The chain of a tenant as it is now, for whoever was found to be admitted at it. Throws NotFound
 * when there is no such tenant. Exemptions are read where there is a lock that they may waive, or,
 * if `may_move`, in any case: there may be one under another parent.
 */
export async function readChain(
  db: Reads,
  tenant_id: number,
  { may_move = false } = {},
): Promise<Chain> {
  const rows = await chainWithEntries(db, { tenant_id })
  if (rows.length === 0) throw new NotFound(`tenant ${tenant_id}`)
  const chain: Chain = { nodes: [], entries: new Map(), exemptions: new Map() }
  for (const row of rows) {
    if (chain.nodes.at(-1)?.tenant_id !== row.tenant_id) chain.nodes.push(readNode(row))
    if (row.key !== null)
      placeEntry(chain, row.key, readEntry(row as Parameters<typeof readEntry>[0]))
  }
  const hasLocks = rows.some((row) => row.lock !== null)
  if (hasLocks || may_move)
    for (const row of await exemptionsOfChain(db, { tenant_id }))
      placeExemption(chain, row.key, readExemption(row))
  return chain
}

const readNode = (row: Omit<BareNode, 'blocks_inheritance'> & { blocks_inheritance: number }) => ({
  tenant_id: row.tenant_id,
  name: row.name,
  kind: row.kind,
  path: row.path,
  blocks_inheritance: row.blocks_inheritance === 1,
})

/** Puts an entry at the last node of the chain. */
export function placeEntry(chain: Chain, key: string, entry: StoredEntry) {
  const entries = chain.entries.get(key) ?? []
  entries[chain.nodes.length - 1] = entry
  chain.entries.set(key, entries)
}

export function placeExemption(chain: Chain, key: string, exemption: Exemption) {
  const exemptions = chain.exemptions.get(key) ?? []
  exemptions.push(exemption)
  chain.exemptions.set(key, exemptions)
}

const NO_EXEMPTIONS: Exemption[] = []

/** What the resolver takes for one preference. */
export function chainFor(chain: Chain, { key }: Preference): [ChainNode[], Exemption[]] {
  const entries = chain.entries.get(key)
  if (!entries) return [chain.nodes, NO_EXEMPTIONS]
  const nodes = chain.nodes.map((node, index) => {
    const entry = entries[index]
    return entry ? { ...node, entry } : node
  })
  return [nodes, chain.exemptions.get(key) ?? NO_EXEMPTIONS]
}
