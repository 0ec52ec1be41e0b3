import { deepStrictEqual as equal } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { type Frequency, frequencyOf, NTH, rruleOf } from '../../src/schedules/frequency.ts'
import { startsFrom } from '../../src/schedules/recurrence.ts'
import { DAYS } from '../../src/schedules/rule.ts'
import { recurrenceInWords } from '../../src/schedules/words.ts'

const every = fc.integer({ min: 1, max: 30 })
const ends = fc.oneof(
  fc.constant({}),
  fc.record({ ends_on: fc.constantFrom('2026-12-31', '2028-02-29') }),
  fc.record({ ends_after: fc.integer({ min: 2, max: 500 }) }),
)
const repeating = fc.oneof(
  fc.record({ kind: fc.constant('daily'), every }),
  fc.record({ kind: fc.constant('weekly'), every, days: fc.subarray([...DAYS], { minLength: 1 }) }),
  fc.record({
    kind: fc.constant('monthly_day'),
    every,
    days: fc.subarray([-1, ...Array.from({ length: 31 }, (_, day) => day + 1)], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('monthly_weekday'),
    every,
    nth: fc.constantFrom(...NTH),
    day: fc.constantFrom(...DAYS),
  }),
  fc.record({ kind: fc.constant('patch_tuesday'), plus_days: fc.integer({ min: 0, max: 27 }) }),
)

t.test('what the form says comes back from the rule as it was', async () => {
  const frequencies = fc.tuple(repeating, ends).map(([form, end]) => ({ ...form, ...end }))
  fc.assert(
    fc.property(frequencies, (frequency) => {
      equal(frequencyOf(rruleOf(frequency as Frequency)), frequency)
    }),
  )
  equal(frequencyOf(rruleOf({ kind: 'once' })), { kind: 'once' })
})

t.test('a rule for which the form has no words stays as it is', async (t) => {
  for (const rrule of [
    'FREQ=DAILY;BYDAY=MO',
    'FREQ=WEEKLY',
    'FREQ=WEEKLY;BYDAY=MO;BYHOUR=2,14',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU',
    'FREQ=MONTHLY;BYMONTHDAY=-2',
    'FREQ=MONTHLY;BYDAY=5FR',
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    'FREQ=MONTHLY;BYDAY=1MO,3MO',
    'FREQ=MONTHLY;BYMONTH=1,7;BYMONTHDAY=1',
    'FREQ=DAILY;UNTIL=20261231T120000',
    'FREQ=YEARLY',
  ])
    t.same(frequencyOf(rrule), { kind: 'custom', rrule })
})

t.test('a custom rule that the form knows becomes that', async (t) => {
  t.same(frequencyOf(rruleOf({ kind: 'custom', rrule: 'rrule:byday=fr,mo;freq=weekly' })), {
    kind: 'weekly',
    every: 1,
    days: ['MO', 'FR'],
  })
})

/** The second Tuesday of a month (0 to 11), and so many days later, as a calendar has it. */
function afterPatchTuesday(year: number, month: number, plus_days: number) {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
  const day = 8 + ((2 - first + 7) % 7) + plus_days
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)
}

t.test(
  'Patch Tuesday plus n days falls on that day in every month, also in the next',
  async (t) => {
    const months = Array.from({ length: 12 * 40 }, (_, at) => at + 12 * 2026)
    for (let plus_days = 0; plus_days <= 27; plus_days++) {
      const rrule = rruleOf({ kind: 'patch_tuesday', plus_days })
      const starts = startsFrom([{ rrule, start: '2026-01-01T22:00' }], '2026-01-13T00:00')
      const wanted = months
        .map((at) => afterPatchTuesday(Math.floor(at / 12), at % 12, plus_days))
        .filter((date) => date >= '2026-01-13')
      // The first may still belong to the month before.
      const found = [...starts.take(months.length + 1)].map((start) => start.slice(0, 10))
      const from = found.indexOf(wanted[0]!)
      t.same(
        [from <= 1, found.slice(from, from + months.length)],
        [true, wanted],
        `${plus_days} days`,
      )
    }
  },
)

const words = (rrule: string, length_minutes = 240) =>
  recurrenceInWords({ rules: [{ rrule, start: '2026-11-24T22:00' }], length_minutes })

t.test('a schedule is said in words', async (t) => {
  const at = 'at 22:00 for 4 hours (to 02:00 the next day)'
  for (const [rrule, said] of [
    ['FREQ=DAILY;COUNT=1', `Once on 2026-11-24 ${at}`],
    ['FREQ=DAILY', `Every day ${at}`],
    ['FREQ=DAILY;INTERVAL=3;COUNT=5', `Every 3 days ${at}, 5 times`],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', `Every Monday to Friday ${at}`],
    ['FREQ=WEEKLY;BYDAY=MO,WE,FR', `Every Monday, Wednesday and Friday ${at}`],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', `Every 2 weeks on Sunday ${at}`],
    ['FREQ=MONTHLY;BYMONTHDAY=1', `On the 1st of every month ${at}`],
    ['FREQ=MONTHLY;BYMONTHDAY=-1,12,22', `On the 12th, 22nd and last day of every month ${at}`],
    [
      'FREQ=MONTHLY;BYMONTHDAY=31',
      `On the 31st of every month (a month without it is skipped) ${at}`,
    ],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=3', `Every 3 months on the 3rd ${at}`],
    ['FREQ=MONTHLY;BYDAY=-1FR', `On the last Friday of every month ${at}`],
    ['FREQ=MONTHLY;BYDAY=2TU', `On the second Tuesday of every month ${at}`],
    ['FREQ=DAILY;UNTIL=20261231T235900', `Every day ${at}, until 2026-12-31`],
    ['FREQ=DAILY;BYMONTH=7', `By the rule FREQ=DAILY;BYMONTH=7 ${at}`],
    ['FREQ=DAILY;BYHOUR=2,14', 'By the rule FREQ=DAILY;BYHOUR=2,14 for 4 hours'],
  ] as const)
    t.equal(words(rrule), said)
})

t.test('Patch Tuesday, several rules and odd lengths are said in words too', async (t) => {
  t.equal(
    words(rruleOf({ kind: 'patch_tuesday', plus_days: 3 }), 90),
    '3 days after the second Tuesday of every month (Patch Tuesday), on a Friday at 22:00 for 1 hour 30 minutes (to 23:30)',
  )
  t.match(words(rruleOf({ kind: 'patch_tuesday', plus_days: 20 })), /^20 days after the second/)
  const rules = [
    { rrule: 'FREQ=WEEKLY;BYDAY=SA', start: '2026-11-24T22:00' },
    { rrule: 'FREQ=MONTHLY;BYMONTHDAY=1', start: '2026-11-24T03:30' },
  ]
  t.equal(
    recurrenceInWords({ rules, length_minutes: 1500 }),
    'Every Saturday at 22:00 for 1 day 1 hour (to 23:00 the next day); and on the 1st of every month at 03:30 for 1 day 1 hour (to 04:30 the next day)',
  )
})
