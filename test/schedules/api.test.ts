import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const nightly = {
  name: 'Nightly',
  tenant_id: ACME,
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  window_minutes: 240,
}

const create = async ({ api }: Pick<World, 'api'>, given: object = {}) =>
  (await api.post('/schedules', { ...nightly, ...given })).json()

const namesOf = (list: { schedules: { name: string }[] }) => list.schedules.map(({ name }) => name)

t.test('creates a schedule, with what is left out as it usually is', async (t) => {
  const { api } = await world(t)
  const answer = await api.post('/schedules', {
    ...nightly,
    rules: [{ rrule: 'RRULE:FREQ=WEEKLY;BYDAY=SU,MO'.slice(6), start: '2026-11-29T22:00' }],
    zone_of: 'fixed',
    zone: 'Europe/Kiev',
  })
  t.equal(answer.statusCode, 201)
  t.equal(answer.headers['location'], '/api/v1/schedules/1')
  t.match(answer.json(), {
    state: 'enabled',
    target: 'all',
    zone: 'Europe/Kyiv',
    rules: [{ rrule: 'FREQ=WEEKLY;BYDAY=MO,SU' }],
    times_in_words: 'Every Monday and Sunday at 22:00 for 4 hours',
    computer_ids: [],
    version: 1,
  })
  t.same((await api.get('/schedules/1')).json(), answer.json())
})

t.test('says at each field what is wrong', async (t) => {
  const { api } = await world(t)
  const sent = {
    ...nightly,
    rules: [
      { rrule: 'FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2', start: '2026-11-24T22:00' },
      { rrule: 'FREQ=DAILY;COUNT=0', start: '2026-11-24T22:00' },
    ],
    zone_of: 'fixed',
    target: 'tag',
    locked: true,
    applies_to_children: false,
    computer_ids: [1],
  }
  const { errors } = (await api.post('/schedules', sent)).json()
  t.same(Object.keys(errors).sort(), [
    'computer_ids',
    'locked',
    'rules.0.rrule',
    'rules.1.rrule',
    'target_tag_id',
    'zone',
  ])
  const later = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24' }], window_minutes: 1500 }
  const second = (await api.post('/schedules', { ...nightly, ...later })).json()
  t.match(second.errors, { 'rules.0.start': /2026-12-01T22:00/ })
  const zone = { zone_of: 'fixed', zone: 'Moon/Crater' }
  t.match((await create({ api }, zone)).errors, { zone: /Europe\/Berlin/ })
  const option = { options: { 'maintenance.reboot_preference': 'perhaps' } }
  t.ok((await create({ api }, option)).errors['options.maintenance.reboot_preference'])
  const long = { window_minutes: 1500 }
  t.match((await create({ api }, long)).errors, { window_minutes: /still open/ })
})

t.test('refuses times that have passed where they are new, and not where they stand', async (t) => {
  const w = await world(t)
  const once = { rules: [{ rrule: 'FREQ=DAILY;COUNT=1', start: '2026-11-24T22:00' }] }
  const { id } = await create(w, once)
  w.clock.now = '2026-12-01T09:00:00.000Z'
  t.equal((await w.api.patch(`/schedules/${id}`, { name: 'Done' })).statusCode, 200)
  const { errors } = (await create(w, { ...once, name: 'Late' })) as { errors: object }
  t.match(errors, { 'rules.0.start': /has passed/ })
  const moved = { rules: [{ ...once.rules[0], start: '2026-11-25T22:00' }] }
  t.equal((await w.api.patch(`/schedules/${id}`, moved)).statusCode, 422)
})

t.test('changes what is sent, and refuses an older version', async (t) => {
  const w = await world(t)
  const tag = (await makeTag(w, ACME, 'Servers')).id
  const { id } = await create(w, {
    target: 'tag',
    target_tag_id: tag,
    zone_of: 'fixed',
    zone: 'UTC',
  })
  const path = `/schedules/${id}`
  const all = await w.api.patch(path, { target: 'all', zone_of: 'tenant', version: 1 })
  t.match(all.json(), {
    target: 'all',
    target_tag_id: null,
    zone: null,
    name: 'Nightly',
    version: 2,
  })
  const old = await w.api.patch(path, { name: 'Mine', version: 1 })
  t.equal(old.statusCode, 409)
  t.match(old.json(), { current: { version: 2 } })
  t.match((await w.api.patch(path, { state: 'disabled' })).json(), {
    state: 'disabled',
    version: 3,
  })
  t.match((await w.api.patch(path, { state: 'disabled', name: 'Nightly' })).json(), { version: 3 })
  t.equal((await w.api.patch(path, { state: 'deleted' })).statusCode, 422)
})

t.test('lists by name, a page at a time, what is asked for', async (t) => {
  const w = await world(t)
  for (const name of ['C', 'A', 'B']) await create(w, { name })
  await create(w, { name: 'At Leeds', tenant_id: ACME_LEEDS })
  await create(w, { name: 'Elsewhere', tenant_id: RIVAL, state: 'disabled' })
  const first = (await w.api.get('/schedules?limit=2')).json()
  t.same(namesOf(first), ['A', 'At Leeds'])
  const second = (await w.api.get(`/schedules?limit=2&cursor=${first.next_cursor}`)).json()
  t.same([namesOf(second), second.next_cursor], [['B', 'C'], null])
  const list = async (query: string) => namesOf((await w.api.get(`/schedules?${query}`)).json())
  t.same(await list(`tenant_id=${ACME}&q=a`), ['A', 'At Leeds'])
  t.same(await list(`tenant_id=${ACME}&without_children=true`), ['A', 'B', 'C'])
  t.same(await list('state=disabled'), ['Elsewhere'])
  t.equal((await w.api.get('/schedules?cursor=x')).statusCode, 422)
})

t.test('deletes, restores disabled, and copies', async (t) => {
  const w = await world(t)
  const { id } = await create(w)
  t.equal((await w.api.delete(`/schedules/${id}`)).statusCode, 204)
  t.match((await w.api.get(`/schedules/${id}`)).json(), { state: 'deleted' })
  t.equal((await w.api.patch(`/schedules/${id}`, { name: 'X' })).statusCode, 409)
  const restored = await w.api.post(`/schedules/${id}/restoration`)
  t.match(restored.json(), { state: 'disabled' })
  await w.api.patch(`/schedules/${id}`, { state: 'enabled' })
  const again = await w.api.post(`/schedules/${id}/restoration`)
  t.match(again.json(), { state: 'enabled' }, 'what is not deleted stays')
  const copy = await w.api.post(`/schedules/${id}/copies`)
  t.equal(copy.headers['location'], '/api/v1/schedules/2')
  t.match(copy.json(), { name: 'Nightly (copy)', state: 'disabled', window_minutes: 240 })
})

t.test('foretells its windows in each zone, as far as somebody sees them', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  const { id } = await create(w, { zone_of: 'fixed', zone: 'Europe/London' })
  const { zones } = (await bob.api.get(`/schedules/${id}/forecast`)).json()
  t.equal(zones.length, 1)
  t.equal(zones[0].windows.length, 20)
  t.match(zones[0].windows[0], {
    opens_at: '2026-11-24T22:00:00.000Z',
    local_start: '2026-11-24T22:00',
    covered: { words: '1 computer' },
  })
  t.equal((await charlie.api.get(`/schedules/${id}/forecast`)).statusCode, 404)
})

t.test('T7: computers that somebody does not see are neither shown nor changed', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const [ours, other] = await addComputers(w, ACME, ['ONE', 'TWO'])
  const { id } = await create(w, { target: 'computers', computer_ids: [ours, other] })
  const [theirs] = await addComputers(w, RIVAL, ['THREE'])
  const refused = await bob.api.patch(`/schedules/${id}`, { computer_ids: [ours, theirs] })
  t.match(refused.json().errors, { computer_ids: /this tenant/ })
  await w.api.post('/computers/batch', { action: 'change_tenant', ids: [other], tenant_id: RIVAL })
  t.same((await bob.api.get(`/schedules/${id}`)).json().computer_ids, [ours])
  const more = await addComputers(w, ACME, ['FOUR'])
  await bob.api.patch(`/schedules/${id}`, { computer_ids: more })
  t.same((await w.api.get(`/schedules/${id}`)).json().computer_ids, [other, ...more])
})

t.test('T7: a schedule of another tenant is not there', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const { id } = await create(w, { tenant_id: RIVAL })
  const own = await create(w)
  const path = `/schedules/${id}`
  for (const answer of [
    await bob.api.get(path),
    await bob.api.patch(path, { name: 'Mine' }),
    await bob.api.delete(path),
    await bob.api.post(`${path}/copies`),
    await bob.api.post(`${path}/restoration`),
    await bob.api.post('/schedules', { ...nightly, tenant_id: RIVAL }),
    await bob.api.get(`/schedules?tenant_id=${RIVAL}`),
  ])
    t.equal(answer.statusCode, 404)
  t.same(namesOf((await bob.api.get('/schedules')).json()), ['Nightly'])
  t.equal((await dana.api.patch(`/schedules/${own.id}`, { name: 'Mine' })).statusCode, 403)
})
