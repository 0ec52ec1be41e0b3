import { permits } from '../access/decide.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import { type OwnedSchedule, factsOf, getSchedule } from './queries.ts'
import { leftOutInWords, reachableTarget } from './reachable.ts'
import { type ScheduleFacts, type TargetOwner, writeFacts } from './stored.ts'
import { chooseComputers, findTargetOwner, listChosen } from './targets.ts'

/** What a person decides about a schedule: with the computers it is for, where they are chosen. */
export type ScheduleInput = ScheduleFacts & { computer_ids: number[] }

/** A schedule as it would be sent to make the same again. */
export const inputOf = async (db: Reads, schedule: OwnedSchedule): Promise<ScheduleInput> => ({
  ...factsOf(schedule),
  computer_ids: await listChosen(db, schedule.id),
})

/**
 * Makes a schedule at a tenant, enabled, and returns its id. Throws Invalid by field for a name that
 * is taken or a target that is not there; Forbidden for a lock by somebody who may not lock.
 */
export async function createSchedule(
  tx: Tx,
  asker: Asker,
  tenant_id: number,
  input: ScheduleInput,
  state: ScheduleState = 'enabled',
) {
  const at = await requireTenant(tx, asker, 'schedule.edit', tenant_id)
  if (input.locked) await requireTenant(tx, asker, 'schedule.lock', tenant_id)
  await requireFreeName(tx, tenant_id, input.name, null)
  const owner = await findTargetOwner(tx, asker, tenant_id, input)
  return insertSchedule(tx, asker, at, { ...input, state }, owner)
}

async function insertSchedule(
  tx: Tx,
  asker: Asker,
  at: VisibleTenant<'schedule.edit'>,
  { computer_ids, state, ...facts }: ScheduleInput & { state: ScheduleState },
  target_owner: TargetOwner,
) {
  const { id } = await tx
    .insertInto('schedule')
    .values({ tenant_id: at, state, ...writeFacts(facts, target_owner) })
    .returning('id')
    .executeTakeFirstOrThrow()
  const chosen = computersOf({ ...facts, computer_ids })
  await chooseComputers(tx, asker, { id, tenant_id: at }, chosen)
  return id
}

/**
 * Changes a schedule. Throws Conflict when it has another version than the one that was edited, or
 * is deleted; else as `createSchedule`.
 */
export async function updateSchedule(
  tx: Tx,
  asker: Asker,
  id: number,
  input: ScheduleInput,
  version: number,
) {
  const { schedule, at } = await admit(tx, asker, id)
  if (schedule.state === 'deleted')
    throw new Conflict(`“${schedule.name}” is deleted. Restore it first.`)
  const { computer_ids: _, ...facts } = input
  // Before anything is said of what was typed: it may name what the asker does not see.
  const target_tenant_id = await findTargetOwner(tx, asker, schedule.tenant_id, facts, schedule)
  if (schedule.version !== version)
    throw new Conflict(`“${schedule.name}” was changed by somebody else since you opened it.`)
  if (input.locked !== schedule.locked)
    await requireTenant(tx, asker, 'schedule.lock', schedule.tenant_id)
  await requireFreeName(tx, schedule.tenant_id, input.name, id)
  await tx
    .updateTable('schedule')
    .set({ ...writeFacts(facts, target_tenant_id), version: version + 1 })
    .where('schedule.id', '=', id)
    .where(ofTenant('schedule.tenant_id', at))
    .execute()
  await chooseComputers(tx, asker, schedule, computersOf(input))
}

const computersOf = ({ target, computer_ids }: ScheduleInput) =>
  target === 'computers' ? computer_ids : []

/**
 * Enables, disables, deletes or restores a schedule; does nothing where it is so already. One that
 * is restored is disabled at first: nobody expects it to start at once. Throws Invalid at `name`
 * where its name was taken meanwhile.
 */
export async function setScheduleState(tx: Tx, asker: Asker, id: number, state: ScheduleState) {
  const { schedule, at } = await admit(tx, asker, id)
  if (schedule.state === state) return
  if (schedule.state === 'deleted') {
    if (state === 'enabled') throw new Conflict(`“${schedule.name}” is deleted. Restore it first.`)
    await requireFreeName(tx, schedule.tenant_id, schedule.name, id)
  }
  await tx
    .updateTable('schedule')
    .set({ state, version: schedule.version + 1 })
    .where('schedule.id', '=', id)
    .where(ofTenant('schedule.tenant_id', at))
    .execute()
}

/** A copy of a schedule, and what of it could not be copied, in sentences. */
export type Copy = { id: number; name: string; left_out: string }

/**
 * Makes a disabled copy of a schedule under a name of its own. What it is for is left out where the
 * copy could not reach it: chosen computers that went elsewhere, or a tag or a group that cannot be
 * used here any more. Whoever may not lock makes a copy that is not locked.
 */
export async function duplicateSchedule(tx: Tx, asker: Asker, id: number): Promise<Copy> {
  const { schedule, at } = await reach(tx, asker, id)
  const input = await inputOf(tx, schedule)
  const target = await reachableTarget(tx, asker, schedule, input)
  const copy = {
    ...input,
    ...target.input,
    name: await freeName(tx, schedule),
    locked: input.locked && permits(asker.access, 'schedule.lock', schedule.path),
    state: 'disabled',
  } as const
  const copy_id = await insertSchedule(tx, asker, at, copy, target.owner)
  return { id: copy_id, name: copy.name, left_out: leftOutInWords(target.left_out, true) }
}

async function reach(tx: Tx, asker: Asker, id: number) {
  const schedule = await getSchedule(tx, asker, id, 'schedule.edit')
  return { schedule, at: await requireTenant(tx, asker, 'schedule.edit', schedule.tenant_id) }
}

/** A schedule that the asker may change. */
async function admit(tx: Tx, asker: Asker, id: number) {
  const { schedule, at } = await reach(tx, asker, id)
  if (schedule.locked && !permits(asker.access, 'schedule.lock', schedule.path))
    throw new Forbidden(
      `“${schedule.name}” is locked. Only somebody who may lock schedules here can change it.`,
    )
  return { schedule, at }
}

async function requireFreeName(tx: Tx, tenant_id: number, name: string, own_id: number | null) {
  const holder = await findNamesake(tx, tenant_id, name)
  if (holder && holder.id !== own_id)
    throw new Invalid({ name: `There is already a schedule “${holder.name}” at this tenant.` })
}

const findNamesake = (tx: Tx, tenant_id: number, name: string) =>
  everyTenant(tx)
    .selectFrom('schedule')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where('name_key', '=', nameKey(name))
    .where('state', '<>', 'deleted')
    .executeTakeFirst()

/** "Patching (copy)", "Patching (copy 2)" and so on, at most 200 characters long. */
async function freeName(tx: Tx, { tenant_id, name }: OwnedSchedule) {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? ' (copy)' : ` (copy ${number})`
    const copy = cut(name, 200 - suffix.length) + suffix
    if (!(await findNamesake(tx, tenant_id, copy))) return copy
  }
}

/** The beginning of a text that is at most so long, without half a character at its end. */
const cut = (text: string, length: number) => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
