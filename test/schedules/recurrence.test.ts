import { deepStrictEqual as equal } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { addMinutes } from '../../src/schedules/local-time.ts'
import { startsFrom } from '../../src/schedules/recurrence.ts'
import { formatRule, parseRule, ruleOf } from '../../src/schedules/rule.ts'
import { modelStarts } from './recurrence-model.ts'
import { localTimes, rules } from './rules.ts'

const ROUNDS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 400)
/** Only a leap year has so many days. */
const leapDays = ruleOf('FREQ=YEARLY;BYYEARDAY=-366')
const YEAR = 366 * 24 * 60

t.test('a rule starts windows on the days that RFC 5545 says, and on no others', async () => {
  const years = fc.integer({ min: -3, max: 40 })
  fc.assert(
    fc.property(rules, localTimes, years, (rule, start, years) => {
      const from = addMinutes(start, years * YEAR + 17)
      const until = addMinutes(from, 9 * YEAR)
      const rrule = formatRule(rule)
      const found = startsFrom([{ rrule, start }], from)
        .take(12)
        .filter((at) => at <= until)
      equal([...found], modelStarts(rule, start, from, until).slice(0, 12), `${rrule} ${start}`)
    }),
    { numRuns: ROUNDS, examples: [[leapDays, '2026-01-01T22:00', 0]] },
  )
})

t.test('COUNT counts from the start, wherever one looks from', async () => {
  const counts = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(rules, localTimes, counts, fc.nat(3000), (rule, start, count, days) => {
      const counted = { ...rule, interval: 1, count }
      const until = addMinutes(start, 4 * YEAR)
      const all = modelStarts(counted, start, start, until)
      fc.pre(all.length === count)
      const from = addMinutes(start, days * 24 * 60)
      const found = startsFrom([{ rrule: formatRule(counted), start }], from)
      equal(
        [...found],
        all.filter((at) => at >= from),
      )
    }),
    { numRuns: ROUNDS / 2 },
  )
})

t.test('the text of a rule is read as the rule that it was made of', async () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const parsed = parseRule(formatRule(rule))
      equal(parsed.ok && formatRule(parsed.rule), formatRule(rule))
    }),
  )
})
