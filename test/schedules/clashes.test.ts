import t from 'tap'
import { businessMinutes, type BusinessHours } from '../../src/schedules/business-hours.ts'
import { freezeAt, nextUnfrozen } from '../../src/schedules/freeze.ts'
import { windowAt } from '../../src/schedules/windows.ts'

const nightly = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-01T22:00' }], length_minutes: 240 }
const AFTER = '2026-12-19T12:00:00.000Z'

const next = (freezes: string[], frozenZone = 'UTC', recurrence = nightly) =>
  nextUnfrozen(recurrence, 'UTC', AFTER, { zone: frozenZone, freezes })?.start

t.test('a freeze period covers its days, the first and the last included', async (t) => {
  const freezes = ['2026-12-20/2027-01-06', '2027-04-01/2027-04-01']
  for (const [instant, zone, freeze] of [
    ['2026-12-19T23:59:59.999Z', 'UTC', undefined],
    ['2026-12-20T00:00:00.000Z', 'UTC', freezes[0]],
    ['2027-01-06T23:59:59.999Z', 'UTC', freezes[0]],
    ['2027-01-07T00:00:00.000Z', 'UTC', undefined],
    ['2026-12-19T23:30:00.000Z', 'Europe/Berlin', freezes[0]],
    ['2027-04-01T12:00:00.000Z', 'UTC', freezes[1]],
  ] as const)
    t.equal(freezeAt(instant, zone, freezes), freeze)
})

t.test('the next window is one that no freeze period forbids', async (t) => {
  t.equal(next([]), '2026-12-19T22:00')
  t.equal(next(['2026-12-19/2026-12-24']), '2026-12-25T22:00')
  t.equal(next(['2026-12-24/2027-01-06', '2026-12-19/2026-12-25']), '2027-01-07T22:00')
  t.equal(next(['2026-12-20/2026-12-24'], 'Pacific/Auckland'), '2026-12-24T22:00')
  t.equal(next(['2020-01-01/2020-12-31']), '2026-12-19T22:00')
  const midnight = { ...nightly, rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-01T00:00' }] }
  t.equal(next(['2026-12-20/2026-12-24'], 'UTC', midnight), '2026-12-25T00:00')
})

t.test('a freeze that covers everything leaves no window', async (t) => {
  t.equal(next(['2026-01-01/9999-12-31']), undefined)
  t.equal(next(['2026-01-01/2150-01-01', '2150-01-02/2199-12-31']), undefined)
  const few = { ...nightly, rules: [{ rrule: 'FREQ=DAILY;COUNT=60', start: '2026-11-01T22:00' }] }
  t.equal(next(['2026-12-01/2026-12-29'], 'UTC', few), '2026-12-30T22:00')
  t.equal(next(['2026-12-01/2026-12-30'], 'UTC', few), undefined)
})

const OFFICE: BusinessHours = {
  zone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  start: '08:00',
  end: '18:00',
}
const minutes = (start: string, length: number, hours: Partial<BusinessHours> = {}) =>
  businessMinutes(windowAt(start, length, 'Europe/Berlin'), { ...OFFICE, ...hours })

t.test('a window says how much of it falls into business hours', async (t) => {
  t.equal(minutes('2026-11-24T22:00', 240), 0)
  t.equal(minutes('2026-11-24T06:00', 180), 60)
  t.equal(minutes('2026-11-24T17:30', 240), 30)
  t.equal(minutes('2026-11-24T09:00', 60), 60)
  t.equal(minutes('2026-11-27T22:00', 60 * 60), 120) // from Friday night to Monday at 10
  t.equal(minutes('2026-11-28T09:00', 240), 0) // a Saturday
  t.equal(minutes('2026-11-23T00:00', 7 * 24 * 60), 5 * 600)
})

t.test('business hours may go on past midnight, last all day, or be in another zone', async (t) => {
  const late = { start: '20:00', end: '04:00' } as const
  t.equal(minutes('2026-11-24T22:00', 480, late), 360)
  t.equal(minutes('2026-11-28T00:00', 480, late), 240) // Friday's hours, on Saturday
  t.equal(minutes('2026-11-24T22:00', 240, { start: '00:00', end: '00:00' }), 240)
  t.equal(minutes('2026-11-24T15:00', 240, { zone: 'America/New_York' }), 240)
  t.equal(minutes('2026-11-24T09:00', 240, { days: [] }), 0)
})

t.test('business hours are counted by the stopwatch when the clock changes', async (t) => {
  const night = { days: ['sun'], start: '00:00', end: '04:00' } as const
  t.equal(minutes('2026-03-29T00:00', 240, night), 180)
  t.equal(minutes('2026-10-25T00:00', 240, night), 300)
})
