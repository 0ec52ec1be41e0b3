import t from 'tap'
import { formatRule, parseRule } from '../../src/schedules/rule.ts'

const message = (text: string) => {
  const parsed = parseRule(text)
  return parsed.ok ? '' : parsed.message
}

t.test('a rule is read however it is written, and always written in one way', async (t) => {
  for (const [typed, kept] of [
    ['RRULE:FREQ=DAILY', 'FREQ=DAILY'],
    [' freq=weekly;byday=fr,mo,fr;interval=1 ', 'FREQ=WEEKLY;BYDAY=MO,FR'],
    ['COUNT=3;FREQ=MONTHLY;BYDAY=+2TU', 'FREQ=MONTHLY;BYDAY=2TU;COUNT=3'],
    ['FREQ=MONTHLY;BYMONTHDAY=15,-1,1', 'FREQ=MONTHLY;BYMONTHDAY=-1,1,15'],
    ['FREQ=DAILY;UNTIL=20271231', 'FREQ=DAILY;UNTIL=20271231T235900'],
    ['FREQ=DAILY;UNTIL=20271231T120000', 'FREQ=DAILY;UNTIL=20271231T120000'],
    ['FREQ=DAILY;BYHOUR=14,2;BYMINUTE=30', 'FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30'],
  ] as const) {
    const parsed = parseRule(typed)
    t.equal(parsed.ok && formatRule(parsed.rule), kept)
  }
})

t.test('what is wrong with a rule is said in words', async (t) => {
  const runs = 'Maintenance runs at most 6 times a day'
  for (const [text, said] of [
    ['', '"" is not a part of a rule. Write it as FREQ=DAILY;INTERVAL=2.'],
    ['DAILY', '"DAILY" is not a part of a rule. Write it as FREQ=DAILY;INTERVAL=2.'],
    ['INTERVAL=2', 'A rule needs FREQ, such as FREQ=DAILY.'],
    ['FREQ=FORTNIGHTLY', 'FREQ is one of DAILY, WEEKLY, MONTHLY and YEARLY.'],
    ['FREQ=SECONDLY', `${runs}: use FREQ=DAILY.`],
    ['FREQ=MINUTELY;COUNT=10000000', `${runs}: use FREQ=DAILY.`],
    ['FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=0,30', `${runs}.`],
    ['FREQ=DAILY;COUNT=0', 'COUNT is a whole number from 1 to 1000.'],
    [
      'FREQ=DAILY;COUNT=10000000',
      'COUNT is a whole number from 1 to 1000. For more, end it on a date with UNTIL.',
    ],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL is a whole number from 1 to 366.'],
    ['FREQ=DAILY;INTERVAL=-1', 'INTERVAL is a whole number from 1 to 366.'],
    ['FREQ=YEARLY;INTERVAL=1e9', 'INTERVAL is a whole number from 1 to 10.'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ stands there twice.'],
    ['FREQ=DAILY;BYSECOND=5', 'A window starts on a full minute: leave BYSECOND out.'],
    ['FREQ=DAILY;EVERY=5', 'There is no part EVERY in a rule.'],
    ['FREQ=DAILY;TZID=UTC', 'Leave TZID out: the schedule has its own.'],
    [
      'FREQ=MONTHLY;BYMONTHDAY=0',
      'BYMONTHDAY takes whole numbers from 1 to 31, or from -31 to -1.',
    ],
    ['FREQ=DAILY;BYMONTH=13', 'BYMONTH takes whole numbers from 1 to 12.'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR takes whole numbers from 0 to 23.'],
    ['FREQ=WEEKLY;BYDAY=MON', 'A day is one of MO, TU, WE, TH, FR, SA, SU, not "MON".'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20271231', 'Use either COUNT or UNTIL, not both.'],
    ['FREQ=DAILY;UNTIL=20270230', 'UNTIL is a date such as 20271231.'],
    ['FREQ=DAILY;UNTIL=20271231T120000Z', 'UNTIL is a local time: leave the Z at its end out.'],
  ] as const)
    t.equal(message(text), said)
})

t.test('parts that do not go together are refused', async (t) => {
  for (const text of [
    'FREQ=WEEKLY;BYDAY=2TU',
    'FREQ=MONTHLY;BYDAY=6TU',
    'FREQ=MONTHLY;BYDAY=0TU',
    'FREQ=YEARLY;BYDAY=54TU',
    'FREQ=MONTHLY;BYYEARDAY=100',
    'FREQ=DAILY;BYMONTHDAY=13',
    'FREQ=WEEKLY;BYMONTHDAY=13',
    'FREQ=YEARLY;BYWEEKNO=53',
    'FREQ=MONTHLY;BYSETPOS=1',
    'FREQ=DAILY;BYHOUR=1,2;BYSETPOS=1',
    'FREQ=YEARLY;BYYEARDAY=1;BYMONTHDAY=1',
    'FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=13',
  ])
    t.not(message(text), '', text)
})

t.test('T17: long and hostile text is refused, not worked at', async (t) => {
  for (const text of [
    'FREQ=DAILY;'.repeat(10_000),
    `FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(50_000)}1`,
    '='.repeat(100_000),
    ';'.repeat(1000),
    `FREQ=DAILY;${'A'.repeat(900)}=1`,
    'FREQ=DAILY;__PROTO__=1',
    'FREQ=DAILY;CONSTRUCTOR=1',
    'FREQ=DAILY;COUNT=٣',
    'FREQ=DAILY\r\nDTSTART:20260101T000000',
  ]) {
    t.not(message(text), '')
    t.ok(message(text).length < 120)
  }
})
