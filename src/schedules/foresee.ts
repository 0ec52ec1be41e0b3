import { type BusinessHours, businessMinutes } from './business-hours.ts'
import { type FreezePeriod, freezeAt } from './freeze.ts'
import { durationInWords } from './words.ts'
import { recurrenceOf, type Times } from './stored.ts'
import { type Window, clockChangeInWords, elapsedMinutes, windowsOpening } from './windows.ts'

/** What a window may meet where it opens. */
export type Surroundings = {
  /** The zone whose clock business hours and freeze periods follow. */
  zone: string
  hours: Omit<BusinessHours, 'zone'>
  freezes: readonly FreezePeriod[]
}

/** What somebody should know about a window before it comes. */
export type Mark = { kind: 'clock' | 'business' | 'freeze' | 'overlap'; words: string }

/** The windows of another schedule, which may be open at the same time. */
export type OtherWindows = { name: string; windows: readonly Span[] }

type Span = Pick<Window, 'opens_at' | 'closes_at'>

const END = '2200-01-01T00:00:00.000Z'

/** The next windows of some times in a zone, at most so many. */
export const windowsAhead = (times: Times, zone: string, after: string, limit: number) =>
  windowsOpening(recurrenceOf(times), zone, { after, until: END, limit })

/** All that is to be said about a window, in words, the gravest first. */
export function marksOf(
  window: Window,
  surroundings: Surroundings,
  others: readonly OtherWindows[],
): Mark[] {
  const { zone, hours, freezes } = surroundings
  const marks: Mark[] = []
  const freeze = freezeAt(window.opens_at, zone, freezes)
  if (freeze) marks.push({ kind: 'freeze', words: `Freeze period ${freeze.replace('/', ' to ')}` })
  for (const change of window.clock_changes)
    marks.push({ kind: 'clock', words: `Clock change: ${clockChangeInWords(change)}` })
  const minutes = businessMinutes(window, { ...hours, zone })
  if (minutes > 0)
    marks.push({ kind: 'business', words: `${durationInWords(minutes)} in business hours` })
  const names = others
    .filter(({ windows }) => windows.some((other) => overlaps(window, other)))
    .map(({ name }) => `“${name}”`)
  if (names.length > 0)
    marks.push({ kind: 'overlap', words: `At the same time as ${listed(names)}` })
  return marks
}

/** Names that a mark says; of more it gives the number. */
const NAMED = 2

function listed(names: string[]) {
  const more = names.length - NAMED
  if (more > 0) return `${names.slice(0, NAMED).join(', ')} and ${more} more`
  return names.join(' and ')
}

const overlaps = (one: Span, other: Span) =>
  one.opens_at < other.closes_at && other.opens_at < one.closes_at

/** How long a window is open in fact, in words. */
export const lengthInWords = ({ opens_at, closes_at }: Span) =>
  durationInWords(elapsedMinutes(opens_at, closes_at))
