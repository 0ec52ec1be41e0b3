import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import type { OwnedSchedule } from './queries.ts'
import { timesInWords, zoneInWords } from './says.ts'
import { readOverride } from './stored.ts'

/** So many decisions are listed on the page of a schedule. */
const LISTED = 100

/** What tenants below decide about a schedule, as far as the asker sees them, by name. */
export async function listDecisions(db: Reads, asker: Asker, { id, locked }: OwnedSchedule) {
  const rows = await db
    .selectFrom('schedule_override')
    .innerJoin('tenant', 'tenant.id', 'schedule_override.tenant_id')
    .selectAll('schedule_override')
    .select(['tenant.name', 'tenant.path'])
    .where('schedule_override.schedule_id', '=', id)
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .orderBy('tenant.sort_key')
    .orderBy('tenant.id')
    .limit(LISTED)
    .execute()
  return rows.map(({ name, path, ...row }) => {
    const { tenant_id, form, times } = readOverride(row)
    return { tenant_id, name, path, decided: decidedInWords(form, times), dormant: locked }
  })
}

type Decided = ReturnType<typeof readOverride>

function decidedInWords(form: Decided['form'], times: Decided['times']) {
  if (form === 'off') return 'Switched off'
  if (form === 'on') return 'On, with the times of its owner'
  return `${timesInWords(times!)}, ${zoneInWords(times!)}`
}
