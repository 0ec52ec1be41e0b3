import t from 'tap'
import { addComputers } from '../support/computers.ts'
import { listSessions, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'

const UPDATES = 'maintenance.install_os_updates'
const MINUTES = 'maintenance.max_session_minutes'

/** A world in which all tenants are held to a value, and Acme has a computer at itself and in Leeds. */
async function locked(t: Parameters<typeof world>[0], key: string, entry: object) {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  t.equal((await w.api.put(`/tenants/1/preferences/${key}`, entry)).statusCode, 200)
  return w
}

/** What the sessions of the first window took along of a preference. */
async function takenAlong(w: World, key: string) {
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  return (await listSessions(w)).map(({ options }) => JSON.parse(options)[key])
}

t.test('a lock on a preference goes before the option of a schedule', async (t) => {
  const w = await locked(t, UPDATES, { value: false, lock: 'fixed' })
  await addSchedule(w, ACME, { options: { [UPDATES]: true } })
  t.same(await takenAlong(w, UPDATES), [false, false])
})

t.test('where a lock is waived, the option of a schedule counts', async (t) => {
  const w = await locked(t, UPDATES, { value: false, lock: 'fixed' })
  const waived = { key: UPDATES, lock_tenant_id: 1, reason: 'Test bench' }
  const answer = await w.api.post(`/tenants/${ACME_LEEDS}/exemptions`, waived)
  t.equal(answer.statusCode, 201)
  await addSchedule(w, ACME, { options: { [UPDATES]: true } })
  t.same(await takenAlong(w, UPDATES), [false, true])
})

t.test('an option counts within the bounds of a lock, and not out of them', async (t) => {
  const bounds = { value: 60, lock: { max: 90 } }
  const within = await locked(t, MINUTES, bounds)
  await addSchedule(within, ACME, { options: { [MINUTES]: 75 } })
  t.same(await takenAlong(within, MINUTES), [75, 75])
  const beyond = await locked(t, MINUTES, bounds)
  await addSchedule(beyond, ACME, { options: { [MINUTES]: 120 } })
  t.same(await takenAlong(beyond, MINUTES), [60, 60])
})

t.test('the form and the page of a schedule say which options a lock keeps out', async (t) => {
  const w = await locked(t, UPDATES, { value: false, lock: 'fixed' })
  const schedule = await addSchedule(w, ACME, { options: { [UPDATES]: true } })
  const form = await w.alice.get(`/schedules/${schedule}/edit`)
  t.match(form.body, 'Locked by All tenants: the preference counts, whatever is chosen here.')
  const page = await w.alice.get(`/schedules/${schedule}`)
  t.match(page.body, 'On · Does not count: All tenants locked the preference')
})
