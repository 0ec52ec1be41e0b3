import { isLocalTime, type LocalTime, minutesBetween } from './local-time.ts'
import { endsInTime, type Recurrence, type RecurrenceRule, startsFrom } from './recurrence.ts'
import { parseRule, type Rule } from './rule.ts'
import { durationInWords } from './words.ts'

/** What is wrong with a recurrence, at which field; and in which of its rules, if in one. */
export type RecurrenceProblem = {
  field: 'rrule' | 'start' | 'length_minutes'
  rule?: number
  message: string
}

export const MOST_RULES = 5
const SHORTEST_MINUTES = 15
const LONGEST_MINUTES = 7 * 24 * 60

const FIRST_YEAR = 2000
const LAST_YEAR = 2099

/** How far the windows are compared with one another: in practice all distances occur by then. */
const COMPARED_WINDOWS = 100
const COMPARED_MINUTES = 2 * 366 * 24 * 60

/**
 * What is wrong with a recurrence that is about to be saved; empty when nothing is. `now` is the
 * local time, by which one that lies in the past wholly is refused; without it, it is not.
 */
export function recurrenceProblems(recurrence: Recurrence, now?: LocalTime): RecurrenceProblem[] {
  const { rules } = recurrence
  if (rules.length === 0) return [{ field: 'rrule', message: 'Choose how often it runs.' }]
  if (rules.length > MOST_RULES)
    return [{ field: 'rrule', message: `A schedule has at most ${MOST_RULES} rules.` }]

  const problems = rules.flatMap((rule, index): RecurrenceProblem[] => {
    const problem = ruleProblem(rule, now)
    return problem ? [{ ...problem, rule: index }] : []
  })
  const length = lengthProblem(recurrence, problems.length === 0)
  return length ? [...problems, { field: 'length_minutes', message: length }] : problems
}

function ruleProblem(
  { rrule, start }: RecurrenceRule,
  now: LocalTime | undefined,
): { field: 'rrule' | 'start'; message: string } | undefined {
  const parsed = parseRule(rrule)
  if (!parsed.ok) return { field: 'rrule', message: parsed.message }
  const badStart = startProblem(start)
  if (badStart) return { field: 'start', message: badStart }
  return runsNever({ rrule, start }, parsed.rule) ?? isOver({ rrule, start }, parsed.rule, now)
}

function startProblem(start: string) {
  if (!isLocalTime(start)) return 'Enter a date and a time such as 2026-12-01T22:00.'
  const year = Number(start.slice(0, 4))
  if (year < FIRST_YEAR || year > LAST_YEAR)
    return `Enter a date from ${FIRST_YEAR} to ${LAST_YEAR}.`
}

function runsNever(rule: RecurrenceRule, { count, until }: Rule) {
  const field = 'rrule' as const
  if (until && until < rule.start) return { field, message: 'It ends before it starts.' }
  if (!firstStart(rule, rule.start))
    return { field, message: 'No day is ever like that: it would never run.' }
  if (count && !endsInTime(rule))
    return { field, message: 'COUNT reaches too far into the future: use UNTIL with a date.' }
}

function isOver(rule: RecurrenceRule, { count }: Rule, now: LocalTime | undefined) {
  if (!now || firstStart(rule, now)) return undefined
  return count === 1
    ? { field: 'start' as const, message: 'This time has passed. Choose one that is to come.' }
    : { field: 'rrule' as const, message: 'Its last window has passed: it would not run again.' }
}

function lengthProblem({ rules, length_minutes }: Recurrence, areRulesSound: boolean) {
  if (length_minutes <= 0) return 'The window ends before it starts.'
  if (
    !Number.isInteger(length_minutes) ||
    length_minutes < SHORTEST_MINUTES ||
    length_minutes > LONGEST_MINUTES
  )
    return `A window is ${durationInWords(SHORTEST_MINUTES)} to ${durationInWords(LONGEST_MINUTES)} long.`
  const distance = areRulesSound ? shortestDistance(rules) : Infinity
  if (distance < length_minutes)
    return `The window is still open when the next one starts, ${durationInWords(distance)} later.`
}

/** The fewest minutes of the clock from one window to the next. */
function shortestDistance(rules: readonly RecurrenceRule[]) {
  const earliest = rules.map(({ start }) => start).toSorted()[0]!
  let shortest = Infinity
  let first: LocalTime | undefined
  let last: LocalTime | undefined
  for (const start of startsFrom(rules, earliest).take(COMPARED_WINDOWS)) {
    first ??= start
    if (minutesBetween(first, start) > COMPARED_MINUTES) break
    if (last) shortest = Math.min(shortest, minutesBetween(last, start))
    last = start
  }
  return shortest
}

const firstStart = (rule: RecurrenceRule, from: LocalTime) => startsFrom([rule], from).next().value
