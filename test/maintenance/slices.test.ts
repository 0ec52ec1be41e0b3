import t from 'tap'
import { writerOf } from '../../src/db/connection.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { addManyComputers } from '../support/computers.ts'
import { listSessions, listWindows } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World, world } from '../support/world.ts'

const COMPUTERS = 2500

/** No more is written between two turns that others are given. */
const MOST_AT_ONCE = 1100

/** Looks, and at each turn tells how much was written since the last, and what others see. */
async function watch(w: World, now: string, stopAt = Infinity) {
  w.clock.now = now
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
  await look(w.db, { pace })
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
