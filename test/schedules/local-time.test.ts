import t from 'tap'
import { instantOf, isLocalTime, localAt, minutesBetween } from '../../src/schedules/local-time.ts'

t.test(
  'the clock of a zone is read at an instant, and to the millisecond of its change',
  async (t) => {
    for (const [instant, local] of [
      ['2026-03-29T00:59:59.999Z', '2026-03-29T01:59'],
      ['2026-03-29T01:00:00.000Z', '2026-03-29T03:00'],
      ['2026-10-25T00:59:59.999Z', '2026-10-25T02:59'],
      ['2026-10-25T01:00:00.000Z', '2026-10-25T02:00'],
    ] as const)
      t.equal(localAt(instant, 'Europe/Berlin'), local)
  },
)

t.test('a day that a zone left out ends where the next begins', async (t) => {
  const instants = ['2011-12-30T00:00', '2011-12-30T22:00', '2011-12-31T00:00']
  t.same(new Set(instants.map((local) => instantOf(local, 'Pacific/Apia'))).size, 1)
  t.equal(
    localAt(instantOf('2011-12-30T22:00', 'Pacific/Apia'), 'Pacific/Apia'),
    '2011-12-31T00:00',
  )
})

t.test('a local time is one that the calendar has', async (t) => {
  t.ok(isLocalTime('2024-02-29T23:59'))
  for (const text of ['2023-02-29T23:59', '2024-02-29T24:00', '2024-02-29', '2024-2-29T23:59'])
    t.notOk(isLocalTime(text), text)
  t.equal(minutesBetween('2026-02-28T23:00', '2026-03-01T01:00'), 120)
})
