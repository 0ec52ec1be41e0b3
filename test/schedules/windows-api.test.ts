import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const DAYS = 'from=2026-11-24T00:00:00Z&to=2026-11-27T00:00:00Z'

type Page = { windows: { opens_at: string; schedule: { name: string } }[]; next_cursor: string }

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
  t.match(windows, [{ run_id: 1, state: 'Open' }, { run_id: null, state: '' }, { state: '' }])
})

t.test('refuses a time that is none, or too long', async (t) => {
  const { api } = await world(t)
  const refused = async (query: string) =>
    (await api.get(`/tenants/${ACME}/windows?${query}`)).json<{ errors: object }>().errors
  t.match(await refused('from=2026-11-24T00:00:00Z&to=2026-11-24T00:00:00Z'), { to: /after/ })
  t.match(await refused('from=2026-11-24T00:00:00Z&to=2027-11-24T00:00:00Z'), { to: /62 days/ })
  t.match(await refused(''), { from: /instant/, to: /instant/ })
})

t.test('T7: the windows of another tenant are not there', async (t) => {
  const w = await world(t)
  const { charlie, bob } = await addCast(w)
  await addSchedule(w, ACME, { name: 'Ours' })
  await addSchedule(w, RIVAL, { name: 'Theirs' })
  t.equal((await charlie.api.get(`/tenants/${ACME}/windows?${DAYS}`)).statusCode, 404)
  t.same(days(await page(bob, ACME)), ['Ours 24', 'Ours 25', 'Ours 26'])
})
