import t from 'tap'
import { look } from '../../src/maintenance/scheduler.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const ROOT = 1

/** Two computers at Acme and its branch, one at its rival, and a window over all of them. */
async function opened(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await addComputers(w, RIVAL, ['THREE'])
  const schedule = await addSchedule(w, ROOT)
  await look(w.db)
  w.clock.now = '2026-11-24T22:00:00.000Z'
  await look(w.db)
  return { w, schedule, one: one! }
}

type Listed = { sessions: { id: number; computer: { name: string } }[]; next_cursor: string }

async function listed({ api }: Pick<World, 'api'>, query = '') {
  const { sessions } = (await api.get(`/sessions?${query}`)).json<Listed>()
  return sessions.map(({ computer }) => computer.name)
}

t.test('lists sessions, the latest first, as far as they are asked for', async (t) => {
  const { w, schedule, one } = await opened(t)
  t.same(await listed(w), ['THREE', 'TWO', 'ONE'])
  t.same(await listed(w, `tenant_id=${ACME}`), ['TWO', 'ONE'])
  t.same(await listed(w, `tenant_id=${ACME}&without_children=true`), ['ONE'])
  t.same(await listed(w, `computer_id=${one}&schedule_id=${schedule}&run_id=1`), ['ONE'])
  t.same(await listed(w, 'state=missed'), [])
  t.same(await listed(w, 'from=2026-11-24T22:00:00.001Z'), [])
  t.same(await listed(w, 'to=2026-11-25T00:00:00%2B02:00'), [])
  const first = (await w.api.get('/sessions?limit=2')).json<Listed>()
  t.same(await listed(w, `cursor=${first.next_cursor}`), ['ONE'])
  t.equal((await w.api.get('/sessions?state=asleep')).statusCode, 422)
})

t.test('shows a session with its options as they were, and cancels it once', async (t) => {
  const { w, schedule } = await opened(t)
  const session = (await w.api.get('/sessions/1')).json()
  t.match(session, { schedule: { id: schedule }, run_id: 1, state: 'pending', ended_at: null })
  t.equal(session.options['maintenance.reboot_prompt_timeout_minutes'], 20)
  const cancelled = await w.api.post('/sessions/1/cancellation', { reason: 'Stocktaking' })
  t.match(cancelled.json(), { state: 'cancelled', reason: 'Stocktaking' })
  t.equal((await w.api.post('/sessions/1/cancellation', {})).statusCode, 409)
})

t.test('counts what the runs of a schedule came to, and cancels one', async (t) => {
  const { w, schedule } = await opened(t)
  const { runs } = (await w.api.get(`/schedules/${schedule}/runs`)).json()
  t.match(runs, [{ id: 1, cause: 'due', state: 'open', local_start: '2026-11-24T22:00' }])
  t.same(runs[0].sessions, { pending: 3 })
  const path = `/schedules/${schedule}/runs/1`
  const cancelled = (await w.api.post(`${path}/cancellation`, {})).json()
  t.match(cancelled, { state: 'cancelled', sessions: { cancelled: 3 } })
  t.same((await w.api.get(path)).json(), cancelled)
  t.equal((await w.api.post(`${path}/cancellation`, {})).statusCode, 409)
})

t.test('runs a schedule now, once for each key', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const id = await addSchedule(w, ACME)
  const empty = await addSchedule(w, RIVAL)
  t.equal((await w.api.post(`/schedules/${empty}/runs`, {})).statusCode, 409)
  const run = () =>
    w.app.inject({
      method: 'POST',
      url: `/api/v1/schedules/${id}/runs`,
      headers: { authorization: `Bearer ${w.api.token}`, 'idempotency-key': 'k' },
      payload: {},
    })
  const first = await run()
  t.equal(first.statusCode, 201)
  t.match(first.json().runs, [{ cause: 'run_now', local_start: null, sessions: { pending: 1 } }])
  t.equal(first.headers['location'], `/api/v1/schedules/${id}/runs/${first.json().id}`)
  t.same((await run()).json(), first.json())
  t.equal((await w.api.get(`/schedules/${id}/runs`)).json().runs.length, 1)
})

t.test('pages the runs of a schedule', async (t) => {
  const { w, schedule } = await opened(t)
  for (const day of ['25', '26']) {
    w.clock.now = `2026-11-${day}T22:00:00.000Z`
    await look(w.db)
  }
  const path = `/schedules/${schedule}/runs`
  const first = (await w.api.get(`${path}?limit=2`)).json()
  t.match(first.runs, [{ local_start: '2026-11-26T22:00' }, { local_start: '2026-11-25T22:00' }])
  const rest = (await w.api.get(`${path}?limit=2&cursor=${first.next_cursor}`)).json()
  t.match(rest, { runs: [{ local_start: '2026-11-24T22:00' }], next_cursor: null })
})

t.test('T7: shows and counts sessions only where they may be seen', async (t) => {
  const { w, schedule } = await opened(t)
  const { bob, charlie } = await addCast(w)
  t.same(await listed(bob), ['TWO', 'ONE'])
  t.same(await listed(charlie), ['THREE'])
  t.same(await listed(bob, `schedule_id=${schedule}&run_id=1`), ['TWO', 'ONE'])
  for (const answer of [
    await charlie.api.get('/sessions/1'),
    await charlie.api.post('/sessions/1/cancellation', {}),
    await charlie.api.get(`/sessions?tenant_id=${ACME}`),
    await bob.api.get(`/schedules/${schedule}/runs`),
    await bob.api.get(`/schedules/${schedule}/runs/1`),
    await bob.api.post(`/schedules/${schedule}/runs`, {}),
    await bob.api.post(`/schedules/${schedule}/runs/1/cancellation`, {}),
  ])
    t.equal(answer.statusCode, 404)
})

t.test('T7: a run under the name of another schedule is not there', async (t) => {
  const { w } = await opened(t)
  const { bob, dana } = await addCast(w)
  const own = await addSchedule(w, ACME)
  t.equal((await w.api.get(`/schedules/${own}/runs/1`)).statusCode, 404)
  t.equal((await bob.api.post(`/schedules/${own}/runs/1/cancellation`, {})).statusCode, 404)
  t.match((await w.api.get('/sessions/1')).json(), { state: 'pending' })
  t.equal((await dana.api.post(`/schedules/${own}/runs`, {})).statusCode, 403)
})
