import t from 'tap'
import { openDatabase } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { closeEndedWindows } from '../../src/maintenance/close.ts'
import { cancelWindow } from '../../src/maintenance/commands.ts'
import { paced } from '../../src/pace.ts'
import { setScheduleState } from '../../src/schedules/commands.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, START, type World, world } from '../support/world.ts'

const OPEN = '2026-11-24T22:00'

/** A world in which a window of Acme is open, for one computer. */
async function opened(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME)
  for (const at of [START, OPEN]) await lookAt(w, at)
  return { w, schedule }
}

t.test('a window that is cancelled while another process closes it stays cancelled', async (t) => {
  const { w } = await opened(t)
  w.clock.now = '2026-11-25T02:00:00.000Z'
  const other = openDatabase(w.path, () => '2026-11-25T01:59:59.900Z')
  t.teardown(() => other.close())
  const cancelled = Promise.withResolvers<void>()
  const looking = Promise.withResolvers<void>()
  const cancelling = operation(other, w.actor, 'window.cancel', async (tx) => {
    await cancelWindow(tx, w.actor, 1, 'Stop')
    cancelled.resolve()
    await looking.promise
  })
  await cancelled.promise
  const closing = closeEndedWindows(w.db, w.db.now(), paced())
  looking.resolve()
  await Promise.all([cancelling, closing])
  t.match(await listWindows(w), [
    { state: 'cancelled', reason: 'Stop', closed_at: '2026-11-25T01:59:59.900Z' },
  ])
  t.match(await listSessions(w), [{ state: 'cancelled' }])
})

const setState = ({ db, actor }: World, schedule: number, state: 'deleted' | 'disabled') =>
  operation(db, actor, 'test.state', (tx) => setScheduleState(tx, actor, schedule, state))

t.test('a window ends with its schedule, also where that is restored at once', async (t) => {
  const { w, schedule } = await opened(t)
  await setState(w, schedule, 'deleted')
  await setState(w, schedule, 'disabled')
  await lookAt(w, '2026-11-24T22:01')
  const reason = 'Its schedule was deleted.'
  t.match(await listWindows(w), [{ state: 'cancelled', reason }])
  t.match(await listSessions(w), [{ state: 'cancelled', reason }])
})

t.test('what a tenant prefers while a window is open counts from the next one on', async (t) => {
  const { w } = await opened(t)
  await putPreference(w, ACME, 'maintenance.exclude_computers', true)
  await lookAt(w, '2026-11-24T22:01')
  t.match(await listSessions(w), [{ state: 'pending' }])
  for (const at of ['2026-11-25T02:00', '2026-11-25T22:00']) await lookAt(w, at)
  t.match(await listSessions(w), [{ state: 'missed' }, { state: 'skipped' }])
})
