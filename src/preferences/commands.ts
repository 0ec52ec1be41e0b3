import { permits } from '../access/decide.ts'
import { type Asker, lacks, requireTenant, rightsAt } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { formatInstant } from '../web/time.ts'
import { type Preference, getPreference } from './catalogue.ts'
import { type Chain, chainFor, readChain } from './chain.ts'
import { type EntryDraft, checkEntry } from './entry.ts'
import { resolve } from './inheritance.ts'
import { type StoredEntry, writeEntry } from './stored.ts'

export type Editing = {
  /** The version of the entry that the editor saw, 0 when there was none; without it, any. */
  seen?: number | undefined
  /** The tenant once more, where the editor may also set and take away locks. */
  locking?: VisibleTenant<'preference.lock'> | null
}

/** A tenant as one whose preferences somebody may set, and whether they may lock them there. */
export async function requireEditing(db: Reads, asker: Asker, id: number) {
  const tenant = await requireTenant(db, asker, 'preference.edit', id)
  const may = await rightsAt(db, asker, id)
  const locking = may('preference.lock')
    ? await requireTenant(db, asker, 'preference.lock', id)
    : null
  return { tenant, locking }
}

/**
 * Sets a preference at a tenant. Throws Conflict naming the lock in force, or when the entry has
 * changed since the editor saw it; Invalid, by field, for a value or a lock that does not fit;
 * Forbidden for another lock than there was, where the editor may not lock.
 */
export async function setPreference(
  tx: Tx,
  tenant_id: VisibleTenant<'preference.edit'>,
  key: string,
  draft: EntryDraft,
  { seen, locking }: Editing = {},
) {
  const own = await requireSettable(tx, tenant_id, key, draft, tx.operation.at, { seen, locking })

  if (draft.lock === null) await endExemptions(tx, tenant_id, key)
  const columns = { ...writeEntry(draft), operation_id: tx.operation.id }
  await tx
    .insertInto('preference_entry')
    .values({ tenant_id, key, ...columns })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'key'])
        .doUpdateSet({ ...columns, version: (own?.version ?? 0) + 1 }),
    )
    .execute()
}

/**
 * Throws as `setPreference` does where a preference could not be set at a tenant; else returns the
 * entry that is there now.
 */
export async function requireSettable(
  db: Reads,
  tenant_id: VisibleTenant<'preference.edit'>,
  key: string,
  draft: EntryDraft,
  at: string,
  { seen, locking }: Editing = {},
) {
  const preference = getPreference(key)
  const { own, resolution } = await readPreference(db, tenant_id, preference, at)
  requireSeen(preference, own, seen)
  requireLocking(own, draft, tenant_id, locking)
  const refusal = checkEntry(preference, draft, resolution)
  if (refusal?.kind === 'locked') throw new Conflict(`${preference.label}: ${refusal.message}`)
  if (refusal?.kind === 'out_of_bounds') throw new Invalid({ value: refusal.message })
  if (refusal) throw new Invalid(refusal.fields)
  return own
}

/**
 * Takes a tenant's own entry away, so that it inherits again; does nothing when there is none.
 * A lock in force does not stop it: what goes is dormant anyway. A lock of its own goes with it, for
 * which the editor needs to be one who may lock.
 */
export async function unsetPreference(
  tx: Tx,
  tenant_id: VisibleTenant<'preference.edit'>,
  key: string,
  { seen, locking }: Editing = {},
) {
  const preference = getPreference(key)
  const { own } = await readPreference(tx, tenant_id, preference, tx.operation.at)
  requireSeen(preference, own, seen)
  requireLocking(own, null, tenant_id, locking)
  await endExemptions(tx, tenant_id, key)
  await tx
    .deleteFrom('preference_entry')
    .where(ofTenant('preference_entry.tenant_id', tenant_id))
    .where('key', '=', key)
    .execute()
}

/**
 * An exemption waives one lock: it ends with it, and does not wait for the next one there. Those of
 * tenants that the one who unlocks may not see end too: nothing is left that they could waive.
 */
async function endExemptions(tx: Tx, lock_tenant_id: number, key: string) {
  await everyTenantTx(tx)
    .deleteFrom('exemption')
    .where('lock_tenant_id', '=', lock_tenant_id)
    .where('key', '=', key)
    .execute()
}

/** Blocks inheritance at a tenant, or lets it inherit again. */
export async function blockInheritance(
  tx: Tx,
  tenant: VisibleTenant<'preference.lock'>,
  blocks: boolean,
) {
  await tx
    .updateTable('tenant')
    .set((eb) => ({ blocks_inheritance: Number(blocks), version: eb('version', '+', 1) }))
    .where(ofTenant('tenant.id', tenant))
    .where('blocks_inheritance', '=', Number(!blocks))
    .execute()
}

export type ExemptionInput = {
  key: string
  lock_tenant_id: number
  reason: string
  ticket: string
  expires_at: string | null
}

/**
 * Excuses a tenant, and all below it, from the lock that a node above it holds on a preference.
 * Whoever does it needs the permission where the lock is, too: somebody from below could otherwise
 * undo what was decided for them. Throws Invalid when there is no such lock, or the end lies in the
 * past; Forbidden for a lock that the asker may not waive; Conflict when the tenant is exempt from
 * it already. Returns the id.
 */
export async function grantExemption(
  tx: Tx,
  asker: Asker,
  tenant_id: VisibleTenant<'preference.exempt'>,
  input: ExemptionInput,
) {
  const preference = getPreference(input.key)
  const chain = await readChain(tx, tenant_id)
  const height = chain.nodes.findIndex((node) => node.tenant_id === input.lock_tenant_id)
  const lock = chain.entries.get(input.key)?.[height]?.lock
  if (height < 0 || height === chain.nodes.length - 1 || !lock)
    throw new Invalid({
      lock_tenant_id: `No lock on ${preference.label} is held above this tenant there.`,
    })
  if (!permits(asker.access, 'preference.exempt', chain.nodes[height]!.path)) throw mayNotWaive()
  if (input.expires_at !== null && input.expires_at <= tx.operation.at)
    throw new Invalid({ expires_at: `It is ${formatInstant(tx.operation.at)} already.` })
  refuseSecond(chain, tenant_id, input, tx.operation.at)
  const { id } = await tx
    .insertInto('exemption')
    .values({ tenant_id, ...input, operation_id: tx.operation.id })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

function refuseSecond(chain: Chain, tenant_id: number, input: ExemptionInput, at: string) {
  const present = chain.exemptions
    .get(input.key)
    ?.find((one) => one.tenant_id === tenant_id && one.lock_tenant_id === input.lock_tenant_id)
  if (!present || (present.expires_at !== null && present.expires_at <= at)) return
  const end = present.expires_at ? `until ${formatInstant(present.expires_at)}` : 'without an end'
  throw new Conflict(`It is exempt already, ${end}. Withdraw that exemption first.`)
}

const mayNotWaive = () =>
  new Forbidden('Only somebody who may exempt tenants where the lock is set can waive it.')

/**
 * Ends an exemption by taking it away: for those who could grant it. Throws NotFound when there is
 * none of that tenant.
 */
export async function withdrawExemption(
  tx: Tx,
  asker: Asker,
  tenant_id: VisibleTenant<'preference.exempt'>,
  id: number,
) {
  const exemption = await tx
    .selectFrom('exemption')
    .select('lock_tenant_id')
    .where('id', '=', id)
    .where(ofTenant('exemption.tenant_id', tenant_id))
    .executeTakeFirst()
  if (!exemption) throw new NotFound(`exemption ${id}`)
  const may = await rightsAt(tx, asker, exemption.lock_tenant_id)
  if (!may('preference.exempt')) throw mayNotWaive()
  await tx
    .deleteFrom('exemption')
    .where('id', '=', id)
    .where(ofTenant('exemption.tenant_id', tenant_id))
    .execute()
}

async function readPreference(db: Reads, tenant_id: number, preference: Preference, at: string) {
  const chain = await readChain(db, tenant_id)
  const [nodes, exemptions] = chainFor(chain, preference)
  const own = chain.entries.get(preference.key)?.[nodes.length - 1]
  return { own, resolution: resolve(preference, nodes, exemptions, at) }
}

/** To set another lock than there is, or to take one away, is to lock. */
function requireLocking(
  own: StoredEntry | undefined,
  draft: EntryDraft | null,
  tenant_id: number,
  locking: Editing['locking'],
) {
  const changes = JSON.stringify(own?.lock ?? null) !== JSON.stringify(draft?.lock ?? null)
  if (changes && Number(locking) !== tenant_id) throw lacks('preference.lock')
}

function requireSeen(preference: Preference, own: StoredEntry | undefined, seen: Editing['seen']) {
  if (seen === undefined || seen === (own?.version ?? 0)) return
  throw new Conflict(`${preference.label} was changed by somebody else since you opened it.`)
}
