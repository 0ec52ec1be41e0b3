import type { Actor } from '../../access/actor.ts'
import type { Db, Reads } from '../../db/connection.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { describeRows } from '../resource.ts'
import { findComputers } from '../search.ts'
import type { ComputerGroupResource } from './api-schemas.ts'
import { readFilter } from './filter.ts'
import { membershipOf } from './membership.ts'
import { type ComputerGroup, getGroup, listGroups } from './queries.ts'

/** A group as the API shows it. */
export async function describeGroup(
  db: Reads,
  group: ComputerGroup,
  now: string,
): Promise<ComputerGroupResource> {
  const { id, tenant_id, name, description, version } = group
  const { problem } = await membershipOf(db, group, now)
  const filter = readFilter(group.filter)
  return { id, tenant_id, name, description, filter, problem: problem || null, version }
}

type Paged = { limit: number; cursor?: string | undefined }

/** A page of groups by name. */
export async function pageOfGroups(
  db: Db,
  actor: Actor,
  { q, limit, cursor }: Paged & { q: string },
) {
  const [name_key, id] = cursor === undefined ? [] : decodeCursor(cursor, 2)
  const after = cursor === undefined ? null : { name_key: String(name_key), id: Number(id) }
  const found = await listGroups(db, actor, { q: q.trim(), after, limit: limit + 1 })
  const last = found.length > limit ? found[limit - 1]! : null
  const now = db.now()
  return {
    groups: await Promise.all(found.slice(0, limit).map((group) => describeGroup(db, group, now))),
    next_cursor: last && encodeCursor([last.name_key, last.id]),
  }
}

const BY_NAME = { by: 'name', descending: false } as const

/**
 * A page of the members of a group that the actor may see: those of its first tab by name, then
 * those of the next. A cursor is the tab and the place in it.
 */
export async function pageOfMembers(db: Db, actor: Actor, id: number, { limit, cursor }: Paged) {
  const group = await getGroup(db, actor, id)
  const { tabs, traits } = await membershipOf(db, group, db.now())
  const [from = '', place = ''] = cursor === undefined ? [] : decodeCursor(cursor, 2).map(String)
  const left = traits ? tabs.slice(Math.max(0, tabs.indexOf(from as (typeof tabs)[number]))) : []
  const rows: { id: number }[] = []
  for (const [index, tab] of left.entries()) {
    const after = index === 0 ? place || null : null
    const page = { limit: limit - rows.length, sort: BY_NAME, after }
    const found = await findComputers(db, actor, { ...traits!, tab }, page)
    rows.push(...found.rows)
    const next = found.next !== null ? [tab, found.next] : [left[index + 1], '']
    if (rows.length < limit || next[0] === undefined) continue
    const computers = await describeRows(db, actor, rows)
    return { computers, next_cursor: encodeCursor([next[0], next[1]!]) }
  }
  return { computers: await describeRows(db, actor, rows), next_cursor: null }
}
