import t from 'tap'
import { listWindows } from '../../src/maintenance/window-list.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { lookAt } from '../support/maintenance.ts'
import { watchQueries } from '../support/plan.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World, world } from '../support/world.ts'

// Windows that came can be found: on the page of their schedule, open ones first.

/** Windows of eight minutes, every ten minutes while those who are signed in still are. */
const FREQUENT = {
  rules: [{ rrule: 'FREQ=DAILY;BYHOUR=9;BYMINUTE=10,20,30,40,50', start: '2026-11-24T09:10' }],
  window_minutes: 8,
}

const ONCE = { rules: [{ rrule: 'FREQ=DAILY;COUNT=1', start: '2026-11-24T09:10' }] }

async function begun(
  t: Parameters<typeof world>[0],
  given: Parameters<typeof addSchedule>[2] = FREQUENT,
) {
  const w = await world(t)
  await addComputers(w, ACME, ['ACME-1', 'ACME-2'])
  const id = await addSchedule(w, ACME, given)
  await lookAt(w, w.clock.now)
  await lookAt(w, '2026-11-24T09:10')
  return { w, id }
}

const text = async ({ alice }: World, address: string) => mainText((await alice.get(address)).body)

t.test('the page of a schedule says which window is open now, and leads to it', async (t) => {
  const { w, id } = await begun(t)
  const { body } = await w.alice.get(`/schedules/${id}`)
  t.match(body, /href="\/windows\/1">Open now until <time datetime="2026-11-24T09:18/)
  t.match(mainText(body), /Open Open now until .* UTC UTC 2 pending/)
})

t.test('the last window of all is open: none comes after it', async (t) => {
  const { w, id } = await begun(t, { ...FREQUENT, ...ONCE })
  t.match(await text(w, `/schedules/${id}`), 'None after the one that is open.')
  await lookAt(w, '2026-11-24T09:18')
  t.match(await text(w, `/schedules/${id}`), /Last windows .* Closed .* 2 missed .*None: its last/)
})

t.test('a window that was skipped is found, with the reason', async (t) => {
  const { w, id } = await begun(t, FREQUENT)
  await lookAt(w, '2026-11-24T09:30')
  const shown = await text(w, `/schedules/${id}/windows`)
  t.match(
    shown,
    /Open Open now until .*Skipped 2026-11-24 09:20 UTC.*Nothing was running at its time/,
  )
  t.match(shown, /No sessions/)
})

t.test('windows are listed a page at a time, each once', async (t) => {
  const { w, id } = await begun(t, FREQUENT)
  for (const minute of [20, 30, 40, 50]) await lookAt(w, `2026-11-24T09:${minute}`)
  const ids: number[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listWindows>> = await listWindows(w.db, w.actor, id, {
      limit: 2,
      after,
    })
    ids.push(...page.windows.map((window) => window.id))
    after = page.next
  } while (after)
  t.same(ids, [5, 4, 3, 2, 1])
})

t.test('says who ran it, to whoever may see that person', async (t) => {
  const { w, id } = await begun(t, {
    ...FREQUENT,
    rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-25T09:10' }],
  })
  const { bob } = await addCast(w)
  await w.alice.post(`/schedules/${id}/runs`, { reason: 'Urgent' })
  t.match(await text(w, `/schedules/${id}`), /Run now by Alice.* Urgent/)
  const { body } = await bob.browser.get(`/schedules/${id}`)
  t.match(mainText(body), /Run now · UTC Urgent/)
})

t.test('the list asks for as much, however many windows it has', async (t) => {
  const { w, id } = await begun(t, FREQUENT)
  const queries = watchQueries(w.db)
  const asked = async () => {
    queries.length = 0
    await w.alice.get(`/schedules/${id}/windows`)
    return queries.length
  }
  const few = await asked()
  for (const minute of [20, 30]) await lookAt(w, `2026-11-24T09:${minute}`)
  t.equal(await asked(), few)
})

t.test(
  'a session and a window say who cancelled them, to whoever may see that person',
  async (t) => {
    const { w } = await begun(t)
    const { bob } = await addCast(w)
    await bob.browser.post('/sessions/1/cancellation', { reason: 'In use' })
    await w.alice.post('/windows/1/cancellation', { reason: '' })
    t.match(await text(w, '/sessions/1'), 'Cancelled by Bob')
    t.match(await text(w, '/sessions/2'), 'Cancelled by Alice')
    t.match(await text(w, '/windows/1'), 'Cancelled by Alice')
    const theirs = async (address: string) => mainText((await bob.browser.get(address)).body)
    t.match(await theirs('/sessions/1'), 'Cancelled by Bob')
    t.notMatch(await theirs('/sessions/2'), 'Cancelled by')
  },
)

t.test('what ended so without an order is nobody’s doing', async (t) => {
  const { w, id } = await begun(t)
  await w.alice.post('/sessions/1/cancellation', { reason: '' })
  w.clock.now = '2026-11-24T09:12:00.000Z'
  await w.alice.post(`/schedules/${id}/deletion`)
  await lookAt(w, '2026-11-24T09:13')
  t.match(await text(w, '/sessions/1'), 'Cancelled by Alice')
  t.match(await text(w, '/sessions/2'), 'Cancelled')
  t.notMatch(await text(w, '/sessions/2'), 'Cancelled by')
})
