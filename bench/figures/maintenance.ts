import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'
import type { Db } from '../../src/db/connection.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { databasePath } from '../../src/db/data-directory.ts'
import { operation, system } from '../../src/db/operation.ts'
import type { TargetKinds } from '../../src/db/schedule-schema.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import type { VisibleTenant } from '../../src/db/scope.ts'
import { look, scheduler } from '../../src/maintenance/scheduler.ts'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { type ScheduleFacts, writeFacts } from '../../src/schedules/stored.ts'
import type { Bench } from '../bench.ts'
import { addComputers } from '../computers.ts'
import { type Dataset, copyDataset } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'

const MINUTE = 60_000
const ROOT = 1 as VisibleTenant
const AT_ONCE = 500

const FACTS: ScheduleFacts = {
  name: 'Nightly',
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  window_minutes: 240,
  zone_of: 'fixed',
  zone: 'UTC',
  applies_to_children: true,
  locked: false,
  detection_minutes: null,
  target: 'all',
  target_tag_id: null,
  target_group_id: null,
  target_kinds: 'any',
  options: {},
  spread_minutes: 60,
  missed: 'skip',
  missed_days: 7,
  overlap: 'skip',
  unfinished: 'miss',
}

/** What the scheduler takes for many computers and many schedules. */
export async function* maintenance(bench: Bench): AsyncGenerator<Figure> {
  const tenants = bench.scale.small / 2
  const dataset = copyDataset(await bench.dataset(tenants), join(bench.folder, 'maintenance'))
  await addComputers(dataset, tenants * 20)
  yield await planning(dataset, bench.scale.repeats)
  yield* large(dataset, tenants * 20)
  yield* many(dataset, tenants * 2)
}

/** A database whose clock begins at an instant, and goes on from there. */
function openAt({ directory }: Dataset, start: string) {
  const began = performance.now()
  const now = () => new Date(Date.parse(start) + performance.now() - began).toISOString()
  return openDatabase(databasePath(directory), now)
}

type Placed = Partial<ScheduleFacts> & { tenant_id: VisibleTenant }

const addSchedules = (db: Db, { actor }: Dataset, schedules: Placed[]) =>
  operation(db, actor, 'schedule.import', async (tx) => {
    for (let start = 0; start < schedules.length; start += AT_ONCE)
      await tx
        .insertInto('schedule')
        .values(
          schedules.slice(start, start + AT_ONCE).map(({ tenant_id, ...facts }) => ({
            tenant_id,
            ...writeFacts({ ...FACTS, ...facts }, null),
          })),
        )
        .execute()
  })

async function planning(dataset: Dataset, repeats: number) {
  const db = openAt(dataset, '2026-11-24T12:00:00.000Z')
  await addSchedules(db, dataset, [
    { tenant_id: ROOT, name: 'Of each', zone_of: 'tenant', zone: null },
  ])
  const times: number[] = []
  for (let turn = 0; turn <= repeats; turn++) {
    await system(db, (tx) =>
      tx
        .insertInto('schedule_to_plan')
        .values({ schedule_id: 1 })
        .onConflict((oc) => oc.doNothing())
        .execute(),
    )
    const began = performance.now()
    await planWhatChanged(db)
    times.push(performance.now() - began)
  }
  await db.close()
  return figure('Planning a schedule of 100,000 computers anew', median(times.slice(1)), 'ms', {
    at_most: 50,
  })
}

async function* large(dataset: Dataset, computers: number) {
  const db = openAt(dataset, '2026-11-24T21:59:00.000Z')
  await look(db)
  await db.close()
  const later = openAt(dataset, '2026-11-24T22:00:00.000Z')
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const began = performance.now()
  await look(later)
  const took = performance.now() - began
  delay.disable()
  const sessions = await count(later, 'maintenance_session')
  await later.close()
  yield figure(
    'Opening a window of 100,000 computers',
    took,
    'ms',
    { at_most: 5000 },
    { sessions, computers },
  )
  yield figure('Opening it: event loop held', delay.max / 1e6, 'ms', { at_most: 100 })
}

const count = async (db: Db, table: 'maintenance_session' | 'maintenance_window') =>
  (
    await everyTenant(db)
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count

async function* many(dataset: Dataset, schedules: number) {
  const due = '2026-11-26T20:00:00.000Z'
  const db = openAt(dataset, new Date(Date.parse(due) - (1.5 * MINUTE) / 60).toISOString())
  const rules = [{ rrule: 'FREQ=DAILY', start: '2026-11-25T20:00' }]
  const before = openDatabase(databasePath(dataset.directory), () => '2026-11-26T19:59:30.000Z')
  await addSchedules(before, dataset, await placesFor(before, schedules, rules))
  await look(before)
  await before.close()
  const first = await count(db, 'maintenance_window')
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const working = scheduler(db, {
    moved() {},
    trouble: (error) => {
      throw error
    },
  })
  const offset = Date.parse(due) - Date.parse(db.now())
  const began = performance.now()
  delay.enable()
  const cpu = process.cpuUsage()
  working.start()
  const seen: { at: number; opened: number }[] = []
  while ((seen.at(-1)?.opened ?? 0) < schedules) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    seen.push({
      at: performance.now() - began - offset,
      opened: (await count(db, 'maintenance_window')) - first,
    })
    if (performance.now() - began > 120_000) break
  }
  delay.disable()
  const { user, system: kernel } = process.cpuUsage(cpu)
  await working.stop()
  await db.close()
  const late = seen.find(({ opened }) => opened >= schedules * 0.99)?.at ?? Infinity
  yield figure(
    '10,000 schedules due in one minute: p99',
    late,
    'ms',
    { at_most: 2000 },
    { schedules, cpu_ms: (user + kernel) / 1000 },
  )
  yield figure('10,000 schedules: event loop held', delay.max / 1e6, 'ms', { at_most: 100 })
}

async function placesFor(
  db: Db,
  schedules: number,
  rules: ScheduleFacts['rules'],
): Promise<Placed[]> {
  const owners = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('id', '>', 2)
    .orderBy('id')
    .limit(schedules / 2)
    .execute()
  const kinds: TargetKinds[] = ['not_servers', 'servers']
  return owners.flatMap(({ id }) =>
    kinds.map((target_kinds) => ({
      tenant_id: id as VisibleTenant,
      name: `Of ${target_kinds}`,
      applies_to_children: false,
      target_kinds,
      rules,
    })),
  )
}
