import { join } from 'node:path'
import type { Db } from '../../src/db/connection.ts'
import { operation, system } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { look, scheduler } from '../../src/maintenance/scheduler.ts'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import type { Bench } from '../bench.ts'
import { addComputers } from '../computers.ts'
import { type Dataset, copyDataset } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { addSchedules, openAt, twoForEach } from '../schedules.ts'
import { timed } from '../timed.ts'

/** The first client of the dataset, below which some thirty tenants are. */
const CLIENT = 3
const GIVE_UP_MS = 120_000

/** What the scheduler takes for many computers and many schedules. */
export async function* maintenance(bench: Bench): AsyncGenerator<Figure> {
  const tenants = bench.scale.small / 2
  const dataset = copyDataset(await bench.dataset(tenants), join(bench.folder, 'maintenance'))
  await addComputers(dataset, tenants * 20)
  const one_client = copyDataset(dataset, join(bench.folder, 'one-client'))
  yield* planning(dataset, bench.scale.repeats)
  yield* large(dataset, 'all tenants')
  yield* many(dataset, tenants)
  yield* ofOneClient(one_client)
}

async function* planning(dataset: Dataset, repeats: number) {
  const db = openAt(dataset, '2026-11-24T12:00:00.000Z')
  await addSchedules(db, dataset, [
    { tenant_id: ROOT_ID, name: 'Of each', zone_of: 'tenant', zone: null },
  ])
  const times: number[] = []
  for (let turn = 0; turn <= repeats; turn++) {
    await noteToPlan(db, 1)
    const { cpu_seconds } = await timed(() => planWhatChanged(db))
    times.push(cpu_seconds * 1000)
  }
  await db.close()
  yield figure('Planning a schedule of all computers anew', median(times.slice(1)), 'ms', {
    at_most: 50,
  })
}

/** 0 stands for all. */
const noteToPlan = (db: Db, schedule_id: number) =>
  system(db, (tx) =>
    tx
      .insertInto('schedule_to_plan')
      .values({ schedule_id })
      .onConflict((oc) => oc.doNothing())
      .execute(),
  )

/** One window of many computers: opened, and closed. */
async function* large(dataset: Dataset, whose: string) {
  const before = openAt(dataset, '2026-11-24T21:59:00.000Z')
  await look(before)
  await before.close()
  const db = openAt(dataset, '2026-11-24T22:00:00.000Z')
  const opening = await timed(() => withOthers(db, () => look(db)))
  const sessions = await count(db, 'maintenance_session')
  await db.close()
  const facts = { sessions, cpu_ms: opening.cpu_seconds * 1000, write_ms: opening.result }
  yield figure(
    `Opening a window of ${whose}`,
    opening.seconds * 1000,
    'ms',
    { at_most: 5000 },
    facts,
  )
  yield held(`Opening a window of ${whose}`, opening)
  const later = openAt(dataset, '2026-11-25T02:00:00.000Z')
  const closing = await timed(() => look(later))
  await later.close()
  const cpu_ms = closing.cpu_seconds * 1000
  yield figure(`Closing a window of ${whose}`, closing.seconds * 1000, 'ms', null, { cpu_ms })
  yield held(`Closing a window of ${whose}`, closing)
}

type Held = { loop_ms: number; turn_cpu_ms: number }

const held = (what: string, { loop_ms, turn_cpu_ms }: Held) =>
  figure(`${what}: event loop held`, loop_ms, 'ms', { at_most: 100 }, { cpu_ms: turn_cpu_ms })

/** How long somebody who saves a tenant again and again meanwhile waits at most, in ms. */
async function withOthers(db: Db, work: () => Promise<unknown>) {
  let longest = 0
  const done = new AbortController()
  const author = { person_id: null, name: 'Bench' }
  const others = async () => {
    for (let turn = 0; !done.signal.aborted; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      const began = performance.now()
      await operation(db, author, 'tenant.update', (tx) =>
        everyTenantTx(tx)
          .updateTable('tenant')
          .set({ description: `Turn ${turn}` })
          .where('id', '=', CLIENT)
          .execute(),
      )
      longest = Math.max(longest, performance.now() - began)
    }
  }
  const saving = others()
  await work()
  done.abort()
  await saving
  return longest
}

const count = async (db: Db, table: 'maintenance_session' | 'maintenance_window') =>
  (
    await everyTenant(db)
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count

/** All computers are those of one client, and so in one branch below the root. */
async function* ofOneClient(dataset: Dataset) {
  const db = openAt(dataset, '2026-11-24T12:00:00.000Z')
  await operation(db, dataset.actor, 'computer.move', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ tenant_id: CLIENT as never, primary_person_id: null })
      .execute(),
  )
  await addSchedules(db, dataset, [{ tenant_id: CLIENT }])
  await db.close()
  yield* large(dataset, 'one client')
}

/** Very many schedules that are due at the same moment, which a scheduler waits for. */
async function* many(dataset: Dataset, tenants: number) {
  const due = Date.parse('2026-11-26T20:00:00.000Z')
  const before = openAt(dataset, '2026-11-26T19:59:00.000Z')
  const placed = await twoForEach(before, tenants, '20:00')
  await addSchedules(before, dataset, placed)
  const planned = await timed(() => look(before))
  await noteToPlan(before, 0)
  const anew = await timed(() => look(before))
  await before.close()
  const schedules = placed.length
  yield figure('Planning 10,000 new schedules', planned.seconds * 1000, 'ms', null, {
    cpu_ms: planned.cpu_seconds * 1000,
    schedules,
  })
  yield held('Planning 10,000 new schedules', planned)
  yield figure('Planning them all anew', anew.seconds * 1000, 'ms', null, {
    cpu_ms: anew.cpu_seconds * 1000,
  })
  const db = openAt(dataset, new Date(due - 1500).toISOString())
  const opening = await timed(() => waitFor(db, schedules, due))
  await db.close()
  const { p99, cpu_ms } = opening.result
  const facts = { schedules, cpu_ms }
  yield figure('10,000 schedules due in one minute: p99', p99, 'ms', { at_most: 2000 }, facts)
  yield held('10,000 schedules due', opening)
  const later = openAt(dataset, new Date(due + 240 * 60_000).toISOString())
  const closing = await timed(() => look(later))
  await later.close()
  yield figure('Closing 10,000 windows', closing.seconds * 1000, 'ms', null, {
    cpu_ms: closing.cpu_seconds * 1000,
  })
  yield held('Closing 10,000 windows', closing)
}

/** How long after it is due the 99th of a hundred windows is there to be read. */
async function waitFor(db: Db, schedules: number, due: number) {
  const first = await count(db, 'maintenance_window')
  const offset = due - Date.parse(db.now())
  const began = performance.now()
  const working = scheduler(db, {
    moved() {},
    trouble: (error) => {
      throw error
    },
  })
  const cpu = process.cpuUsage()
  working.start()
  let p99 = Infinity
  for (let opened = 0; opened < schedules;) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    opened = (await count(db, 'maintenance_window')) - first
    if (opened >= schedules * 0.99) p99 = Math.min(p99, performance.now() - began - offset)
    if (performance.now() - began > GIVE_UP_MS) break
  }
  const { user, system: kernel } = process.cpuUsage(cpu)
  await working.stop()
  return { p99, cpu_ms: (user + kernel) / 1000 }
}
