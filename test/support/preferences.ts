import type { Tx } from '../../src/db/operation.ts'
import { setPreference, unsetPreference } from '../../src/preferences/commands.ts'
import type { EntryDraft } from '../../src/preferences/entry.ts'
import { anyTenant } from './cast.ts'

/** Sets a preference as somebody who may do everything. */
export const setAt = (tx: Tx, id: number, key: string, draft: EntryDraft) =>
  setPreference(tx, anyTenant(id), key, draft, { locking: anyTenant(id) })

/** Takes an entry away as somebody who may do everything. */
export const unsetAt = (tx: Tx, id: number, key: string) =>
  unsetPreference(tx, anyTenant(id), key, { locking: anyTenant(id) })
