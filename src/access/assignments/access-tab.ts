import type { Reads } from '../../db/connection.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import type { Actor } from '../actor.ts'
import { permits } from '../decide.ts'
import { type Permission, permissionWords } from '../permissions.ts'
import { type AccessLine, inWords, toLines } from './lines.ts'
import { type Reacher, listReachers } from './reachers.ts'

/** Somebody who holds something at a tenant, as far as the reader may know them. */
export type AccessRow = {
  id: number
  name: string
  /** Of somebody whom the reader may not see, the name is all that is told. */
  seen: { href: string; email: string; tenant_name: string } | null
  may: string[]
  lines: AccessLine[]
}

export type AccessQuery = { permission: Permission | null; cursor: string | undefined }

/** Who can do what at a tenant: a page of it, and the cursor of the next one. */
export async function readAccess(
  db: Reads,
  actor: Actor,
  path: string,
  now: string,
  { permission, cursor, limit }: AccessQuery & { limit: number },
) {
  const after = cursor === undefined ? null : readAfter(cursor)
  const { people, next } = await listReachers(db, path, now, { permission, after, limit })
  return { people, next_cursor: next && encodeCursor([next.sort_key, next.id]) }
}

/** The place in a list of people at which a cursor stands. */
export function readAfter(cursor: string) {
  const [sort_key, id] = decodeCursor(cursor, 2)
  return { sort_key: String(sort_key), id: Number(id) }
}

/** Whether the reader may see the person, and so more of them than the name. */
export const isSeen = (actor: Actor, { tenant_path }: Pick<Reacher, 'tenant_path'>) =>
  permits(actor.access, 'person.view', tenant_path)

export const toAccessRow = (actor: Actor, path: string, person: Reacher): AccessRow => ({
  id: person.id,
  name: person.name,
  seen: isSeen(actor, person)
    ? {
        href: `/people/${person.id}/access`,
        email: person.email,
        tenant_name: person.tenant_name,
      }
    : null,
  may: inWords(person.explained.permissions),
  lines: toLines(actor.access, person.explained, path, person.can_sign_in),
})

/** The permissions to filter by. */
export const permissionOptions = [
  { value: '', label: 'Any permission' },
  ...Object.entries(permissionWords).map(([value, label]) => ({ value, label })),
]
