import t from 'tap'
import { currentActor } from '../../src/access/current-actor.ts'
import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { Conflict, Forbidden, NotFound } from '../../src/errors.ts'
import { cancelSession, cancelWindow, runNow } from '../../src/maintenance/commands.ts'
import { setScheduleState } from '../../src/schedules/commands.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'

const run = (w: World, schedule: number, by = w.actor) =>
  operation(w.db, by, 'schedule.run', (tx) => runNow(tx, by, schedule, 'Urgent'))

const order = (w: World, write: (tx: Tx) => Promise<unknown>) =>
  operation(w.db, w.actor, 'test.order', write)

/** Somebody as they are when a request of theirs arrives. */
const actorOf = ({ db, actor }: World, person_id: number) =>
  currentActor(db, db.now(), { ...actor, person_id, access: WHOLE_ACCESS })

t.test('runs a schedule now, also one that is disabled, for its usual length', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  const schedule = await addSchedule(w, ACME)
  await order(w, (tx) => setScheduleState(tx, w.actor, schedule, 'disabled'))
  t.match(await run(w, schedule), { sessions: 2 })
  const ends_at = '2026-11-24T13:00:00.000Z'
  t.match(await listWindows(w), [{ state: 'open', cause: 'run_now', reason: 'Urgent', ends_at }])
  await lookAt(w, ends_at)
  t.match(await listSessions(w), [{ state: 'missed' }, { state: 'missed' }])
})

t.test('runs nothing that is open, is deleted, or covers no computer', async (t) => {
  const w = await world(t)
  const schedule = await addSchedule(w, ACME)
  await t.rejects(run(w, schedule), new Conflict('“Nightly” covers no computer.'))
  await addComputers(w, ACME, ['ONE'])
  await run(w, schedule)
  await t.rejects(run(w, schedule), /has a window that is open/)
  await order(w, (tx) => setScheduleState(tx, w.actor, schedule, 'deleted'))
  await t.rejects(run(w, schedule), /is deleted/)
  t.equal((await listWindows(w)).length, 1)
})

t.test('cancels a window with what is not over in it, and opens the one that waits', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY;BYHOUR=20,22', start: '2026-11-24T20:00' }]
  await addSchedule(w, ACME, { rules, overlap: 'queue' })
  for (const at of [START, '2026-11-24T20:00', '2026-11-24T22:00']) await lookAt(w, at)
  await order(w, (tx) => cancelWindow(tx, w.actor, 1, 'Fire drill'))
  await lookAt(w, '2026-11-24T22:01')
  t.match(await listWindows(w), [{ state: 'cancelled', reason: 'Fire drill' }, { state: 'open' }])
  t.match(await listSessions(w), [{ state: 'cancelled' }, { state: 'pending' }])
  const again = order(w, (tx) => cancelWindow(tx, w.actor, 1, ''))
  await t.rejects(again, new Conflict('This window is over already.'))
})

t.test('a window closes when the last of its sessions is cancelled', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO'])
  await run(w, await addSchedule(w, ACME))
  await order(w, (tx) => cancelSession(tx, w.actor, 1, ''))
  await lookAt(w, '2026-11-24T09:01')
  t.match(await listWindows(w), [{ state: 'open' }])
  await order(w, (tx) => cancelSession(tx, w.actor, 2, ''))
  await lookAt(w, '2026-11-24T09:02')
  t.match(await listWindows(w), [{ state: 'closed' }])
  await t.rejects(
    order(w, (tx) => cancelSession(tx, w.actor, 2, '')),
    new Conflict('This session is over already.'),
  )
})

t.test('T5: who may not run schedules there does not, nor learns of them', async (t) => {
  const w = await world(t)
  const { dana, charlie } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME)
  await run(w, schedule)
  for (const [who, refusal] of [
    [await actorOf(w, dana.person_id), Forbidden],
    [await actorOf(w, charlie.person_id), NotFound],
  ] as const)
    for (const attempt of [
      (tx: Tx): Promise<unknown> => runNow(tx, who, schedule, ''),
      (tx: Tx) => cancelWindow(tx, who, 1, ''),
      (tx: Tx) => cancelSession(tx, who, 1, ''),
    ]) {
      const ordered = operation(w.db, who, 'test.order', attempt)
      const met: unknown = await ordered.catch((error: unknown) => error)
      t.ok(met instanceof refusal, `${who.name}: ${refusal.name}`)
    }
  t.match(await listSessions(w), [{ state: 'pending' }])
})

t.test('T25: each order is one change in the history', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO'])
  await run(w, await addSchedule(w, ACME))
  await order(w, (tx) => cancelSession(tx, w.actor, 1, ''))
  await order(w, (tx) => cancelWindow(tx, w.actor, 1, ''))
  const changes = await everyTenant(w.db)
    .selectFrom('change')
    .select(['table_name', 'tenant_id'])
    .where('table_name', 'in', ['maintenance_order', 'maintenance_session', 'maintenance_window'])
    .execute()
  t.same(
    changes,
    Array.from({ length: 3 }, () => ({ table_name: 'maintenance_order', tenant_id: ACME })),
  )
})

t.test('what was run cannot be taken back', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await run(w, await addSchedule(w, ACME))
  const { id } = await w.db
    .selectFrom('operation')
    .select('id')
    .where('kind', '=', 'schedule.run')
    .executeTakeFirstOrThrow()
  const answer = await w.alice.get(`/history/${id}/undo`)
  t.match(answer.body, 'cannot be taken back')
})
