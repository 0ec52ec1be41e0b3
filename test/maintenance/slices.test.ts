import t from 'tap'
import { writerOf } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { runBatch } from '../../src/maintenance/batch/run.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import type { Pace } from '../../src/pace.ts'
import { addManyComputers } from '../support/computers.ts'
import { listSessions, listWindows } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World, world } from '../support/world.ts'

const COMPUTERS = 2500

/** No more is written between two turns that others are given. */
const MOST_AT_ONCE = 1100

/** Looks, as `watchWork`. */
function watch(w: World, now: string, stopAt = Infinity) {
  w.clock.now = now
  return watchWork(w, (pace) => look(w.db, { pace }), stopAt)
}

/** Works, and at each turn tells how much was written since the last, and what others see. */
async function watchWork(w: World, work: (pace: Pace) => Promise<unknown>, stopAt = Infinity) {
  const { sqlite } = writerOf(w.db)
  const changes = sqlite.prepare('select total_changes()').pluck()
  const turns: { written: number; seen: number }[] = []
  let before = Number(changes.get())
  const pace = async () => {
    const written = Number(changes.get())
    const seen = (await listSessions(w)).filter(({ ended_at }) => ended_at === null).length
    turns.push({ written: written - before, seen })
    before = written
    if (turns.filter(({ written }) => written > 100).length === stopAt)
      throw new DOMException('stopped', 'AbortError')
  }
  await work(pace)
  // What was written after the last turn, and what is seen at the end.
  await pace()
  return turns
}

const large = <Turn extends { written: number }>(turns: Turn[]) =>
  turns.filter(({ written }) => written > 100)

t.test(
  'the sessions of a large tenant come in slices, and are seen when all are there',
  async (t) => {
    const w = await world(t)
    await addManyComputers(w, ACME, COMPUTERS)
    await addSchedule(w, ACME)
    await look(w.db)
    const opening = await watch(w, '2026-11-24T22:00:00.000Z')
    t.ok(large(opening).length > COMPUTERS / MOST_AT_ONCE)
    t.ok(opening.every(({ written }) => written <= MOST_AT_ONCE))
    // Others see none of them while they come, and never a part.
    t.ok(large(opening).every(({ seen }) => seen === 0))
    t.ok(opening.every(({ seen }) => seen === 0 || seen === COMPUTERS))
    const sessions = await listSessions(w)
    t.equal(new Set(sessions.map(({ computer_id }) => computer_id)).size, COMPUTERS)
    t.equal(sessions.length, COMPUTERS)

    const closing = await watch(w, '2026-11-25T02:00:00.000Z')
    t.ok(large(closing).length > COMPUTERS / MOST_AT_ONCE)
    t.ok(closing.every(({ written }) => written <= MOST_AT_ONCE))
    t.ok((await listSessions(w)).every(({ state }) => state === 'missed'))
  },
)

t.test(
  'a window that is stopped on its way is not there, and opens at the next look',
  async (t) => {
    const w = await world(t)
    await addManyComputers(w, ACME, COMPUTERS)
    await addSchedule(w, ACME)
    await look(w.db)
    await t.rejects(watch(w, '2026-11-24T22:00:00.000Z', 2), { name: 'AbortError' })
    t.same([await listWindows(w), await listSessions(w)], [[], []])
    await look(w.db)
    t.match(await listWindows(w), [{ state: 'open' }])
    t.equal((await listSessions(w)).length, COMPUTERS)
  },
)

t.test('many sessions are cancelled in slices, each by an order of its own', async (t) => {
  const w = await world(t)
  await addManyComputers(w, ACME, COMPUTERS)
  const id = await addSchedule(w, ACME)
  await operation(w.db, w.actor, 'schedule.run', (tx) => runNow(tx, w.actor, id, ''))
  const ids = (await listSessions(w)).map((session) => session.id)
  const batch = { ids, whole: true, reason: 'Storm' }
  const turns = await watchWork(w, (pace) =>
    operation(w.db, w.actor, 'session.batch_cancel', (tx) =>
      // What is only judged counts as no progress.
      runBatch(tx, w.actor, batch, (done, total) =>
        total > 0 ? pace(done, total) : Promise.resolve(),
      ),
    ),
  )
  // An order is a row and a line of the history, and what ends is a row: three for each session.
  t.ok(large(turns).length > (3 * COMPUTERS) / (2 * MOST_AT_ONCE))
  t.ok(turns.every(({ written }) => written <= 2 * MOST_AT_ONCE))
  const sessions = await listSessions(w)
  t.ok(sessions.every(({ state, reason }) => state === 'cancelled' && reason === 'Storm'))
  const orders = await everyTenant(w.db).selectFrom('maintenance_order').selectAll().execute()
  const cancelled = new Set(orders.map(({ session_id }) => session_id))
  t.ok(ids.every((one) => cancelled.has(one)))
})
