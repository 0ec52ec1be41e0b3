import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { formatCount } from '../web/counts.ts'
import type { OwnedSchedule } from './queries.ts'
import type { ScheduleFacts, TargetOwner } from './stored.ts'
import { findTargetOwner, seenComputers } from './targets.ts'

type Target = ScheduleFacts & { computer_ids: number[] }

/** What of a target cannot be used: so many chosen computers, or the tag or group. */
type LeftOut = { computers: number; what: 'tag' | 'group' | null }

/** What of a target can be used where a schedule is, and what is left out. */
type Reachable = {
  input: Pick<Target, 'target_tag_id' | 'target_group_id' | 'computer_ids'>
  owner: TargetOwner
  left_out: LeftOut
}

/** What a schedule is for, as far as somebody could choose it there now. */
export async function reachableTarget(
  db: Reads,
  asker: Asker,
  { tenant_id, path }: OwnedSchedule,
  target: Target,
): Promise<Reachable> {
  const { target_tag_id, target_group_id } = target
  const ids = target.target === 'computers' ? target.computer_ids : []
  const seen = await seenComputers(db, asker, ids)
  const computer_ids = seen.filter((computer) => computer.path.startsWith(path)).map(({ id }) => id)
  const left_out = { computers: ids.length - computer_ids.length, what: null }
  try {
    const owner = await findTargetOwner(db, asker, tenant_id, target, target)
    return { input: { target_tag_id, target_group_id, computer_ids }, owner, left_out }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    const nothing = { target_tag_id: null, target_group_id: null, computer_ids: [] }
    const what = target.target === 'tag' ? 'tag' : 'group'
    return { input: nothing, owner: null, left_out: { computers: 0, what } }
  }
}

/** What is or, when it is done, was left out of a copy, in sentences; '' for nothing. */
export function leftOutInWords({ computers, what }: LeftOut, is_done: boolean) {
  if (what) return `Its ${what} cannot be used here any more.`
  if (computers === 0) return ''
  return computers === 1
    ? `One chosen computer ${is_done ? 'was' : 'is'} left out: it is not here or below any more.`
    : `${formatCount(computers)} chosen computers ${is_done ? 'were' : 'are'} left out: they are not here or below any more.`
}
