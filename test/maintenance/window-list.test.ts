import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { lookAt } from '../support/maintenance.ts'
import { watchQueries } from '../support/plan.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World, world } from '../support/world.ts'

// Windows that came can be found: on the page of their schedule, open ones first.

/** Windows of two hours at 09:10, 10:10 and 11:10, while those who are signed in still are. */
const HOURLY = {
  rules: [9, 10, 11].map((hour) => ({
    rrule: 'FREQ=DAILY;COUNT=1',
    start: `2026-11-24T${String(hour).padStart(2, '0')}:10`,
  })),
  window_minutes: 50,
}

async function begun(t: Parameters<typeof world>[0], given: Parameters<typeof addSchedule>[2] = HOURLY) {
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
  t.match(body, /href="\/windows\/1">Open now until <time datetime="2026-11-24T10:00/)
  t.match(mainText(body), /Open Open now until .* UTC UTC 2 pending/)
})

t.test('the last window of all is open: none comes after it', async (t) => {
  const once = { rules: [{ rrule: 'FREQ=DAILY;COUNT=1', start: '2026-11-24T09:10' }] }
  const { w, id } = await begun(t, { ...HOURLY, ...once })
  t.match(await text(w, `/schedules/${id}`), 'None after the one that is open.')
  await lookAt(w, '2026-11-24T14:00')
  t.match(await text(w, `/schedules/${id}`), /Last windows .* Closed .* 2 missed .*None: its last/)
})

t.test('a window that was skipped is found, with the reason', async (t) => {
  const { w, id } = await begun(t, { ...HOURLY, window_minutes: 20 })
  await lookAt(w, '2026-11-24T11:10')
  const shown = await text(w, `/schedules/${id}/windows`)
  t.match(shown, /Open Open now until .*Skipped 2026-11-24 10:10 UTC.*Nothing was running at its time/)
  t.match(shown, /No sessions/)
})

t.test('windows are listed a page at a time, each once', async (t) => {
  const { w, id } = await begun(t, { ...HOURLY, rules: [DAILY], window_minutes: 30 })
  for (let hour = 10; hour < 22; hour++) await lookAt(w, `2026-11-24T${hour}:10`)
  const { listWindows } = await import('../../src/maintenance/window-list.ts')
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
  t.same(ids, [6, 5, 4, 3, 2, 1])
})

const DAILY = { rrule: 'FREQ=DAILY;BYHOUR=9,10,11,12,13,14;BYMINUTE=10', start: '2026-11-24T09:10' }

t.test('says who ran it, to whoever may see that person', async (t) => {
  const { w, id } = await begun(t, { ...HOURLY, rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-25T09:10' }] })
  const { bob } = await addCast(w)
  await w.alice.post(`/schedules/${id}/runs`, { reason: 'Urgent' })
  t.match(await text(w, `/schedules/${id}`), /Run now by Alice.* Urgent/)
  const { body } = await bob.browser.get(`/schedules/${id}`)
  t.match(mainText(body), /Run now · UTC Urgent/)
})

t.test('the list asks for as much, however many windows it has', async (t) => {
  const { w, id } = await begun(t, { ...HOURLY, rules: [DAILY], window_minutes: 30 })
  const queries = async () => {
    const watched = watchQueries(w.db)
    await w.alice.get(`/schedules/${id}/windows`)
    return watched
  }
  const few = (await queries()).length
  for (let hour = 10; hour < 14; hour++) await lookAt(w, `2026-11-24T${hour}:10`)
  t.equal((await queries()).length, few)
})
