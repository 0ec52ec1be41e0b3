import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { findParent } from '../tenants/find-parent.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import type { ComputerFilter, SeenSpan } from './list.ts'
import type { Wanted } from './search.ts'

/** What an address asks for, made ready to be looked for. Throws Invalid at `tenant`. */
export async function resolveFilter(
  db: Db,
  asker: Asker,
  { tab, q, tenant, only, kind, platform, seen }: ComputerFilter,
): Promise<Wanted> {
  return {
    tab,
    q,
    kind,
    platform,
    tenant: tenant === '' ? null : await findTenantOf(db, asker, tenant, only),
    ...seenBounds(seen, db.now()),
  }
}

async function findTenantOf(db: Db, asker: Asker, text: string, only: boolean) {
  try {
    const { id, path } = await findParent(db, asker, text)
    return id === ROOT_ID ? null : { id, path, only }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    throw new Invalid({ tenant: error.message })
  }
}

const DAYS: Record<Exclude<SeenSpan, 'never'>, number> = {
  day: 1,
  week: 7,
  month: 30,
  not_week: 7,
  not_month: 30,
}

/** The bounds of a span of time. What has never been seen has '' for when it was: less than any instant. */
export function seenBounds(seen: SeenSpan | null, now: string) {
  if (seen === null) return { seen_from: '', seen_before: '' }
  if (seen === 'never') return { seen_from: '', seen_before: '0' }
  const moment = Temporal.Instant.from(now)
    .subtract({ hours: 24 * DAYS[seen] })
    .toString({ smallestUnit: 'millisecond' })
  return seen.startsWith('not_')
    ? { seen_from: '', seen_before: moment }
    : { seen_from: moment, seen_before: '' }
}
