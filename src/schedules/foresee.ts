import { type BusinessHours, businessMinutes } from './business-hours.ts'
import { type FreezePeriod, freezeAt } from './freeze.ts'
import { durationInWords } from './words.ts'
import { recurrenceOf, type Times } from './stored.ts'
import {
  type OpenSpan,
  type Window,
  clockChangeInWords,
  elapsedMinutes,
  overlaps,
  windowsOpening,
} from './windows.ts'

/** What a window may meet where it opens. */
export type Surroundings = {
  /** The zone whose clock business hours and freeze periods follow. */
  zone: string
  hours: Omit<BusinessHours, 'zone'>
  freezes: readonly FreezePeriod[]
}

/** What somebody should know about a window before it comes. */
export type Mark = {
  kind: 'clock' | 'business' | 'freeze' | 'overlap'
  words: string
  /** For how many of the computers that it covers; null for all of them. */
  computers: number | null
}

/** Computers for which a window meets the same. */
export type Share = { around: Surroundings; computers: number }

/** The windows of another schedule, which may be open at the same time. */
export type OtherWindows = { name: string; windows: readonly OpenSpan[] }

const END = '2200-01-01T00:00:00.000Z'

/** The next windows of some times in a zone, at most so many. */
export const windowsAhead = (times: Times, zone: string, after: string, limit: number) =>
  windowsOpening(recurrenceOf(times), zone, { after, until: END, limit })

/** What windows meet is told apart for so many groups of computers, the largest. */
const MOST_SHARES = 20

/**
 * All that is to be said about a window, in words, the gravest first.
 *
 * @param shares the computers that it covers, by what it meets where they are; at least one share,
 *   which may be without computers
 */
export function marksOf(
  window: Window,
  shares: readonly Share[],
  others: readonly OtherWindows[],
): Mark[] {
  const largest = shares
    .toSorted((one, other) => other.computers - one.computers)
    .slice(0, MOST_SHARES)
  const forAll = (kind: Mark['kind'], words: string): Mark => ({ kind, words, computers: null })
  const names = others
    .filter(({ windows }) => windows.some((other) => overlaps(window, other)))
    .map(({ name }) => `“${name}”`)
  return [
    ...marksIn(largest, 'freeze', (around) => freezeInWords(window, around)),
    ...window.clock_changes.map((change) =>
      forAll('clock', `Clock change: ${clockChangeInWords(change)}`),
    ),
    ...marksIn(largest, 'business', (around) => hoursInWords(window, around)),
    ...(names.length > 0 ? [forAll('overlap', `At the same time as ${listed(names)}`)] : []),
  ]
}

/** What is said of some computers and not of others, with how many they are. */
function marksIn(
  shares: readonly Share[],
  kind: Mark['kind'],
  wordsFor: (around: Surroundings) => string,
): Mark[] {
  const said = Map.groupBy(shares, ({ around }) => wordsFor(around))
  const all = computersIn(shares)
  return [...said]
    .filter(([words]) => words !== '')
    .map(([words, some]) => {
      const computers = computersIn(some)
      return some.length === shares.length
        ? { kind, words, computers: null }
        : { kind, words: `${words} (${computers} of ${all} computers)`, computers }
    })
}

function freezeInWords({ opens_at }: OpenSpan, { zone, freezes }: Surroundings) {
  const freeze = freezeAt(opens_at, zone, freezes)
  return freeze ? `Freeze period ${freeze.replace('/', ' to ')}` : ''
}

function hoursInWords(window: OpenSpan, { zone, hours }: Surroundings) {
  const minutes = businessMinutes(window, { ...hours, zone })
  return minutes > 0 ? `${durationInWords(minutes)} in business hours` : ''
}

/** How many of the computers that a window covers are left out, since it is in a freeze period. */
export const frozenIn = ({ opens_at }: OpenSpan, shares: readonly Share[]) =>
  computersIn(shares.filter(({ around }) => freezeAt(opens_at, around.zone, around.freezes)))

/** How many computers there are in shares. */
export const computersIn = (shares: readonly Share[]) =>
  shares.reduce((sum, { computers }) => sum + computers, 0)

/** Names that a mark says; of more it gives the number. */
const NAMED = 2

function listed(names: string[]) {
  const more = names.length - NAMED
  if (more > 0) return `${names.slice(0, NAMED).join(', ')} and ${more} more`
  return names.join(' and ')
}

/** How long a window is open in fact, in words. */
export const lengthInWords = ({ opens_at, closes_at }: OpenSpan) =>
  durationInWords(elapsedMinutes(opens_at, closes_at))
