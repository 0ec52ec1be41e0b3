import t from 'tap'
import { canonicalZone, zoneNames } from '../../src/web/zones.ts'
import { type RecurrenceProblem, recurrenceProblems } from '../../src/schedules/validation.ts'
import { nextWindow } from '../../src/schedules/windows.ts'

const NOW = '2026-11-24T12:00'

const problems = (rrule: string, { start = '2026-12-01T22:00', length_minutes = 240 } = {}) =>
  recurrenceProblems({ rules: [{ rrule, start }], length_minutes }, NOW)

const at = (field: RecurrenceProblem['field'], message: string) => [
  { field, message, ...(field !== 'length_minutes' && { rule: 0 }) },
]

t.test('a rule that makes sense is accepted', async (t) => {
  for (const rrule of [
    'FREQ=DAILY',
    'FREQ=DAILY;COUNT=1000',
    'FREQ=WEEKLY;INTERVAL=104;BYDAY=SA,SU',
    'FREQ=MONTHLY;BYMONTHDAY=31',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU',
    'FREQ=YEARLY;BYYEARDAY=-1',
    'FREQ=DAILY;UNTIL=20270101',
  ])
    t.same(problems(rrule), [], rrule)
})

t.test('T17: a rule that never runs is found out, however it is put', async (t) => {
  for (const rrule of [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5',
    'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11',
    'FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366',
    'FREQ=YEARLY;BYYEARDAY=366;INTERVAL=2;BYMONTH=1',
    'FREQ=YEARLY;INTERVAL=10;BYYEARDAY=366;BYMONTH=11,10,9,8,7,6,5,4,3,2,1;BYDAY=SU',
    'FREQ=WEEKLY;INTERVAL=104;BYMONTH=2;BYSETPOS=3;BYDAY=MO,TU',
  ])
    t.same(problems(rrule), at('rrule', 'No day is ever like that: it would never run.'), rrule)
})

t.test('what lies in the past is refused, where the time was typed', async (t) => {
  const start = '2026-01-01T22:00'
  const over = 'Its last window has passed: it would not run again.'
  const passed = 'This time has passed. Choose one that is to come.'
  t.same(problems('FREQ=DAILY;COUNT=1', { start }), at('start', passed))
  t.same(problems('FREQ=DAILY;UNTIL=20261123', { start }), at('rrule', over))
  t.same(problems('FREQ=DAILY;COUNT=300', { start }), at('rrule', over))
  t.same(problems('FREQ=DAILY', { start }), [])
  t.same(problems('FREQ=DAILY;UNTIL=20261130'), at('rrule', 'It ends before it starts.'))
  t.same(
    recurrenceProblems({ rules: [{ rrule: 'FREQ=DAILY;COUNT=1', start }], length_minutes: 60 }),
    [],
  )
})

t.test('a COUNT that is not reached in our time is refused', async (t) => {
  const message = 'COUNT reaches too far into the future: use UNTIL with a date.'
  t.same(problems('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=9'), at('rrule', message))
  t.same(problems('FREQ=DAILY;INTERVAL=2;COUNT=1000'), at('rrule', message))
})

t.test('a window is neither empty nor longer than its period', async (t) => {
  const length = (length_minutes: number, rrule = 'FREQ=DAILY') =>
    problems(rrule, { length_minutes })
  t.same(length(0), at('length_minutes', 'The window ends before it starts.'))
  t.same(length(-60), at('length_minutes', 'The window ends before it starts.'))
  for (const wrong of [14, 15.5, 7 * 24 * 60 + 1, Number.NaN])
    t.same(length(wrong), at('length_minutes', 'A window is 15 minutes to 7 days long.'))
  t.same(length(24 * 60), [])
  const open = 'The window is still open when the next one starts,'
  t.same(length(24 * 60 + 1), at('length_minutes', `${open} 1 day later.`))
  t.same(
    length(60, 'FREQ=DAILY;BYHOUR=2;BYMINUTE=0,45'),
    at('length_minutes', `${open} 45 minutes later.`),
  )
  t.same(length(3 * 24 * 60, 'FREQ=WEEKLY;BYDAY=FR,MO'), [])
  t.same(
    length(3 * 24 * 60 + 1, 'FREQ=WEEKLY;BYDAY=FR,MO'),
    at('length_minutes', `${open} 3 days later.`),
  )
})

t.test('rules that come too close to one another are found too', async (t) => {
  const rules = [
    { rrule: 'FREQ=WEEKLY;BYDAY=MO', start: '2026-12-01T22:00' },
    { rrule: 'FREQ=MONTHLY;BYMONTHDAY=1', start: '2026-12-01T20:00' },
  ]
  const message = 'The window is still open when the next one starts, 2 hours later.'
  t.same(recurrenceProblems({ rules, length_minutes: 150 }), at('length_minutes', message))
  t.same(recurrenceProblems({ rules, length_minutes: 120 }), [])
  t.match(recurrenceProblems({ rules: [], length_minutes: 60 }), [{ field: 'rrule' }])
  const many = Array.from({ length: 6 }, () => rules[0]!)
  t.match(recurrenceProblems({ rules: many, length_minutes: 60 }), [{ field: 'rrule' }])
})

t.test('a start is a local time that the calendar has', async (t) => {
  const message = 'Enter a date and a time such as 2026-12-01T22:00.'
  for (const start of [
    '',
    'tomorrow',
    '2026-02-30T22:00',
    '2026-12-01',
    '2026-12-01T24:00',
    '2026-12-01T22:00Z',
  ])
    t.same(problems('FREQ=DAILY', { start }), at('start', message), start)
  for (const start of ['1999-12-31T22:00', '2100-01-01T00:00'])
    t.same(problems('FREQ=DAILY', { start }), at('start', 'Enter a date from 2000 to 2099.'))
})

t.test('each rule that is wrong has a message of its own', async (t) => {
  const start = '2026-12-01T22:00'
  const rules = ['FREQ=DAILY', 'FREQ=HOURLY', 'FREQ=DAILY;COUNT=0'].map((rrule) => ({
    rrule,
    start,
  }))
  t.same(
    recurrenceProblems({ rules, length_minutes: 0 }).map(({ field, rule }) => [field, rule]),
    [
      ['rrule', 1],
      ['rrule', 2],
      ['length_minutes', undefined],
    ],
  )
})

t.test('a zone that was renamed is known by both names and shown by the new one', async (t) => {
  for (const [typed, shown] of [
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['US/Eastern', 'America/New_York'],
    ['Etc/UTC', 'UTC'],
  ] as const)
    t.equal(canonicalZone(typed), shown)
  for (const typed of ['Mars/Phobos', '+01:00', '', 'Europe/Berlin '.repeat(9), 'Etc/UTC[x]'])
    t.equal(canonicalZone(typed), undefined, typed)
})

t.test('every zone that is offered is known, once, and keeps time', async (t) => {
  const names = zoneNames()
  t.same([...new Set(names)], names)
  const daily = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-01-01T22:00' }], length_minutes: 60 }
  const wrong = names.filter((name) => {
    const next = nextWindow(daily, name, '2026-11-24T12:00:00.000Z')
    return canonicalZone(name) !== name || !next?.start.endsWith('T22:00')
  })
  t.same(wrong, [])
  t.ok(names.includes('Europe/Kyiv') && names.includes('UTC'))
})
