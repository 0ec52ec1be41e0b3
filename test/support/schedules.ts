import { operation } from '../../src/db/operation.ts'
import { createSchedule } from '../../src/schedules/commands.ts'
import type { ScheduleInput } from '../../src/schedules/commands.ts'
import { USUAL_FACTS } from '../../src/schedules/facts.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import type { World } from './world.ts'

/** Every night at 22:00 UTC, for four hours, for all computers of the tenant and below. */
export const NIGHTLY: ScheduleInput = {
  ...USUAL_FACTS,
  name: 'Nightly',
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  window_minutes: 240,
  zone_of: 'fixed',
  zone: 'UTC',
  computer_ids: [],
}

/** Makes a schedule as NIGHTLY, but for what is given; returns its id. */
export const addSchedule = (
  { db, actor }: Pick<World, 'db' | 'actor'>,
  tenant_id: number,
  given: Partial<ScheduleInput> = {},
) =>
  operation(db, actor, 'schedule.create', (tx) =>
    createSchedule(tx, actor, tenant_id, { ...NIGHTLY, ...given }),
  )

/** Decides for a tenant about a schedule that it inherits. */
export const override = (
  { db, actor }: Pick<World, 'db' | 'actor'>,
  tenant_id: number,
  id: number,
  form: 'off' | 'on',
) =>
  operation(db, actor, 'schedule.override', (tx) =>
    overrideSchedule(tx, actor, tenant_id, id, { form, times: null }, 0),
  )
