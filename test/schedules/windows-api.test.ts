import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

const DAYS = 'from=2026-11-24T00:00:00Z&to=2026-11-27T00:00:00Z'

type Listed = { opens_at: string; zone: string; run_id: number; schedule: { name: string } }
type Page = { windows: Listed[]; next_cursor: string }

const page = async ({ api }: Pick<World, 'api'>, tenant: number, query = DAYS) =>
  (await api.get(`/tenants/${tenant}/windows?${query}`)).json<Page>()

const days = ({ windows }: Page) =>
  windows.map(({ opens_at, schedule }) => `${schedule.name} ${opens_at.slice(8, 10)}`)

t.test('lists the windows of a tenant and of those below it, a page at a time', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  const start = '2026-11-24T20:00'
  await addSchedule(w, ACME_LEEDS, { name: 'Early', rules: [{ rrule: 'FREQ=DAILY', start }] })
  await addSchedule(w, RIVAL, { name: 'Elsewhere' })
  const all = ['Early 24', 'Nightly 24', 'Early 25', 'Nightly 25', 'Early 26', 'Nightly 26']
  t.same(days(await page(w, ACME)), all)
  const first = await page(w, ACME, `${DAYS}&limit=4`)
  const rest = await page(w, ACME, `${DAYS}&limit=4&cursor=${first.next_cursor}`)
  t.same([...days(first), ...days(rest)], all)
  t.equal(rest.next_cursor, null)
})

t.test('tells what came as it was', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME)
  await lookAt(w, '2026-11-24T09:00')
  await lookAt(w, '2026-11-24T22:00')
  const { windows } = await page(w, ACME)
  t.match(windows, [
    { run_id: 1, state: 'open', state_in_words: 'Open' },
    { run_id: null, state: null, state_in_words: '' },
    { state: null },
  ])
})

t.test('refuses a time that is none, or too long', async (t) => {
  const { api } = await world(t)
  const refused = async (query: string) =>
    (await api.get(`/tenants/${ACME}/windows?${query}`)).json<{ errors: object }>().errors
  t.match(await refused('from=2026-11-24T00:00:00Z&to=2026-11-24T00:00:00Z'), { to: /after/ })
  t.match(await refused('from=2026-11-24T00:00:00Z&to=2027-11-24T00:00:00Z'), { to: /62 days/ })
  t.match(await refused(''), { from: /instant/, to: /instant/ })
  t.match(await refused('from=yesterday&to=2026-11-25T00:00:00Z'), { from: /instant/ })
  for (const far of ['9999-01-01T00:00:00Z', '+275760-09-01T00:00:00Z', '-000001-01-01T00:00:00Z'])
    t.match(await refused(`from=${encodeURIComponent(far)}&to=2026-11-25T00:00:00Z`), {
      from: /1970 to 2199/,
    })
})

t.test(
  'a window is there as long as it is open, also before the time that is asked for',
  async (t) => {
    const w = await world(t)
    await addComputers(w, ACME, ['ONE'])
    await addSchedule(w, ACME)
    await lookAt(w, '2026-11-24T09:00')
    await lookAt(w, '2026-11-24T22:00')
    const from = (day: string) => `from=2026-11-${day}T01:00:00Z&to=2026-11-${day}T01:30:00Z`
    t.match(await page(w, ACME, from('25')), { windows: [{ run_id: 1, state: 'open' }] })
    t.match(await page(w, ACME, from('26')), { windows: [{ run_id: null, state: null }] })
  },
)

t.test('what came stays there, whatever the schedule is now', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME_LEEDS, ['ONE'])
  const id = await addSchedule(w, ACME)
  await lookAt(w, '2026-11-24T09:00')
  await lookAt(w, '2026-11-24T22:00')
  const came = async () => (await page(w, ACME_LEEDS)).windows.filter(({ run_id }) => run_id)
  await w.api.patch(`/schedules/${id}`, { zone: 'Asia/Tokyo' })
  t.equal((await came()).length, 1)
  await w.api.put(`/tenants/${ACME_LEEDS}/schedules/${id}`, { form: 'off' })
  t.equal((await came()).length, 1)
  await w.api.delete(`/schedules/${id}`)
  t.equal((await came()).length, 1)
})

t.test('tells the times of their own and the zones that are followed below', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME, { zone_of: 'tenant', zone: null })
  await putPreference(w, ACME_LEGAL, 'maintenance.time_zone', 'Asia/Tokyo')
  await addComputer(w, ACME_LEEDS, { name: 'Abroad', time_zone: 'America/Lima' })
  const rules = [{ rrule: 'FREQ=DAILY', start: '2026-11-24T03:00' }]
  const own = { form: 'own', rules, window_minutes: 60, zone_of: 'computer' }
  const decided = await w.api.put(`/tenants/${ACME_LEEDS}/schedules/${id}`, own)
  t.equal(decided.statusCode, 200)
  const { windows } = await page(w, ACME, 'from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z')
  t.same(
    windows.map(({ opens_at, zone }) => `${opens_at.slice(11, 16)} ${zone}`),
    ['22:00 UTC', '03:00 UTC', '08:00 America/Lima', '18:00 Asia/Tokyo', '22:00 UTC'],
  )
})

t.test('says how much more there is than it looks at', async (t) => {
  const w = await world(t)
  for (let number = 0; number < 63; number++) await addSchedule(w, ACME, { name: `No. ${number}` })
  t.match(await page(w, ACME), { is_partial: true, more_schedules: 3, more_series: 0 })
  t.match(await page(w, ACME_LEEDS), { is_partial: true, more_schedules: 3 })
})

t.test('T5: the windows of another tenant are not there', async (t) => {
  const w = await world(t)
  const { charlie, bob } = await addCast(w)
  await addSchedule(w, ACME, { name: 'Ours' })
  await addSchedule(w, RIVAL, { name: 'Theirs' })
  t.equal((await charlie.api.get(`/tenants/${ACME}/windows?${DAYS}`)).statusCode, 404)
  t.same(days(await page(bob, ACME)), ['Ours 24', 'Ours 25', 'Ours 26'])
})
