import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const nightly = {
  name: 'Nightly',
  tenant_id: ACME,
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  window_minutes: 240,
}

const operations = async ({ db }: World) =>
  (await db.selectFrom('operation').select('id').execute()).length

t.test('foretells a schedule that is not made, and makes nothing', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const before = await operations(w)
  const foretold = (await w.api.post('/schedules/forecast', nightly)).json()
  t.equal(await operations(w), before)
  t.same((await w.api.get('/schedules')).json().schedules, [])
  const { id } = (await w.api.post('/schedules', nightly)).json()
  t.same(foretold, (await w.api.get(`/schedules/${id}/forecast`)).json())
  t.match(foretold.zones[0].windows[0].covered, { computers: 1, frozen: 0, is_at_least: false })
})

t.test('refuses to foretell what it would refuse to make', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  await addSchedule(w, ACME)
  const taken = await w.api.post('/schedules/forecast', nightly)
  t.match(taken.json().errors, { name: /already/ })
  const wrong = { ...nightly, name: 'B', target: 'tag', target_tag_id: 99 }
  t.match((await w.api.post('/schedules/forecast', wrong)).json().errors, { target_tag_id: /tag/ })
  const theirs = { ...nightly, tenant_id: RIVAL }
  t.equal((await bob.api.post('/schedules/forecast', theirs)).statusCode, 404)
  t.equal((await dana.api.post('/schedules/forecast', nightly)).statusCode, 403)
})

t.test('counts chosen computers each in its own zone', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const lima = await addComputer(w, ACME, { name: 'TWO', time_zone: 'America/Lima' })
  const chosen = { target: 'computers', computer_ids: [one, lima], zone_of: 'computer' }
  const { zones } = (await w.api.post('/schedules/forecast', { ...nightly, ...chosen })).json()
  t.match(zones, [
    { zone: 'UTC', windows: [{ covered: { computers: 1 } }] },
    { zone: 'America/Lima', windows: [{ covered: { computers: 1 } }] },
  ])
})

t.test('says for how many computers a window is frozen, and the time at the tenant', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO', 'THREE'])
  await putPreference(w, ACME, 'maintenance.time_zone', 'Asia/Tokyo')
  await putPreference(w, ACME_LEEDS, 'maintenance.freeze_periods', ['2026-11-25/2026-11-25'])
  const id = await addSchedule(w, ACME)
  const { tenant_zone, zones } = (await w.api.get(`/schedules/${id}/forecast`)).json()
  t.equal(tenant_zone, 'Asia/Tokyo')
  t.match(zones[0].windows[0], {
    local_start: '2026-11-24T22:00',
    tenant_local_start: '2026-11-25T07:00',
    covered: { computers: 3, frozen: 2 },
    marks: [{ kind: 'freeze', computers: 2, words: /2 of 3 computers/ }, { kind: 'business' }],
  })
  const { body } = await w.alice.get(`/schedules/${id}/forecast`)
  t.match(body, 'In Asia/Tokyo')
})

t.test('a computer is told that its first windows are frozen', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME, ['ONE'])
  t.match((await w.alice.get(`/computers/${id}/maintenance`)).body, 'has no schedule')
  await putPreference(w, ACME, 'maintenance.freeze_periods', ['2026-11-24/2026-11-26'])
  await addSchedule(w, ACME)
  const { body } = await w.alice.get(`/computers/${id}/maintenance`)
  t.match(body, 'What comes before is in a freeze period.')
  t.match(body, 'datetime="2026-11-27T22:00:00.000Z"')
})

t.test('a computer is told of the window that is open for it now', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME)
  t.notMatch((await w.alice.get(`/computers/${id}/maintenance`)).body, '/sessions/1"')
  t.equal((await w.api.post(`/schedules/${schedule}/runs`, {})).statusCode, 201)
  const { body } = await w.alice.get(`/computers/${id}/maintenance`)
  t.match(body, /A window is open for it.*href="\/sessions\/1">pending/)
})
