import type { Selectable } from 'kysely'
import type { ExemptionTable, PreferenceEntryTable } from '../db/schema.ts'
import type { EntryDraft } from './entry.ts'
import type { Entry, Exemption, Form, Lock } from './inheritance.ts'

/** An entry as it was read: with the version that an editor of it saw. */
export type StoredEntry = Entry & { version: number }

/** What is read of an entry, and of the operation that wrote it. */
export const entryColumns = [
  'entry.key',
  'entry.form',
  'entry.value',
  'entry.added',
  'entry.removed',
  'entry.lock',
  'entry.bounds',
  'entry.version',
  'operation.actor_name as by',
  'operation.at',
] as const

/** What is read of an exemption, and of the operation that granted it. */
export const exemptionColumns = [
  'exemption.id',
  'exemption.tenant_id',
  'exemption.key',
  'exemption.lock_tenant_id',
  'exemption.reason',
  'exemption.ticket',
  'exemption.expires_at',
  'operation.actor_name as by',
  'operation.at',
] as const

/** What of an entry's row says what it does. */
export type EntryColumns = Pick<
  PreferenceEntryTable,
  'form' | 'value' | 'added' | 'removed' | 'lock' | 'bounds'
>

/** An entry from its row, and from the operation that wrote it. */
export function readEntry(
  row: EntryColumns & { version: number; by: string; at: string },
): StoredEntry {
  return { form: readForm(row), lock: readLock(row), by: row.by, at: row.at, version: row.version }
}

/** What an entry sets, as somebody could set it elsewhere. */
export const readDraft = (row: EntryColumns): EntryDraft => ({
  form: readForm(row),
  lock: readLock(row),
})

function readForm({ form, value, added, removed }: EntryColumns): Form {
  if (form === 'value') return { value: JSON.parse(value!) }
  if (form === 'reset') return { reset: true }
  return { add: JSON.parse(added!), remove: JSON.parse(removed!) }
}

function readLock({ lock, bounds }: EntryColumns): Lock {
  return lock === 'bounded' ? JSON.parse(bounds!) : lock
}

/** The columns that keep an entry. */
export function writeEntry({ form, lock }: EntryDraft): EntryColumns {
  const isBounded = lock !== null && lock !== 'fixed'
  return {
    form: 'value' in form ? 'value' : 'reset' in form ? 'reset' : 'list',
    value: 'value' in form ? JSON.stringify(form.value) : null,
    added: 'add' in form ? JSON.stringify(form.add) : null,
    removed: 'add' in form ? JSON.stringify(form.remove) : null,
    lock: isBounded ? 'bounded' : lock,
    bounds: isBounded ? JSON.stringify(lock) : null,
  }
}

type ExemptionColumns = Omit<Selectable<ExemptionTable>, 'operation_id'> & {
  by: string
  at: string
}

/** An exemption from its row, and from the operation that granted it. */
export const readExemption = (row: ExemptionColumns): Exemption => ({
  id: row.id,
  tenant_id: row.tenant_id,
  lock_tenant_id: row.lock_tenant_id,
  reason: row.reason,
  ticket: row.ticket,
  expires_at: row.expires_at,
  by: row.by,
  at: row.at,
})
