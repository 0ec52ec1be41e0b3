import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { chosen, type Conflict, holdersOf, KEEP, type Pair, type Part, TAKE } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { tally } from '../tally.ts'

/**
 * What the source decides about schedules of others does not come to hold for all of the destination
 * unless somebody chooses so. About one that does not reach the destination, or becomes its own,
 * there is nothing to decide.
 */
export const scheduleOverrides: Part = {
  columns: ['schedule_override.tenant_id'],
  needs: ['schedule.view', 'schedule.edit'],

  async look(db, pair) {
    const overrides = await overridesAt(db, [pair.source.id])
    const held = await overridesAt(db, holdersOf(pair))
    return {
      counts: [
        {
          what: 'Decisions about inherited schedules',
          number: overrides.length,
          becomes: 'Go with the source, unless you take them',
          became: tally(
            overrides,
            (one) => isTaken(pair, one),
            'taken by the destination',
            'gone with the source',
          ),
        },
      ],
      conflicts: overrides
        .filter((one) => reaches(pair, one))
        .map((one) =>
          conflictOf(
            one,
            held.findLast(({ schedule_id }) => schedule_id === one.schedule_id),
          ),
        ),
    }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    for (const one of await overridesAt(tx, [pair.source.id])) {
      const is_taken = isTaken(pair, one)
      await all
        .deleteFrom('schedule_override')
        .where('schedule_id', '=', one.schedule_id)
        .where('tenant_id', '=', is_taken ? pair.destination.id : pair.source.id)
        .execute()
      if (is_taken)
        await all
          .updateTable('schedule_override')
          .set((eb) => ({ tenant_id: admittedAt(pair), version: eb('version', '+', 1) }))
          .where('id', '=', one.id)
          .execute()
      await step(1)
    }
    // Left behind by a move out of reach, it would be about a schedule of its own.
    const of_source = everyTenant(tx)
      .selectFrom('schedule')
      .select('schedule.id')
      .where('schedule.tenant_id', '=', pair.source.id)
    await all
      .deleteFrom('schedule_override')
      .where('tenant_id', '=', pair.destination.id)
      .where('schedule_id', 'in', of_source)
      .execute()
  },
}

/** The ids of the decisions that the destination takes. */
export const takenBy = async (db: Reads, pair: Pair) =>
  (await overridesAt(db, [pair.source.id])).filter((one) => isTaken(pair, one)).map(({ id }) => id)

const overridesAt = (db: Reads, tenant_ids: number[]) =>
  everyTenant(db)
    .selectFrom('schedule_override as own')
    .innerJoin('schedule', 'schedule.id', 'own.schedule_id')
    .innerJoin('tenant as owner', 'owner.id', 'schedule.tenant_id')
    .select(['own.id', 'own.schedule_id', 'own.form', 'schedule.name'])
    .select(['schedule.applies_to_children', 'owner.id as owner_id', 'owner.path as owner_path'])
    .where('own.tenant_id', 'in', tenant_ids)
    .orderBy('own.id')
    .execute()

type Override = Awaited<ReturnType<typeof overridesAt>>[number]

/** Whether the destination inherits the schedule. */
const reaches = ({ destination, source_ids }: Pair, one: Override) =>
  one.applies_to_children === 1 &&
  one.owner_id !== destination.id &&
  !source_ids.has(one.owner_id) &&
  destination.path.startsWith(one.owner_path)

const isTaken = (pair: Pair, one: Override) =>
  reaches(pair, one) && chosen(pair, conflictOf(one, undefined)) === TAKE.value

const words = { off: 'Switched off', on: 'Switched on', own: 'Times of its own' } as const

const conflictOf = (one: Override, held: Override | undefined): Conflict => ({
  id: `schedule-override:${one.id}`,
  title: `Inherited schedule ${one.name}`,
  source: words[one.form],
  destination: held ? words[held.form] : 'As it is inherited',
  options: [KEEP, TAKE],
})
