import t, { type Test } from 'tap'
import { deleteComputer } from '../../src/computers/commands.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { setScheduleState, updateSchedule } from '../../src/schedules/commands.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule, NIGHTLY } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, START, type World, world } from '../support/world.ts'

/** A world in which Acme's window is open, for one computer in Acme and one in Leeds. */
async function openWindow(t: Test) {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const [two] = await addComputers(w, ACME_LEEDS, ['TWO'])
  const schedule = await addSchedule(w, ACME)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  return { w, one: one!, two: two!, schedule }
}

const change = ({ db, actor }: World, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, 'test.change', write)

const setComputer = (w: World, id: number, values: { tenant_id?: never; state?: 'excluded' }) =>
  change(w, (tx) =>
    everyTenantTx(tx).updateTable('computer').set(values).where('id', '=', id).execute(),
  )

const setParent = (w: World, id: number, parent_id: number) =>
  change(w, (tx) =>
    everyTenantTx(tx).updateTable('tenant').set({ parent_id }).where('id', '=', id).execute(),
  )

const LATER = '2026-11-24T22:10'
const AWAY = 'The computer came to a tenant that the schedule does not reach.'

t.test('a computer takes its session along to a tenant that the schedule reaches', async (t) => {
  const { w, one } = await openWindow(t)
  await setComputer(w, one, { tenant_id: ACME_LEEDS as never })
  await lookAt(w, LATER)
  t.match(await listSessions(w), [
    { tenant_id: ACME_LEEDS, state: 'pending' },
    { tenant_id: ACME_LEEDS, state: 'pending' },
  ])
})

t.test('the session of a computer ends where it comes out of reach', async (t) => {
  const { w, one } = await openWindow(t)
  await setComputer(w, one, { tenant_id: RIVAL as never })
  await lookAt(w, LATER)
  t.match(await listSessions(w), [
    { tenant_id: RIVAL, state: 'skipped', reason: AWAY },
    { state: 'pending' },
  ])
})

t.test('sessions end with the move of their tenant out of reach', async (t) => {
  const { w } = await openWindow(t)
  await setParent(w, ACME_LEEDS, RIVAL)
  await lookAt(w, LATER)
  t.match(await listSessions(w), [{ state: 'pending' }, { state: 'skipped', reason: AWAY }])
})

t.test('a tenant that moves with its schedule keeps the window open', async (t) => {
  const { w } = await openWindow(t)
  await setParent(w, ACME, NORTHWIND)
  await lookAt(w, LATER)
  t.match(await listSessions(w), [{ state: 'pending' }, { state: 'pending' }])
})

t.test(
  'the sessions of deleted and excluded computers end, and the window with them',
  async (t) => {
    const { w, one, two } = await openWindow(t)
    await change(w, (tx) => deleteComputer(tx, w.actor, one))
    await setComputer(w, two, { state: 'excluded' })
    await lookAt(w, LATER)
    t.match(await listSessions(w), [
      { state: 'skipped', reason: 'The computer was deleted.' },
      { state: 'skipped', reason: 'This computer is excluded from maintenance.' },
    ])
    t.match(await listWindows(w), [{ state: 'closed' }])
  },
)

t.test('a schedule that is changed or disabled leaves what is open as it is', async (t) => {
  const { w, schedule } = await openWindow(t)
  const before = await listSessions(w)
  const options = { 'maintenance.reboot_preference': 'suppress' }
  const input = { ...NIGHTLY, options, window_minutes: 60 }
  await change(w, (tx) => updateSchedule(tx, w.actor, schedule, input, 1))
  await change(w, (tx) => setScheduleState(tx, w.actor, schedule, 'disabled'))
  await lookAt(w, '2026-11-25T01:00')
  t.same(await listSessions(w), before)
  t.match(await listWindows(w), [{ state: 'open', ends_at: '2026-11-25T02:00:00.000Z' }])
  await lookAt(w, '2026-11-25T22:00')
  t.equal((await listWindows(w)).length, 1)
})

t.test('what has not started ends when its schedule is deleted', async (t) => {
  const { w, schedule } = await openWindow(t)
  await change(w, (tx) => setScheduleState(tx, w.actor, schedule, 'deleted'))
  await lookAt(w, LATER)
  const ended = { state: 'cancelled', reason: 'Its schedule was deleted.' }
  t.match(await listWindows(w), [ended])
  t.match(await listSessions(w), [ended, ended])
})

t.test('a window says when the tag that its schedule is for was deleted', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const { id } = await makeTag(w, ACME, 'Kiosk')
  await addSchedule(w, ACME, { target: 'tag', target_tag_id: id })
  await change(w, (tx) => everyTenantTx(tx).deleteFrom('tag').where('id', '=', id).execute())
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  const reason = 'The tag that it is for has been deleted.'
  t.match(await listWindows(w), [{ state: 'skipped', reason }])
})
