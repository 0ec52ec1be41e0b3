import type { SystemTx } from '../db/operation.ts'

/** Something to be told by the bell. A feature may use any kind of its own. */
export type Notice = {
  kind: string
  /** What it is about, so that `settleNotices` finds it. */
  subject_id: number | null
  /** Shown only while its reader may see this tenant; null for what tells of none. */
  tenant_id: number | null
  title: string
  /** Where it leads: a path of ours. */
  href: string
}

/** Tells some people something. */
export async function notify(tx: SystemTx, person_ids: number[], at: string, notice: Notice) {
  if (person_ids.length === 0) return
  await tx
    .insertInto('notification')
    .values(person_ids.map((person_id) => ({ person_id, created_at: at, ...notice })))
    .execute()
}

/** Nobody has to look any more at what is settled. */
export const settleNotices = (tx: SystemTx, at: string, kind: string, subject_id: number) =>
  tx
    .updateTable('notification')
    .set({ read_at: at })
    .where('kind', '=', kind)
    .where('subject_id', '=', subject_id)
    .where('read_at', 'is', null)
    .execute()

/** The person has read all that was there when they looked: up to `last_id`. */
export const markRead = (tx: SystemTx, person_id: number, last_id: number, at: string) =>
  tx
    .updateTable('notification')
    .set({ read_at: at })
    .where('person_id', '=', person_id)
    .where('id', '<=', last_id)
    .where('read_at', 'is', null)
    .execute()
