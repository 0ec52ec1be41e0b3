import t, { type Test } from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { merge } from '../support/merging.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, START, type World, world } from '../support/world.ts'

// What becomes of sessions when computers and tenants move while a window is open, and come back.

const AWAY = 'The computer came to a tenant that the schedule does not reach.'
const GONE = { state: 'skipped', reason: AWAY, ended_at: '2026-11-24T22:10:00.000Z' }
const AHEAD = { state: 'pending', reason: '', ended_at: null }

/** A world in which a window of Acme is open for a computer of Acme, and for one of Leeds. */
async function openWindow(t: Test, given: Parameters<typeof addSchedule>[2] = {}) {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const [two] = await addComputers(w, ACME_LEEDS, ['TWO'])
  const schedule = await addSchedule(w, ACME, given)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  return { w, one: one!, two: two!, schedule }
}

async function succeed(answer: ReturnType<World['api']['post']>) {
  const { statusCode, body } = await answer
  if (statusCode >= 300) throw new Error(body)
}

const reparent = async ({ api }: World, id: number, parent_id: number) => {
  const { version } = (await api.get(`/tenants/${id}`)).json()
  return succeed(api.patch(`/tenants/${id}`, { parent_id, version }))
}

const send = ({ api }: World, ids: number[], tenant_id: number) =>
  succeed(api.post('/computers/batch', { action: 'change_tenant', ids, tenant_id }))

async function undoLast({ api, db, actor }: World) {
  const [last] = (await api.get('/operations?limit=1')).json().operations
  return takeBack(db, actor, last.id, null)
}

t.test('a session that a re-parent ended is to come again when it is undone', async (t) => {
  const { w } = await openWindow(t)
  await reparent(w, ACME_LEEDS, RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [AHEAD, GONE])
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [AHEAD, AHEAD])
})

t.test('so it is when a computer is sent away and the move undone', async (t) => {
  const { w, one } = await openWindow(t)
  await send(w, [one], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [{ ...GONE, tenant_id: RIVAL }, AHEAD])
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [{ ...AHEAD, tenant_id: ACME }, AHEAD])
})

t.test('or is sent back', async (t) => {
  const { w, one } = await openWindow(t)
  await send(w, [one], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  await send(w, [one], ACME_LEEDS)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [{ ...AHEAD, tenant_id: ACME_LEEDS }, AHEAD])
})

t.test('a merge out of reach ends sessions, and its undo brings them back', async (t) => {
  const { w } = await openWindow(t)
  const { operation_id } = await merge(w, [ACME_LEEDS], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [AHEAD, { ...GONE, tenant_id: RIVAL }])
  await takeBack(w.db, w.actor, operation_id, null)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [AHEAD, { ...AHEAD, tenant_id: ACME_LEEDS }])
})

t.test('a merge within reach takes sessions along, and back', async (t) => {
  const { w } = await openWindow(t)
  const { operation_id } = await merge(w, [ACME_LEEDS], ACME)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [AHEAD, { ...AHEAD, tenant_id: ACME }])
  await takeBack(w.db, w.actor, operation_id, null)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [AHEAD, { ...AHEAD, tenant_id: ACME_LEEDS }])
})

t.test('a tenant that takes its schedule along takes the sessions along, and back', async (t) => {
  const { w } = await openWindow(t)
  await reparent(w, ACME, NORTHWIND)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [AHEAD, AHEAD])
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [AHEAD, AHEAD])
})

t.test('a session ends where its tenant comes to one that does not inherit', async (t) => {
  const { w } = await openWindow(t)
  const { id } = (await w.api.post('/tenants', { name: 'Own', parent_id: ACME })).json()
  await succeed(w.api.patch(`/tenants/${id}`, { blocks_inheritance: true }))
  await reparent(w, ACME_LEEDS, id)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [AHEAD, GONE])
})

t.test('a window that closed for want of sessions opens again with them', async (t) => {
  const { w, one, two } = await openWindow(t)
  await send(w, [one, two], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listWindows(w), [{ state: 'closed', closed_at: '2026-11-24T22:10:00.000Z' }])
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listWindows(w), [{ state: 'open', closed_at: null }])
  t.match(await listSessions(w), [AHEAD, AHEAD])
  await lookAt(w, '2026-11-25T02:00')
  t.match(await listSessions(w), [{ state: 'missed' }, { state: 'missed' }])
})

t.test('it does not where another window has taken its place', async (t) => {
  const { w, one, two, schedule } = await openWindow(t)
  await send(w, [one], RIVAL)
  await send(w, [two], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  await addComputers(w, ACME, ['THREE'])
  await succeed(w.api.post(`/schedules/${schedule}/runs`, { reason: '' }))
  await send(w, [two], ACME_LEEDS)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listWindows(w), [{ state: 'closed' }, { state: 'open' }])
  t.match(await listSessions(w), [{ state: 'skipped' }, { state: 'skipped' }, AHEAD])
})

t.test('what comes back after the end of the window stays skipped', async (t) => {
  const { w, one } = await openWindow(t)
  await send(w, [one], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  await lookAt(w, '2026-11-25T02:00')
  await undoLast(w)
  await lookAt(w, '2026-11-25T02:10')
  t.match(await listSessions(w), [GONE, { state: 'missed' }])
})

t.test('a computer that is deleted and restored has its session again', async (t) => {
  const { w, one } = await openWindow(t)
  await succeed(w.api.delete(`/computers/${one}`))
  await lookAt(w, '2026-11-24T22:10')
  t.match(await listSessions(w), [{ state: 'skipped', reason: 'The computer was deleted.' }, AHEAD])
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [AHEAD, AHEAD])
})

t.test('a session that somebody cancelled does not come back with its computer', async (t) => {
  const { w, one } = await openWindow(t)
  const [session] = await listSessions(w)
  await succeed(w.api.post(`/sessions/${session!.id}/cancellation`, { reason: '' }))
  await send(w, [one], RIVAL)
  await lookAt(w, '2026-11-24T22:10')
  await undoLast(w)
  await lookAt(w, '2026-11-24T22:20')
  t.match(await listSessions(w), [{ state: 'cancelled' }, AHEAD])
})
