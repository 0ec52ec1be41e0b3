import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { Conflict, Invalid, NotFound } from '../errors.ts'
import { formatInstant } from '../web/time.ts'
import { type Preference, getPreference } from './catalogue.ts'
import { type Chain, chainFor, readChain } from './chain.ts'
import { type EntryDraft, checkEntry } from './entry.ts'
import { resolve } from './inheritance.ts'
import { type StoredEntry, writeEntry } from './stored.ts'

/**
 * The version of a tenant's entry that the editor saw: 0 when there was none; undefined to write
 * whatever is there.
 */
export type SeenVersion = number | undefined

/**
 * Sets a preference at a tenant. Throws Conflict naming the lock in force, or when the entry has
 * changed since the editor saw it; Invalid, by field, for a value or a lock that does not fit.
 */
export async function setPreference(
  tx: Tx,
  tenant_id: number,
  key: string,
  draft: EntryDraft,
  seen?: SeenVersion,
) {
  const preference = getPreference(key)
  const { own, resolution } = await readPreference(tx, tenant_id, preference, tx.operation.at)
  requireSeen(preference, own, seen)
  const refusal = checkEntry(preference, draft, resolution)
  if (refusal?.kind === 'locked') throw new Conflict(`${preference.label}: ${refusal.message}`)
  if (refusal?.kind === 'out_of_bounds') throw new Invalid({ value: refusal.message })
  if (refusal) throw new Invalid(refusal.fields)

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
 * Takes a tenant's own entry away, so that it inherits again; does nothing when there is none.
 * A lock in force does not stop it: what goes is dormant anyway.
 */
export async function unsetPreference(tx: Tx, tenant_id: number, key: string, seen?: SeenVersion) {
  const preference = getPreference(key)
  const { own } = await readPreference(tx, tenant_id, preference, tx.operation.at)
  requireSeen(preference, own, seen)
  await endExemptions(tx, tenant_id, key)
  await tx
    .deleteFrom('preference_entry')
    .where('tenant_id', '=', tenant_id)
    .where('key', '=', key)
    .execute()
}

/** An exemption waives one lock: it ends with it, and does not wait for the next one there. */
async function endExemptions(tx: Tx, lock_tenant_id: number, key: string) {
  await tx
    .deleteFrom('exemption')
    .where('lock_tenant_id', '=', lock_tenant_id)
    .where('key', '=', key)
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
 * Throws Invalid when there is no such lock, or the end lies in the past; Conflict when the tenant
 * is exempt from it already. Returns the id.
 */
export async function grantExemption(tx: Tx, tenant_id: number, input: ExemptionInput) {
  const preference = getPreference(input.key)
  const chain = await readChain(tx, tenant_id)
  const height = chain.nodes.findIndex((node) => node.tenant_id === input.lock_tenant_id)
  const lock = chain.entries.get(input.key)?.[height]?.lock
  if (height < 0 || height === chain.nodes.length - 1 || !lock)
    throw new Invalid({
      lock_tenant_id: `No lock on ${preference.label} is held above this tenant there.`,
    })
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

/** Ends an exemption by taking it away. Throws NotFound when there is none of that tenant. */
export async function withdrawExemption(tx: Tx, tenant_id: number, id: number) {
  const { numDeletedRows } = await tx
    .deleteFrom('exemption')
    .where('id', '=', id)
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw new NotFound(`exemption ${id}`)
}

async function readPreference(db: Reads, tenant_id: number, preference: Preference, at: string) {
  const chain = await readChain(db, tenant_id)
  const [nodes, exemptions] = chainFor(chain, preference)
  const own = chain.entries.get(preference.key)?.[nodes.length - 1]
  return { own, resolution: resolve(preference, nodes, exemptions, at) }
}

function requireSeen(preference: Preference, own: StoredEntry | undefined, seen: SeenVersion) {
  if (seen === undefined || seen === (own?.version ?? 0)) return
  throw new Conflict(`${preference.label} was changed by somebody else since you opened it.`)
}
