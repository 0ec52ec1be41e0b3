import t from 'tap'
import { putPreference } from '../support/maintenance.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, type World, world } from '../support/world.ts'

const START = '2026-11-24T22:00'

const refusals = async ({ api }: World, rrule: string, given: object = {}) => {
  const rules = [{ rrule, start: START }]
  const sent = { name: 'Nightly', tenant_id: ACME, rules, window_minutes: 240, ...given }
  const made = await api.post('/schedules', sent)
  const foretold = await api.post('/schedules/forecast', sent)
  return { statuses: [made.statusCode, foretold.statusCode], errors: made.json().errors }
}

t.test(
  'an impossible rule is refused where it is typed, on making and on foretelling',
  async (t) => {
    const w = await world(t)
    for (const [rrule, given, field] of [
      ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', {}, 'rules.0.rrule'],
      ['FREQ=DAILY', { window_minutes: 1500 }, 'window_minutes'],
      ['FREQ=DAILY;UNTIL=20261101', {}, 'rules.0.rrule'],
      ['FREQ=DAILY;COUNT=0', {}, 'rules.0.rrule'],
      ['FREQ=DAILY;INTERVAL=7;BYDAY=MO', {}, 'rules.0.rrule'],
      ['FREQ=DAILY;COUNT=10000000', {}, 'rules.0.rrule'],
      ['FREQ=SECONDLY', {}, 'rules.0.rrule'],
      ['FREQ=DAILY', { zone_of: 'fixed', zone: 'Moon/Crater' }, 'zone'],
      ['FREQ=DAILY', { rules: [] }, 'rules'],
      ['FREQ=DAILY', { target: 'tag', target_tag_id: 999 }, 'target_tag_id'],
    ] as const) {
      const { statuses, errors } = await refusals(w, rrule, given)
      t.same(statuses, [422, 422], rrule)
      t.same(Object.keys(errors), [field], `${rrule} ${JSON.stringify(given)}`)
    }
  },
)

t.test('a zone under its former name is kept by its present one', async (t) => {
  const { api } = await world(t)
  const rules = [{ rrule: 'FREQ=DAILY', start: START }]
  const zone = { zone_of: 'fixed', zone: 'Europe/Kiev' }
  const sent = { name: 'Nightly', tenant_id: ACME, rules, window_minutes: 240, ...zone }
  t.match((await api.post('/schedules/forecast', sent)).json(), {
    zones: [{ zone: 'Europe/Kyiv' }],
  })
})

t.test('a target that was deleted is told, and a freeze of everything too', async (t) => {
  const w = await world(t)
  const tag = (await makeTag(w, ACME, 'Servers')).id
  const rules = [{ rrule: 'FREQ=DAILY', start: START }]
  const facts = { tenant_id: ACME, rules, window_minutes: 240 }
  const aimed = { name: 'Tagged', ...facts, target: 'tag', target_tag_id: tag }
  const { id } = (await w.api.post('/schedules', aimed)).json()
  t.equal((await w.api.delete(`/tags/${tag}`)).statusCode, 204)
  t.match((await w.api.get(`/schedules/${id}/forecast`)).json(), { problem: /deleted/ })
  await putPreference(w, ACME, 'maintenance.freeze_periods', ['2026-01-01/2199-12-31'])
  const { zones } = (await w.api.post('/schedules/forecast', { name: 'B', ...facts })).json()
  for (const { marks } of zones[0].windows) t.equal(marks[0].kind, 'freeze')
})
