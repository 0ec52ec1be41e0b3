import { permits } from '../access/decide.ts'
import { type Asker, requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { Invalid } from '../errors.ts'
import { getTenant } from '../tenants/queries.ts'
import type { ScheduleFacts } from './stored.ts'

/**
 * The tenant whose tag or group a schedule is for; null for other targets. Throws Invalid at its
 * field unless it can be used where the schedule is: a tag of that tenant, or of one above; or a
 * group of these that the asker sees, or that the schedule is for already.
 */
export async function findTargetOwner(
  db: Reads,
  { access }: Asker,
  tenant_id: number,
  { target, target_tag_id, target_group_id }: ScheduleFacts,
  present: Pick<ScheduleFacts, 'target_group_id'> | null = null,
): Promise<number | null> {
  if (target === 'tag') {
    const owner = await ownerAbove(db, 'tag', target_tag_id, tenant_id)
    if (!owner)
      throw new Invalid({ target_tag_id: 'Choose a tag that can be used at this tenant.' })
    return owner.id
  }
  if (target !== 'group') return null
  const owner = await ownerAbove(db, 'computer_group', target_group_id, tenant_id)
  const is_present = present?.target_group_id === target_group_id
  if (!owner || !(is_present || permits(access, 'computer.view', owner.path)))
    throw new Invalid({ target_group_id: 'Choose a group of this tenant, or of one above it.' })
  return owner.id
}

/** The tenant that has this tag or group, if it is the given one or stands above it. */
export async function ownerAbove(
  db: Reads,
  table: 'tag' | 'computer_group',
  id: number | null,
  tenant_id: number,
) {
  if (id === null) return null
  const found = await everyTenant(db)
    .selectFrom(table)
    .innerJoin('tenant as owner', 'owner.id', `${table}.tenant_id`)
    .innerJoin('tenant as user', (join) => join.on('user.id', '=', tenant_id))
    .select(['owner.id', 'owner.path', 'user.path as user_path'])
    .where(`${table}.id`, '=', id)
    .executeTakeFirst()
  return found?.user_path.startsWith(found.path) ? found : null
}

/** So many computers can be chosen one by one; for more there are tags and groups. */
export const MOST_CHOSEN = 1000
export const TOO_MANY_CHOSEN = `Choose ${MOST_CHOSEN} computers or fewer, or use a tag.`

/** The computers that a schedule is for, where they are chosen one by one. */
export async function listChosen(db: Reads, schedule_id: number) {
  const rows = await everyTenant(db)
    .selectFrom('schedule_computer')
    .select('computer_id')
    .where('schedule_id', '=', schedule_id)
    .orderBy('computer_id')
    .execute()
  return rows.map(({ computer_id }) => computer_id)
}

/**
 * Makes the computers with these ids those that a schedule is for. One that is new among them has
 * to be a computer that the asker sees at the schedule's tenant or below; throws Invalid else.
 */
export async function chooseComputers(
  tx: Tx,
  asker: Asker,
  schedule: { id: number; tenant_id: number },
  ids: number[],
) {
  if (ids.length > MOST_CHOSEN) throw new Invalid({ computers: TOO_MANY_CHOSEN })
  const present = new Set(await listChosen(tx, schedule.id))
  const added = [...new Set(ids)].filter((id) => !present.has(id))
  const removed = [...present].filter((id) => !ids.includes(id))
  if (removed.length > 0)
    await everyTenantTx(tx)
      .deleteFrom('schedule_computer')
      .where('schedule_id', '=', schedule.id)
      .where('computer_id', 'in', removed)
      .execute()
  if (added.length === 0) return
  const owner = await getTenant(tx, asker, schedule.tenant_id)
  const seen = await seenComputers(tx, asker, added)
  const computers = seen.filter(({ path }) => path.startsWith(owner.path))
  if (computers.length < added.length)
    throw new Invalid({ computers: 'Choose computers of this tenant, or of one below it.' })
  for (const { id, tenant_id } of computers)
    await tx
      .insertInto('schedule_computer')
      .values({
        tenant_id: await requireTenant(tx, asker, 'computer.view', tenant_id),
        computer_id: id,
        schedule_tenant_id: schedule.tenant_id,
        schedule_id: schedule.id,
      })
      .execute()
}

/** Those of the computers that are not deleted and that the asker sees, with where they are. */
export const seenComputers = (db: Reads, asker: Asker, ids: number[]) =>
  db
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('computer', 'computer.id', 'listed.id')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.id', 'computer.tenant_id', 'tenant.path'])
    .where('computer.state', '<>', 'deleted')
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))
    .execute()

/** What a schedule is for, and the path of its tenant. */
type Aimed = Pick<ScheduleFacts, 'target_tag_id' | 'target_group_id'> & { path: string }

/**
 * The names of the tags and groups that schedules are for; null without, and for those of a tenant
 * that does not stand above a schedule any more: whoever looks after it learns nothing of that one.
 */
export async function nameTargets(db: Reads, schedules: Aimed[]) {
  const namesIn = async (table: 'tag' | 'computer_group', ids: (number | null)[]) => {
    const wanted = JSON.stringify(ids.filter((id) => id !== null))
    const rows = await everyTenant(db)
      .selectFrom(table)
      .innerJoin('tenant', 'tenant.id', `${table}.tenant_id`)
      .select([`${table}.id`, `${table}.name`, 'tenant.path'])
      .where(`${table}.id`, 'in', (eb) => eb.selectFrom(idTable(wanted)).select('listed.id'))
      .execute()
    const found = new Map(rows.map((row) => [row.id, row]))
    return (id: number | null, path: string) => {
      const target = found.get(id ?? 0)
      return target && path.startsWith(target.path) ? target.name : null
    }
  }
  const tags = await namesIn(
    'tag',
    schedules.map(({ target_tag_id }) => target_tag_id),
  )
  const groups = await namesIn(
    'computer_group',
    schedules.map(({ target_group_id }) => target_group_id),
  )
  return ({ target_tag_id, target_group_id, path }: Aimed) => ({
    tag_name: tags(target_tag_id, path),
    group_name: groups(target_group_id, path),
  })
}

/** The same for one schedule. */
export const nameTarget = async (db: Reads, schedule: Aimed) =>
  (await nameTargets(db, [schedule]))(schedule)

/** The groups of computers that a schedule of a tenant with this path may be for, as far as seen. */
export const usableGroups = (db: Reads, asker: Asker, path: string) =>
  db
    .selectFrom('computer_group')
    .innerJoin('tenant', 'tenant.id', 'computer_group.tenant_id')
    .select(['computer_group.id', 'computer_group.name'])
    .where('tenant.id', 'in', path.split('/').filter(Boolean).map(Number))
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))
    .orderBy('computer_group.name_key')
    .orderBy('computer_group.id')
    .execute()
