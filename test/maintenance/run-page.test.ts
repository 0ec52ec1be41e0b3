import t from 'tap'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World, world } from '../support/world.ts'

// Before somebody runs a schedule now: what that means for its next windows, and for those at work.

/** A window of four hours at 12:00, on a Tuesday at nine. */
const NOON = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T12:00' }] }

async function asked(t: Parameters<typeof world>[0], given: Parameters<typeof addSchedule>[2]) {
  const w = await world(t)
  await addComputers(w, ACME, ['ACME-1'])
  return { w, id: await addSchedule(w, ACME, given) }
}

const text = async ({ alice }: World, id: number) =>
  mainText((await alice.get(`/schedules/${id}/runs/new`)).body)

t.test('says which windows are skipped, or wait, since it is open', async (t) => {
  const { w, id } = await asked(t, NOON)
  t.match(await text(w, id), /opens 2026-11-24 12:00 UTC \(UTC\) is skipped, unless/)
  const queued = await addSchedule(w, ACME, { ...NOON, name: 'Queued', overlap: 'queue' })
  t.match(await text(w, queued), /opens 2026-11-24 12:00 UTC \(UTC\) waits, unless/)
})

t.test('it happens so: the window that was named is skipped', async (t) => {
  const { w, id } = await asked(t, { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T09:20' }] })
  await lookAt(w, w.clock.now)
  t.match(await text(w, id), '2026-11-24 09:20 UTC')
  const { headers } = await w.alice.post(`/schedules/${id}/runs`, { reason: '' })
  t.equal(headers.location, '/windows/1')
  await lookAt(w, '2026-11-24T09:20')
  t.match(mainText((await w.alice.get('/windows/2')).body), /Skipped .*was still open/)
})

t.test('says nothing of windows that come later, or of a schedule that is disabled', async (t) => {
  const { w, id } = await asked(t, {})
  t.notMatch(await text(w, id), 'is skipped')
  const off = await addSchedule(w, ACME, { ...NOON, name: 'Off' })
  await w.alice.post(`/schedules/${off}/state`, { state: 'disabled' })
  t.notMatch(await text(w, off), 'is skipped')
})

t.test('warns of business hours, and of a freeze period', async (t) => {
  const { w, id } = await asked(t, {})
  t.match(await text(w, id), /in business hours/)
  await putPreference(w, ACME, 'maintenance.freeze_periods', ['2026-11-20/2026-11-30'])
  t.match(await text(w, id), 'Freeze period 2026-11-20 to 2026-11-30')
})
