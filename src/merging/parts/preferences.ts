import { lacks, rightsAt } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { Conflict as Taken, Forbidden, Invalid } from '../../errors.ts'
import { findPreference, type Preference } from '../../preferences/catalogue.ts'
import {
  requireEditing,
  requireSettable,
  setPreference,
  unsetPreference,
} from '../../preferences/commands.ts'
import { type EntryColumns, readDraft } from '../../preferences/stored.ts'
import { formatValue } from '../../preferences/value.ts'
import { chosen, type Conflict, holdersOf, KEEP, type Pair, type Part, TAKE } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { tally } from '../tally.ts'

/**
 * What is set at the source does not come to hold for all of the destination unless somebody chooses
 * so: usually the destination decides, by what it sets or inherits.
 */
export const preferences: Part = {
  columns: ['preference_entry.tenant_id', 'exemption.lock_tenant_id'],
  needs: ['preference.view', 'preference.edit'],

  async look(db, pair) {
    const entries = await entriesAt(db, [pair.source.id])
    const held = new Map((await entriesAt(db, holdersOf(pair))).map((entry) => [entry.key, entry]))
    const conflicts = entries.map((entry) => conflictOf(entry, held.get(entry.key)))
    const becomes = 'Go with the source, unless you take them'
    const taken = new Set((await takenBy(db, pair)).map(({ key }) => key))
    const went = ({ key }: { key: string }) => taken.has(key)
    const exempted = await exemptedAt(db, pair.source.id)
    return {
      counts: [
        {
          what: 'Preferences',
          number: entries.length,
          becomes,
          became: tally(entries, went, 'set at the destination', 'gone with the source'),
        },
        {
          what: 'Exemptions from its locks',
          number: exempted.length,
          becomes: 'End with the locks, unless you take these',
          became: tally(exempted, went, 'kept with their lock', 'ended with their lock'),
        },
      ],
      conflicts,
      refusals: await refuse(db, pair, entries, conflicts),
    }
  },

  async move(tx, pair, step) {
    for (const entry of await entriesAt(tx, [pair.source.id])) {
      if (chosen(pair, conflictOf(entry, undefined)) === TAKE.value) await take(tx, pair, entry)
      const { tenant, locking } = await requireEditing(tx, pair.asker, pair.source.id)
      await unsetPreference(tx, tenant, entry.key, { locking })
      await step(1)
    }
  },
}

/** What the destination takes of the source. */
export async function takenBy(db: Reads, pair: Pair) {
  const entries = await entriesAt(db, [pair.source.id])
  return entries
    .filter((entry) => chosen(pair, conflictOf(entry, undefined)) === TAKE.value)
    .map(({ key }) => ({ key, from: pair.source.id, to: pair.destination.id }))
}

/** Sets at the destination what the source sets; whoever was excused from its lock still is. */
async function take(tx: Tx, pair: Pair, entry: Entry) {
  const { tenant, locking } = await requireEditing(tx, pair.asker, pair.destination.id)
  await setPreference(tx, tenant, entry.key, readDraft(entry), { locking })
  if (entry.lock === null) return
  await everyTenantTx(tx)
    .updateTable('exemption')
    .set({ lock_tenant_id: tenant })
    .where('lock_tenant_id', '=', pair.source.id)
    .where('key', '=', entry.key)
    .execute()
}

const entriesAt = (db: Reads, tenant_ids: number[]) =>
  everyTenant(db)
    .selectFrom('preference_entry')
    .select(['id', 'key', 'form', 'value', 'added', 'removed', 'lock', 'bounds'])
    .where('tenant_id', 'in', tenant_ids)
    .orderBy('key')
    .execute()

type Entry = Awaited<ReturnType<typeof entriesAt>>[number]

const exemptedAt = (db: Reads, lock_tenant_id: number) =>
  everyTenant(db)
    .selectFrom('exemption')
    .select('key')
    .where('lock_tenant_id', '=', lock_tenant_id)
    .execute()

/** Why what was chosen cannot be set at the destination, or a lock not be taken from the source. */
async function refuse(db: Reads, pair: Pair, entries: Entry[], conflicts: Conflict[]) {
  const may = await rightsAt(db, pair.asker, pair.source.id)
  const locks = entries.some(({ lock }) => lock !== null) && !may('preference.lock')
  const refusals = locks ? [`${pair.source.name}: ${lacks('preference.lock').message}`] : []
  for (const [index, entry] of entries.entries()) {
    if (chosen(pair, conflicts[index]!) !== TAKE.value) continue
    const locking = (await rightsAt(db, pair.asker, pair.destination.id))('preference.lock')
    try {
      const at = admittedAt(pair)
      await requireSettable(db, at, entry.key, readDraft(entry), pair.at, {
        locking: locking ? at : null,
      })
    } catch (error) {
      const is_refusal = [Taken, Forbidden, Invalid].some((kind) => error instanceof kind)
      if (!is_refusal) throw error
      refusals.push((error as Error).message)
    }
  }
  return refusals
}

const conflictOf = (entry: Entry, held: Entry | undefined): Conflict => {
  const preference = findPreference(entry.key)
  return {
    id: `preference:${entry.id}`,
    title: preference?.label ?? entry.key,
    source: inWords(preference, entry),
    destination: held ? inWords(preference, held) : 'What it inherits',
    options: [KEEP, TAKE],
  }
}

function inWords(preference: Preference | undefined, { lock, ...entry }: Entry) {
  const locked = lock === null ? '' : lock === 'fixed' ? ', locked' : ', bounded below'
  if (entry.form === 'reset') return `Factory value${locked}`
  if (entry.form === 'value') return `${valueInWords(preference, entry.value)}${locked}`
  const parts = [
    entry.added !== '[]' && `adds ${valueInWords(preference, entry.added)}`,
    entry.removed !== '[]' && `removes ${valueInWords(preference, entry.removed)}`,
  ]
  return `${parts.filter(Boolean).join(', ') || 'adds and removes nothing'}${locked}`
}

function valueInWords(preference: Preference | undefined, json: EntryColumns['value']) {
  const value: unknown = JSON.parse(json ?? 'null')
  return preference ? formatValue(preference, value) : JSON.stringify(value)
}
