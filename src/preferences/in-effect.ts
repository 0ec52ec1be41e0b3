import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable, textTable } from '../db/search.ts'
import { getPreference } from './catalogue.ts'
import { chainFor, readChain } from './chain.ts'
import {
  type ChainNode,
  type Exemption,
  type Resolution,
  isHeld,
  isWithin,
  resolve,
} from './inheritance.ts'
import { hangUnder } from './moved-branches.ts'
import {
  type StoredEntry,
  entryColumns,
  exemptionColumns,
  readEntry,
  readExemption,
} from './stored.ts'

/** What is in effect, by the key of the preference. */
export type Values = Record<string, unknown>

/** What is in effect for a tenant, and what locks keep from counting in its place. */
export type InEffect = {
  values: Values
  /** The name of the tenant whose lock keeps out this value of a preference, or ''. */
  keptOutBy: (key: string, value: unknown) => string
  /** The lock in force on a preference: a fixed one, or the last of those with bounds. */
  lockOf: (key: string) => { name: string; isFixed: boolean } | undefined
}

/**
 * The node whose lock keeps a value from counting for the tenant, other than by an entry of its own;
 * undefined where none does. A lock at the tenant itself does so, too.
 */
const holderOf = ({ chain }: Resolution, value: unknown) =>
  chain.find((explained) => {
    const { lock } = explained.entry
    if (!lock || !isHeld(explained)) return false
    return lock === 'fixed' || !isWithin(value, lock)
  })

const inEffect = (resolutions: ReadonlyMap<string, Resolution>): InEffect => ({
  values: Object.fromEntries([...resolutions].map(([key, { value }]) => [key, value])),
  keptOutBy: (key, value) => holderOf(resolutions.get(key)!, value)?.name ?? '',
  lockOf: (key) => {
    const last = resolutions.get(key)!.chain.findLast(isHeld)
    return last && { name: last.name, isFixed: last.entry.lock === 'fixed' }
  },
})

/**
 * What some preferences have in effect for a tenant at an instant, by key: for the program itself,
 * which need not say why. Throws NotFound when there is no such tenant.
 */
export async function valuesInEffect(
  db: Reads,
  tenant_id: number,
  keys: readonly string[],
  at: string,
): Promise<Values> {
  return (await readInEffect(db, tenant_id, keys, at)).values
}

/** The same, with what locks keep out. */
export async function readInEffect(
  db: Reads,
  tenant_id: number,
  keys: readonly string[],
  at: string,
): Promise<InEffect> {
  const chain = await readChain(db, tenant_id)
  const resolved = keys.map((key): [string, Resolution] => {
    const preference = getPreference(key)
    const [nodes, exemptions] = chainFor(chain, preference)
    return [key, resolve(preference, nodes, exemptions, at)]
  })
  return inEffect(new Map(resolved))
}

/** What a preference would have in effect for a tenant, were it below another parent. */
export async function valueUnder(
  db: Reads,
  { id, parent_id }: { id: number; parent_id: number },
  key: string,
  at: string,
): Promise<unknown> {
  const parent = await readChain(db, parent_id)
  const chain = hangUnder(parent, await readChain(db, id, { may_move: true }), new Set([id]))
  const preference = getPreference(key)
  const [nodes, exemptions] = chainFor(chain, preference)
  return resolve(preference, nodes, exemptions, at).value
}

/**
 * As `valuesInEffect` for many tenants, by their paths: reads only what is decided on their way down. Tenants
 * between which nothing is decided share one object, also with those in `known`, which has it by the
 * last tenant on the way that decides something.
 */
export async function valuesInEffectAt(
  db: Reads,
  paths: readonly string[],
  { keys, at }: { keys: readonly string[]; at: string },
  known: Map<number, InEffect> = new Map(),
): Promise<Map<string, InEffect>> {
  const deciding = await readDeciding(db, paths, keys)
  return new Map(
    paths.map((path) => {
      const chain = idsOf(path).flatMap((id) => deciding.get(id) ?? [])
      const joint = chain.at(-1)?.node.tenant_id ?? 0
      const found = known.get(joint) ?? inEffectOn(chain, keys, at)
      known.set(joint, found)
      return [path, found]
    }),
  )
}

/** A tenant that decides something, and what. */
type Deciding = {
  node: ChainNode
  entries: Map<string, StoredEntry>
  exemptions: Map<string, Exemption[]>
}

/** From "All tenants" down to the tenant itself. */
const idsOf = (path: string) => path.split('/').slice(1, -1).map(Number)

function inEffectOn(chain: Deciding[], keys: readonly string[], at: string): InEffect {
  const resolved = keys.map((key): [string, Resolution] => {
    const nodes = chain.map(({ node, entries }): ChainNode => {
      const entry = entries.get(key)
      return entry ? { ...node, entry } : node
    })
    const exemptions = chain.flatMap((one) => one.exemptions.get(key) ?? [])
    return [key, resolve(getPreference(key), nodes, exemptions, at)]
  })
  return inEffect(new Map(resolved))
}

type Asked = { ids: string; keys: string }

const decisionsOf = prepared((db, { ids, keys }: Asked) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('tenant')
    .leftJoin('preference_entry as entry', (join) =>
      join
        .onRef('entry.tenant_id', '=', 'tenant.id')
        .on('entry.key', 'in', (eb) => eb.selectFrom(textTable(keys)).select('listed.text')),
    )
    .leftJoin('operation', 'operation.id', 'entry.operation_id')
    .select(['tenant.id as tenant_id', 'tenant.name', 'tenant.blocks_inheritance'])
    .select(entryColumns)
    .whereRef('tenant.id', '=', 'listed.id')
    .where((eb) =>
      eb.or([eb('entry.key', 'is not', null), eb('tenant.blocks_inheritance', '=', 1)]),
    ),
)

const exemptionsOf = prepared((db, { ids, keys }: Asked) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('exemption')
    .innerJoin('tenant', 'tenant.id', 'exemption.tenant_id')
    .innerJoin('operation', 'operation.id', 'exemption.operation_id')
    .select(['tenant.name', 'tenant.blocks_inheritance'])
    .select(exemptionColumns)
    .whereRef('exemption.tenant_id', '=', 'listed.id')
    .where('exemption.key', 'in', (eb) => eb.selectFrom(textTable(keys)).select('listed.text'))
    .orderBy('exemption.id'),
)

/** The tenants at or above these paths that decide something: an exemption does where locks are. */
async function readDeciding(db: Reads, paths: readonly string[], keys: readonly string[]) {
  const ids = JSON.stringify([...new Set(paths.flatMap(idsOf))])
  const asked = { ids, keys: JSON.stringify(keys) }
  const deciding = new Map<number, Deciding>()
  const put = ({ tenant_id, name, blocks_inheritance }: Place) => {
    const node = { tenant_id, name, blocks_inheritance: blocks_inheritance === 1 }
    const one = deciding.get(tenant_id) ?? { node, entries: new Map(), exemptions: new Map() }
    deciding.set(tenant_id, one)
    return one
  }
  const rows = await decisionsOf(db, asked)
  for (const row of rows) {
    const one = put(row)
    if (row.key !== null)
      one.entries.set(row.key, readEntry(row as Parameters<typeof readEntry>[0]))
  }
  if (rows.every(({ lock }) => lock === null)) return deciding
  for (const row of await exemptionsOf(db, asked)) {
    const { exemptions } = put(row)
    exemptions.set(row.key, [...(exemptions.get(row.key) ?? []), readExemption(row)])
  }
  return deciding
}

type Place = { tenant_id: number; name: string; blocks_inheritance: number }
