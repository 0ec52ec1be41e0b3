import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const ROOT = 1
const own = {
  form: 'own',
  rules: [{ rrule: 'FREQ=WEEKLY;BYDAY=SU', start: '2026-11-29T01:00' }],
  window_minutes: 120,
  zone_of: 'fixed',
  zone: 'Europe/London',
}

const standing = async ({ api }: Pick<World, 'api'>, tenant_id: number, id: number) =>
  (await api.get(`/tenants/${tenant_id}/schedules/${id}`)).json()

t.test('says how each schedule stands for a tenant, and who decided so', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await addSchedule(w, ACME_LEEDS, { name: 'At Leeds' })
  await w.api.put(`/tenants/${ACME_LEEDS}/schedules/${id}`, { form: 'off' })
  const { schedules } = (await w.api.get(`/tenants/${ACME_LEEDS}/schedules`)).json()
  t.match(schedules, [
    { name: 'At Leeds', effect: 'on', owner: { tenant_id: ACME_LEEDS }, version: 0 },
    {
      name: 'Nightly',
      effect: 'off',
      owner: { tenant_id: ACME, name: 'Acme' },
      decided_by: { tenant_id: ACME_LEEDS },
      decisions: [{ form: 'off', verdict: 'won' }],
      version: 1,
    },
  ])
  const paged = (await w.api.get(`/tenants/${ACME_LEEDS}/schedules?limit=1`)).json()
  const rest = await w.api.get(`/tenants/${ACME_LEEDS}/schedules?cursor=${paged.next_cursor}`)
  t.match(rest.json(), { schedules: [{ name: 'Nightly' }], next_cursor: null })
})

t.test('gives a tenant times of its own, and takes them away again', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const path = `/tenants/${ACME_LEEDS}/schedules/${id}`
  const answer = await w.api.put(path, { ...own, version: 0 })
  t.match(answer.json(), { window_minutes: 120, zone: 'Europe/London', effect: 'on', version: 1 })
  t.equal((await w.api.put(path, { form: 'off', version: 0 })).statusCode, 409)
  t.match((await w.api.put(path, { form: 'on', version: 1 })).json(), { window_minutes: 240 })
  t.equal((await w.api.delete(`${path}?version=1`)).statusCode, 409)
  t.equal((await w.api.delete(path)).statusCode, 204)
  t.equal((await w.api.delete(path)).statusCode, 204)
  t.match(await standing(w, ACME_LEEDS, id), { version: 0, decisions: [] })
})

t.test('says at each field what is wrong with times of its own', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const path = `/tenants/${ACME_LEEDS}/schedules/${id}`
  const rules = [{ rrule: 'FREQ=DAILY;COUNT=0', start: '2026-11-24T22:00' }]
  const { errors } = (await w.api.put(path, { ...own, rules, zone: null })).json()
  t.same(Object.keys(errors).sort(), ['rules.0.rrule', 'zone'])
  t.match((await w.api.put(path, { form: 'off', window_minutes: 60 })).json().errors, {
    window_minutes: /not known/,
  })
  t.ok((await w.api.put(path, { form: 'sometimes' })).json().errors.form)
})

t.test('refuses to decide about a locked schedule, or one of the tenant’s own', async (t) => {
  const w = await world(t)
  const locked = await addSchedule(w, ACME, { locked: true })
  const ours = await addSchedule(w, ACME_LEEDS)
  const put = (id: number) => w.api.put(`/tenants/${ACME_LEEDS}/schedules/${id}`, { form: 'off' })
  t.equal((await put(locked)).statusCode, 403)
  t.equal((await put(ours)).statusCode, 409)
})

t.test('T7: names a tenant above without its id, and shows nothing of others', async (t) => {
  const w = await world(t)
  const { bob, dana, charlie } = await addCast(w)
  const above = await addSchedule(w, ROOT, { name: 'For all' })
  const theirs = await addSchedule(w, RIVAL)
  t.match(await standing(bob, ACME, above), { owner: { tenant_id: null, name: 'All tenants' } })
  t.equal((await bob.api.get(`/schedules/${above}`)).statusCode, 404)
  for (const answer of [
    await bob.api.get(`/tenants/${RIVAL}/schedules`),
    await bob.api.get(`/tenants/${ACME}/schedules/${theirs}`),
    await bob.api.put(`/tenants/${ACME}/schedules/${theirs}`, { form: 'off' }),
    await bob.api.put(`/tenants/${RIVAL}/schedules/${theirs}`, { form: 'off' }),
    await charlie.api.delete(`/tenants/${ACME}/schedules/${above}`),
  ])
    t.equal(answer.statusCode, 404)
  t.equal(
    (await dana.api.put(`/tenants/${ACME}/schedules/${above}`, { form: 'off' })).statusCode,
    403,
  )
  t.match((await bob.api.put(`/tenants/${ACME}/schedules/${above}`, { form: 'off' })).json(), {
    effect: 'off',
  })
})
