import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import { ROOT_PATH } from './hidden.ts'
import { findTenant } from './queries.ts'

/** The record of a merge, as it is read. */
export type MergeRecord = Awaited<ReturnType<typeof getMerge>>

const COLUMNS = [
  'tenant_merge.id',
  'tenant_merge.operation_id',
  'tenant_merge.tenant_id',
  'tenant_merge.tenant_name',
  'tenant_merge.fate',
  'tenant_merge.sources',
  'tenant_merge.counts',
  'tenant_merge.choices',
  'operation.at',
  'operation.actor_name',
  'operation.reason',
] as const

const recordsOf = (db: Reads) =>
  db
    .selectFrom('tenant_merge')
    .innerJoin('operation', 'operation.id', 'tenant_merge.operation_id')
    .select(COLUMNS)
    .select((eb) =>
      eb
        .selectFrom('operation as later')
        .select((of) => of.fn.max('later.id').as('id'))
        .whereRef('later.undoes_id', '=', 'operation.id')
        .as('undone_by'),
    )

/** Whoever may see all of these is told what there was. */
const VIEWS = [
  'tenant.view',
  'preference.view',
  'person.view',
  'computer.view',
  'access.view',
] as const satisfies Permission[]

/**
 * The record of a merge: for whoever may read the history of the destination, or of everything if the
 * destination is gone. Throws NotFound.
 */
export async function getMerge(db: Reads, asker: Asker, id: number) {
  const all = everyTenant(db)
  const record = await recordsOf(all).where('tenant_merge.id', '=', id).executeTakeFirst()
  if (!record) throw new NotFound(`merge ${id}`)
  const sources = JSON.parse(record.sources) as { id: number; name: string; slug: string }[]
  const [path, ...sourcePaths] = await pathsOf(db, [
    record.tenant_id,
    ...sources.map(({ id }) => id),
  ])
  if (!permits(asker.access, 'history.view', path!)) throw new NotFound(`merge ${id}`)
  // Once it was taken back, what the sources had is theirs alone again.
  const places = record.undone_by === null ? [path!] : [path!, ...sourcePaths]
  const sees_all = places.every((place) =>
    VIEWS.every((view) => permits(asker.access, view, place)),
  )
  return {
    ...record,
    sources,
    choices: JSON.parse(record.choices) as { title: string; chosen: string }[],
    counts: sees_all
      ? (JSON.parse(record.counts) as { what: string; number: number; becomes: string }[])
      : null,
  }
}

/** Where tenants lie; of one that is gone, only who sees everything may know more. */
async function pathsOf(db: Reads, ids: number[]) {
  const tenants = await everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'path'])
    .where('id', 'in', ids)
    .execute()
  return ids.map((id) => tenants.find((tenant) => tenant.id === id)?.path ?? ROOT_PATH)
}

/**
 * The tenant that one which is gone became part of, as far as the asker sees it; undefined for one
 * that is there, or that was never merged.
 */
export async function findMergedInto(db: Reads, asker: Asker, id: number) {
  const seen = new Set<number>()
  for (let gone = id; !seen.has(gone);) {
    seen.add(gone)
    const next = (await isThere(db, gone)) ? undefined : await destinationOf(db, gone)
    if (next === undefined) return undefined
    const destination = await findTenant(db, asker, next)
    if (destination) return destination
    // It may have become part of another one itself.
    gone = next
  }
  return undefined
}

async function isThere(db: Reads, id: number) {
  const tenants = everyTenant(db).selectFrom('tenant').select('id').where('id', '=', id)
  return (await tenants.executeTakeFirst()) !== undefined
}

async function destinationOf(db: Reads, source_id: number) {
  const merges = await everyTenant(db)
    .selectFrom('tenant_merge')
    .select(['tenant_id', 'sources'])
    .where('sources', 'like', `%"id":${source_id},%`)
    .orderBy('id', 'desc')
    .execute()
  const merge = merges.find(({ sources }) =>
    (JSON.parse(sources) as { id: number }[]).some(({ id }) => id === source_id),
  )
  return merge?.tenant_id
}

/** What was merged into a tenant that the asker may edit, the newest first. */
export async function listMerges(db: Reads, asker: Asker, tenant_id: number) {
  const merges = await recordsOf(db)
    .where(inScope(visibleScope(asker, 'history.view'), 'tenant_merge.tenant_id'))
    .where('tenant_merge.tenant_id', '=', tenant_id)
    .orderBy('tenant_merge.id', 'desc')
    .limit(20)
    .execute()
  return merges.map(({ id, sources, at, actor_name, undone_by }) => ({
    id,
    at,
    actor_name,
    undone_by,
    names: (JSON.parse(sources) as { name: string }[]).map(({ name }) => name).join(', '),
  }))
}
