import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { NotFound } from '../errors.ts'
import { getTenant } from '../tenants/queries.ts'
import { type Preference, catalogue, getPreference } from './catalogue.ts'
import { type BareNode, type Chain, chainFor, readChain } from './chain.ts'
import { readChainAsOf } from './chain-as-of.ts'
import { type Exemption, type Resolution, resolve } from './inheritance.ts'
import { type StoredEntry, exemptionColumns } from './stored.ts'

/** A preference as it is in effect for a tenant, with the tenant's own entry, if it has one. */
export type InEffect = {
  preference: Preference
  resolution: Resolution
  own: StoredEntry | undefined
}

/** What is in effect for a tenant, and the chain that it comes from. */
export type PreferencesInEffect = { at: string; nodes: BareNode[]; preferences: InEffect[] }

/**
 * Every preference (or the one called `key`) in effect for a tenant, explained.
 *
 * @param now the present instant
 * @param as_of an instant: the past is read from the log; for one to come, things stand as they
 *   are, but exemptions have run out
 */
export async function getPreferences(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
  { as_of, key }: { as_of?: string | undefined; key?: string | undefined } = {},
): Promise<PreferencesInEffect> {
  if (as_of !== undefined) await getTenant(db, actor, tenant_id)
  const isPast = as_of !== undefined && as_of < now
  const chain = isPast ? await readChainAsOf(db, tenant_id, as_of) : await readChain(db, tenant_id)
  const at = as_of ?? now
  const wanted = key === undefined ? catalogue : [getPreference(key)]
  return { at, nodes: chain.nodes, preferences: resolveAll(wanted, chain, at) }
}

function resolveAll(preferences: readonly Preference[], chain: Chain, at: string): InEffect[] {
  const last = chain.nodes.length - 1
  return preferences.map((preference) => {
    const [nodes, exemptions] = chainFor(chain, preference)
    return {
      preference,
      resolution: resolve(preference, nodes, exemptions, at),
      own: chain.entries.get(preference.key)?.[last],
    }
  })
}

/** One preference in effect for a tenant. Throws NotFound for an unknown key or tenant. */
export async function getPreferenceInEffect(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
  key: string,
): Promise<InEffect> {
  const { preferences } = await getPreferences(db, actor, tenant_id, now, { key })
  return preferences[0]!
}

/** A preference in effect, and the value that the tenant would have without its own entry. */
export async function getPreferenceToEdit(
  db: Reads,
  _actor: Actor,
  tenant_id: number,
  now: string,
  key: string,
): Promise<InEffect & { inherited: unknown }> {
  const preference = getPreference(key)
  const chain = await readChain(db, tenant_id)
  const [nodes, exemptions] = chainFor(chain, preference)
  const { entry: _entry, ...bare } = nodes.at(-1)!
  const without = resolve(preference, [...nodes.slice(0, -1), bare], exemptions, now)
  return { ...resolveAll([preference], chain, now)[0]!, inherited: without.value }
}

export type ListedExemption = Exemption & {
  key: string
  tenant_name: string
  lock_tenant_name: string
}

const EXEMPTIONS_SHOWN = 50

/**
 * The exemptions granted to a tenant itself, and those from its own locks; the newest first, from
 * before the one with the id `before`. `older` is where the next page begins, or null.
 */
export async function listExemptions(
  db: Reads,
  _actor: Actor,
  tenant_id: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<{ exemptions: ListedExemption[]; older: number | null }> {
  const found = await exemptionsShown(db, { tenant_id, before })
  const shown = found.slice(0, EXEMPTIONS_SHOWN)
  return { exemptions: shown, older: found.length > shown.length ? shown.at(-1)!.id : null }
}

type ShownWhere = { tenant_id: number; before: number }

const exemptionsShown = prepared((db, { tenant_id, before }: ShownWhere) =>
  exemptions(db)
    .where((eb) =>
      eb.or([
        eb('exemption.tenant_id', '=', tenant_id),
        eb('exemption.lock_tenant_id', '=', tenant_id),
      ]),
    )
    .where('exemption.id', '<', before)
    .orderBy('exemption.id', 'desc')
    .limit(EXEMPTIONS_SHOWN + 1),
)

/** The exemptions granted to a tenant itself, the newest first, before the one with the id. */
export async function listExemptionsOf(
  db: Reads,
  _actor: Actor,
  tenant_id: number,
  { limit, before }: { limit: number; before: number | null },
): Promise<ListedExemption[]> {
  const granted = exemptions(db).where('exemption.tenant_id', '=', tenant_id)
  const page = before === null ? granted : granted.where('exemption.id', '<', before)
  return page.orderBy('exemption.id', 'desc').limit(limit).execute()
}

/** An exemption granted to a tenant. Throws NotFound when there is none. */
export async function getExemption(db: Reads, _actor: Actor, tenant_id: number, id: number) {
  const exemption = await exemptions(db)
    .where('exemption.id', '=', id)
    .where('exemption.tenant_id', '=', tenant_id)
    .executeTakeFirst()
  if (!exemption) throw new NotFound(`exemption ${id}`)
  return exemption
}

const exemptions = (db: Reads) =>
  db
    .selectFrom('exemption')
    .innerJoin('operation', 'operation.id', 'exemption.operation_id')
    .innerJoin('tenant', 'tenant.id', 'exemption.tenant_id')
    .innerJoin('tenant as lock_tenant', 'lock_tenant.id', 'exemption.lock_tenant_id')
    .select(['tenant.name as tenant_name', 'lock_tenant.name as lock_tenant_name'])
    .select(exemptionColumns)
