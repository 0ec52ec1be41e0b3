import { windowStates } from '../maintenance/words.ts'
import type { Entry } from './coming.ts'
import { instantOf, localAt } from './local-time.ts'

/** What of a calendar is looked at: a month, or a week, by its days. */
export type Span = {
  way: 'month' | 'week'
  title: string
  /** The first day of the first week, and the last of the last. */
  first: Temporal.PlainDate
  last: Temporal.PlainDate
  /** The month that is meant; days outside it are shown only to fill its weeks. */
  month: number | null
  previous: string
  next: string
}

/** A window on its day. */
export type DayEntry = Entry & { from: string; to: string; label: string; href: string | null }

export type CalendarDay = {
  date: string
  label: string
  is_today: boolean
  is_outside: boolean
  entries: DayEntry[]
  more: number
}

/** Windows that one day of a month, or of a week, has room for. */
const ROOM = { month: 5, week: 50 }

/** The month "2026-11", or that of today for any other text. */
export function monthSpan(text: string, today: Temporal.PlainDate): Span {
  const month = readMonth(text) ?? today.toPlainYearMonth()
  const first = month.toPlainDate({ day: 1 })
  const last = month.toPlainDate({ day: month.daysInMonth })
  return {
    way: 'month',
    title: first.toLocaleString('en', { month: 'long', year: 'numeric' }),
    first: mondayOf(first),
    last: mondayOf(last).add({ days: 6 }),
    month: month.month,
    previous: `month=${month.subtract({ months: 1 }).toString()}`,
    next: `month=${month.add({ months: 1 }).toString()}`,
  }
}

/** The week in which "2026-11-24" lies, or that of today for any other text. */
export function weekSpan(text: string, today: Temporal.PlainDate): Span {
  const first = mondayOf(readDate(text) ?? today)
  const last = first.add({ days: 6 })
  return {
    way: 'week',
    title: weekTitle(first, last),
    first,
    last,
    month: null,
    previous: `week=${first.subtract({ days: 7 }).toString()}`,
    next: `week=${first.add({ days: 7 }).toString()}`,
  }
}

/** "23 to 29 November 2026", "30 November to 6 December 2026". */
function weekTitle(first: Temporal.PlainDate, last: Temporal.PlainDate) {
  const year = first.year === last.year ? undefined : ('numeric' as const)
  const month = first.month === last.month ? undefined : ('long' as const)
  const from = first.toLocaleString('en-GB', { day: 'numeric', month, year })
  const to = last.toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  return `${from} to ${to}`
}

/** The instants between which a span lies on the clock of a zone. */
export const rangeOf = ({ first, last }: Span, zone: string) => ({
  from: instantOf(`${first.toString()}T00:00`, zone),
  to: instantOf(`${last.add({ days: 1 }).toString()}T00:00`, zone),
})

/** The weeks of a span, each window on the day on which it opens on the clock of a zone. */
export function weeksOf(span: Span, entries: Entry[], zone: string, today: Temporal.PlainDate) {
  const byDay = new Map<string, DayEntry[]>()
  for (const entry of entries) {
    const opens = localAt(entry.opens_at, zone)
    const date = opens.slice(0, 10)
    const to = localAt(entry.closes_at, zone).slice(11)
    const label = entry.state ? windowStates[entry.state] : ''
    const own = { ...entry, from: opens.slice(11), to, label, href: hrefOf(entry) }
    const others = byDay.get(date)
    if (others) others.push(own)
    else byDay.set(date, [own])
  }
  const weeks: CalendarDay[][] = []
  for (let day = span.first; Temporal.PlainDate.compare(day, span.last) <= 0;) {
    const week: CalendarDay[] = []
    for (; week.length < 7; day = day.add({ days: 1 }))
      week.push(dayOf(span, day, byDay.get(day.toString()) ?? [], today))
    weeks.push(week)
  }
  return weeks
}

function dayOf(
  { way, month }: Span,
  day: Temporal.PlainDate,
  entries: DayEntry[],
  today: Temporal.PlainDate,
): CalendarDay {
  return {
    date: day.toString(),
    label: String(day.day),
    is_today: day.equals(today),
    is_outside: month !== null && day.month !== month,
    entries: entries.slice(0, ROOM[way]),
    more: Math.max(0, entries.length - ROOM[way]),
  }
}

function hrefOf({ window_id, opens_schedule, schedule_id }: Entry) {
  if (window_id !== null) return `/windows/${window_id}`
  return opens_schedule ? `/schedules/${schedule_id}` : null
}

const mondayOf = (day: Temporal.PlainDate) => day.subtract({ days: day.dayOfWeek - 1 })

/** Years that a calendar has pages for. */
const isNear = ({ year }: { year: number }) => year >= 2000 && year < 2199

function readMonth(text: string) {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return undefined
  const month = Temporal.PlainYearMonth.from(text)
  return isNear(month) ? month : undefined
}

function readDate(text: string) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  try {
    const date = Temporal.PlainDate.from(text)
    return isNear(date) ? date : undefined
  } catch {
    return undefined
  }
}
