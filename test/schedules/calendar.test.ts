import t from 'tap'
import { look } from '../../src/maintenance/scheduler.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

t.test('shows the windows of a month on their days, on the clock of the tenant', async (t) => {
  const w = await world(t)
  await w.api.put(`/tenants/${ACME}/preferences/maintenance.time_zone`, { value: 'Asia/Tokyo' })
  await addSchedule(w, ACME)
  const { body } = await w.alice.get(`/tenants/${ACME}/calendar?month=2026-12`)
  t.match(body, 'December 2026')
  t.match(body, 'Times in Asia/Tokyo')
  t.equal(body.match(/<bdi>Nightly<\/bdi>/g)?.length, 35)
  t.match(body, /<span>07:00<\/span>/)
  t.match(body, '?month=2026-11')
  t.match(body, '?month=2027-01')
})

t.test('shows what came as it was, and what comes as the rules say', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY', start: '2026-11-24T09:10' }]
  await addSchedule(w, ACME, { rules, window_minutes: 20 })
  await look(w.db)
  w.clock.now = '2026-11-24T09:10:00.000Z'
  await look(w.db)
  const { body } = await w.alice.get(`/tenants/${ACME}/calendar?week=2026-11-24`)
  t.match(body, /<small>Open<\/small> <a href="\/windows\/1"><bdi>Nightly<\/bdi>/)
  t.equal(body.match(/<bdi>Nightly<\/bdi>/g)?.length, 6)
})

t.test('shows what tenants below own, and nothing that the reader may not see', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addSchedule(w, ACME_LEEDS, { name: 'Of Leeds' })
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  t.match((await w.alice.get('/tenants/root/calendar')).body, 'Of Rival')
  const own = await bob.browser.get(`/tenants/${ACME}/calendar`)
  t.match(own.body, 'Of Leeds')
  t.notMatch(own.body, 'Of Rival')
  t.equal((await bob.browser.get(`/tenants/${RIVAL}/calendar`)).statusCode, 404)
})

t.test('an address that names no day shows the present', async (t) => {
  const w = await world(t)
  for (const query of ['month=2026-13', 'month=9999-01', 'week=2026-02-30', 'week=x'])
    t.match((await w.alice.get(`/tenants/${ACME}/calendar?${query}`)).body, /aria-current="date"/)
})

t.test(
  'the list of schedules leads to the calendar of all that the reader looks after',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    t.match((await w.alice.get('/schedules')).body, 'href="/tenants/1/calendar"')
    t.match((await bob.browser.get('/schedules')).body, `href="/tenants/${ACME}/calendar"`)
  },
)
