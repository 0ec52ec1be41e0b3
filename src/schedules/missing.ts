import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { OwnedSchedule } from './queries.ts'
import { reaches } from './regions.ts'
import { ownerAbove } from './targets.ts'

/** Why a schedule is for nothing, where what it is for is gone or out of its reach; '' else. */
export async function missingTarget(db: Reads, schedule: OwnedSchedule): Promise<string> {
  const { target, target_tag_id, target_group_id, tenant_id } = schedule
  if (target === 'tag') return missingNamed(db, 'tag', target_tag_id, tenant_id)
  if (target === 'group') return missingNamed(db, 'computer_group', target_group_id, tenant_id)
  return target === 'computers' ? missingChosen(db, schedule) : ''
}

async function missingNamed(
  db: Reads,
  table: 'tag' | 'computer_group',
  id: number | null,
  tenant_id: number,
) {
  const noun = table === 'tag' ? 'tag' : 'group'
  if (id === null) return `The ${noun} that it is for has been deleted.`
  const is_usable = (await ownerAbove(db, table, id, tenant_id)) !== null
  return is_usable ? '' : `The ${noun} that it is for is not of this tenant, nor of one above it.`
}

async function missingChosen(db: Reads, schedule: OwnedSchedule) {
  const chosen = await everyTenant(db)
    .selectFrom('schedule_computer')
    .innerJoin('computer', 'computer.id', 'schedule_computer.computer_id')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.state', 'tenant.path'])
    .where('schedule_computer.schedule_id', '=', schedule.id)
    .execute()
  if (chosen.length === 0) return 'There is no computer that it is for.'
  const there = chosen.filter(({ state }) => state !== 'deleted')
  if (there.length === 0) return 'The computers that it is for have been deleted.'
  return there.some(({ path }) => reaches(schedule, path))
    ? ''
    : 'The computers that it is for are at tenants that it does not reach.'
}
