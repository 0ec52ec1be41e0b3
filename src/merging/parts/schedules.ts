import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { nameKey } from '../../tenants/names.ts'
import { lackingAt } from '../pairs.ts'
import { type Conflict, holdersOf, type Pair, type Part, RENAME } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { withSuffix } from '../suffix.ts'
import { tally } from '../tally.ts'

/**
 * Schedules go with their windows and chosen computers, and then cover what they are for in all of
 * the destination. They go before computers, whose sessions stay within their reach.
 */
export const schedules: Part = {
  columns: [
    'schedule.tenant_id',
    'maintenance_order.tenant_id',
    // These follow their schedules, windows and computers by themselves.
    'maintenance_window.tenant_id',
    'maintenance_session.tenant_id',
    'maintenance_session.window_tenant_id',
    'schedule_computer.schedule_tenant_id',
    'schedule_computer.tenant_id',
    'schedule_override.schedule_tenant_id',
  ],
  needs: ['schedule.view', 'schedule.edit'],

  async look(db, pair) {
    const moving = await namedAnew(db, pair)
    const is_locked = moving.some(({ locked }) => locked === 1)
    const both = [pair.source, pair.destination]
    return {
      counts: [
        {
          what: 'Schedules',
          number: moving.length,
          becomes: 'Move, and are for all of the destination',
          became: tally(
            moving,
            ({ name, new_name }) => name === new_name,
            'moved, for all of the destination',
            'moved under another name, for all of the destination',
          ),
        },
      ],
      conflicts: moving.flatMap((schedule) => conflictOf(schedule)),
      refusals: is_locked
        ? both.flatMap((tenant) => lackingAt(pair.asker, tenant, ['schedule.lock']))
        : [],
    }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    const tenant_id = admittedAt(pair)
    for (const { id, new_name } of await namedAnew(tx, pair)) {
      await all
        .updateTable('schedule')
        .set((eb) => ({
          tenant_id,
          name: new_name,
          name_key: nameKey(new_name),
          version: eb('version', '+', 1),
        }))
        .where('id', '=', id)
        .execute()
      await step(1)
    }
    await all
      .updateTable('maintenance_order')
      .set({ tenant_id })
      .where('tenant_id', '=', pair.source.id)
      .execute()
  },
}

/** The schedules that move, with the names that they will have; deleted ones share theirs. */
export async function namedAnew(db: Reads, pair: Pair) {
  const moving = await schedulesAt(db, [pair.source.id])
  const others = await schedulesAt(db, holdersOf(pair))
  const taken = new Set([...others, ...moving].filter(isThere).map(({ name_key }) => name_key))
  const held = new Set(others.filter(isThere).map(({ name_key }) => name_key))
  return moving.map((schedule) => {
    const { name, name_key } = schedule
    if (!isThere(schedule) || !held.has(name_key)) return { ...schedule, new_name: name }
    const new_name = withSuffix(name, pair.source.name, (one) => taken.has(nameKey(one)))
    taken.add(nameKey(new_name))
    return { ...schedule, new_name }
  })
}

const schedulesAt = (db: Reads, tenant_ids: number[]) =>
  everyTenant(db)
    .selectFrom('schedule')
    .select(['id', 'name', 'name_key', 'state', 'locked'])
    .where('tenant_id', 'in', tenant_ids)
    .orderBy('id')
    .execute()

const isThere = ({ state }: { state: string }) => state !== 'deleted'

type Moving = Awaited<ReturnType<typeof namedAnew>>[number]

const conflictOf = ({ id, name, new_name }: Moving): Conflict[] =>
  name === new_name
    ? []
    : [
        {
          id: `schedule:${id}`,
          title: `Schedule ${name}`,
          source: `Becomes ${new_name}`,
          destination: 'Has a schedule of this name',
          options: [RENAME],
        },
      ]
