import { type Frequency, rruleOf } from '../../src/schedules/frequency.ts'
import { recurrenceProblems } from '../../src/schedules/validation.ts'
import { nextWindow, windowsBetween } from '../../src/schedules/windows.ts'
import { type Figure, figure, median } from '../figure.ts'

const NOW = '2026-11-24T12:00:00.000Z'
const LATER = '2030-11-24T12:00:00.000Z'
const SCHEDULES = 10_000
const TIMES = 7

const FREQUENCIES: Frequency[] = [
  { kind: 'daily', every: 1 },
  { kind: 'weekly', every: 2, days: ['MO', 'WE'] },
  { kind: 'monthly_day', every: 1, days: [-1] },
  { kind: 'monthly_weekday', every: 1, nth: 2, day: 'TU' },
  { kind: 'patch_tuesday', plus_days: 5 },
  { kind: 'patch_tuesday', plus_days: 20 },
]
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC']

/** Rules that look for long, and in vain, or that come to their end late. */
const HOSTILE = [
  'FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMONTH=2;BYDAY=SU;COUNT=1000',
  'FREQ=WEEKLY;BYMONTH=2;BYDAY=SU;COUNT=1000',
  'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2',
  'FREQ=WEEKLY;INTERVAL=104;BYMONTH=2;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366',
  'FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366',
  'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3,4,5,6;BYSETPOS=366,-366',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;COUNT=1000',
  'FREQ=YEARLY;INTERVAL=10;BYYEARDAY=366;BYMONTH=1',
]

/** The CPU time of computing windows, without the database. */
export async function* schedules(): AsyncGenerator<Figure> {
  const all = Array.from({ length: SCHEDULES }, (_, index) => schedule(index))
  const next = () => all.forEach((one, at) => nextWindow(one, ZONES[at % ZONES.length]!, NOW))
  const first = milliseconds(next)
  const again = median(repeat(() => milliseconds(next)))
  yield figure('Next windows of 10,000 new schedules', first, 'ms', { at_most: 1000 })
  yield figure('Next windows of 10,000 known schedules', again, 'ms', { at_most: 500 })

  const range = { from: NOW, to: LATER, limit: 20 }
  const forecast = () => ZONES.forEach((zone) => windowsBetween(all[5]!, zone, range))
  const took = median(repeat(() => milliseconds(forecast)))
  yield figure('Forecast of 20 windows in 5 zones', took, 'ms', { at_most: 10 })

  const hostile = HOSTILE.map((rrule) =>
    median(repeat((turn) => milliseconds(() => check(rrule, turn)))),
  )
  yield figure('Refusing or accepting the worst rule', Math.max(...hostile), 'ms', { at_most: 50 })
}

function schedule(index: number) {
  const minute = String(index % 60).padStart(2, '0')
  const day = String(1 + (Math.floor(index / 60) % 28)).padStart(2, '0')
  const rrule = rruleOf(FREQUENCIES[index % FREQUENCIES.length]!)
  const start = `20${10 + Math.floor(index / 1680)}-01-${day}T22:${minute}`
  return { rules: [{ rrule, start }], length_minutes: 240 }
}

/** A start of its own each time: what was computed before must not help. */
function check(rrule: string, turn: number) {
  const start = `2026-01-01T0${turn}:00`
  recurrenceProblems({ rules: [{ rrule, start }], length_minutes: 60 }, '2026-11-24T12:00')
}

const repeat = (run: (turn: number) => number) =>
  Array.from({ length: TIMES }, (_, turn) => run(turn))

/** Of CPU: nothing here waits for anything, and a busy machine should not count. */
function milliseconds(run: () => void) {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
