import fc from 'fast-check'
import { type ByDay, DAYS, formatRule, parseRule, type Rule } from '../../src/schedules/rule.ts'

const list = (values: fc.Arbitrary<number>, most = 4) =>
  fc
    .uniqueArray(values, { minLength: 1, maxLength: most })
    .map((all) => all.toSorted((a, b) => a - b))
const signed = (max: number) =>
  fc.oneof(fc.integer({ min: 1, max }), fc.integer({ min: -max, max: -1 }))
const option = <Value>(values: fc.Arbitrary<Value>) =>
  fc.option(values, { nil: undefined, freq: 2 })

const days = fc.subarray([...DAYS], { minLength: 1 })
const date = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2060-12-31'),
  noInvalidDate: true,
})

/** A local time from 2000 to 2060; often at the end of a month, and in a leap year. */
export const localTimes = fc.oneof(
  date.map((at) => at.toISOString().slice(0, 16)),
  fc.constantFrom('2024-02-29T22:00', '2025-12-31T23:59', '2026-01-31T00:00', '2026-08-30T12:30'),
)

/** A rule that a form takes, though perhaps no day matches it. */
export const rules: fc.Arbitrary<Rule> = fc
  .constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const, 'YEARLY' as const)
  .chain((frequency): fc.Arbitrary<Rule> => {
    const isDaily = frequency === 'DAILY'
    const isYearly = frequency === 'YEARLY'
    const hasDays = isYearly || frequency === 'MONTHLY'
    const nth = hasDays ? option(signed(5)) : fc.constant(undefined)
    return fc.record({
      frequency: fc.constant(frequency),
      interval: fc.constantFrom(1, 1, 1, 2, 3, 7),
      by_day: fc.oneof(
        fc.constant([] as ByDay[]),
        fc.tuple(days, nth).map(([all, nth]) => all.map((day) => (nth ? { day, nth } : { day }))),
      ),
      numbers: fc
        .record({
          BYMONTH: option(list(fc.integer({ min: 1, max: 12 }))),
          BYMONTHDAY: hasDays ? option(list(signed(31), 8)) : fc.constant(undefined),
          BYYEARDAY: isYearly ? option(list(signed(366), 9)) : fc.constant(undefined),
          BYHOUR: option(list(fc.integer({ min: 0, max: 23 }), 3)),
          BYMINUTE: option(list(fc.integer({ min: 0, max: 59 }), 2)),
          BYSETPOS: isDaily ? fc.constant(undefined) : option(list(signed(6), 2)),
        })
        .map(({ BYSETPOS, ...parts }) => {
          const present = Object.entries(parts).filter(([, value]) => value)
          return Object.fromEntries(
            present.length > 0 && BYSETPOS ? [...present, ['BYSETPOS', BYSETPOS]] : present,
          )
        }),
      ...(frequency === 'WEEKLY' && { week_start: fc.constantFrom(undefined, 'SU' as const) }),
    })
  })
  .filter((rule) => parseRule(formatRule(rule)).ok)
