import {
  DAY,
  type Facts,
  MINUTE,
  type ModelState,
  type ModelWindow,
  type Slot,
  slotsOf,
  timesInForce,
} from './state.ts'

/** What is to be recorded of a window that came. */
export type Verdict = {
  slot: Slot
  state: 'open' | 'queued' | 'skipped'
  why: string
  cause: 'due' | 'caught_up'
  opens: number
  closes: number
}

const MOST_RECORDED = 50
const LATE = 5 * MINUTE

/** The windows of the same times and zone. */
export const windowsAt = ({ windows }: ModelState, times_of: number, zone: string) =>
  [...windows.values()].filter((one) => one.times_of === times_of && one.zone === zone)

/** The windows that have come, or that detection finds; and the start after them. */
export function listDue(state: ModelState, times_of: number, zone: string, now: number) {
  const times = timesInForce(state).get(times_of)!
  const until = now + state.facts.detection * MINUTE
  const pointer = state.next.get(`${times_of} ${zone}`)!
  const last = lastStart(state, times_of, times.zone ? null : zone, now)
  const slots = slotsOf(state, times, zone)
  const from = slots.find(({ start }) => start === pointer)!.opens
  return {
    due: slots
      .filter(({ opens }) => opens >= from && opens <= until && opens > until - 400 * DAY)
      .filter(({ start }) => start > last),
    next: slots.find(({ opens }) => opens > until)?.start,
  }
}

/** The last start on the clock that was recorded; a fixed zone that was another before counts too. */
function lastStart(state: ModelState, times_of: number, zone: string | null, now: number) {
  const starts = [...state.windows.values()]
    .filter((one) => one.times_of === times_of && (zone === null || one.zone === zone))
    .filter((one) => one.cause !== 'run_now' && one.recorded_at <= now)
    .map(({ start }) => start)
  return starts.sort().at(-1) ?? ''
}

/** What becomes of the windows that are due. */
export function judge(
  { facts }: ModelState,
  due: Slot[],
  before: ModelWindow[],
  now: number,
): Verdict[] {
  const ahead = due.filter(({ opens }) => opens > now)
  const come = due.filter(({ opens }) => opens <= now)
  const open = come.filter(({ opens, closes }) => closes > now || now - opens <= LATE)
  const gone = come.filter((slot) => !open.includes(slot))
  const late = listLate(facts, gone, open, now)
  const lost = gone.filter((slot) => !late.includes(slot))
  const verdicts = new Map<Slot, Verdict>()
  for (const slot of lost.slice(-MOST_RECORDED))
    verdicts.set(slot, { ...asPlanned(slot), state: 'skipped', why: whyLost(facts, slot, now) })
  const taken = before
    .filter((one) => one.state === 'open' || (one.state === 'queued' && one.cause === 'due'))
    .map(({ opens, closes }) => ({ opens, closes }))
  let lateWait = before.some((one) => one.state === 'queued' && one.cause === 'caught_up')
  for (const slot of [...open, ...late, ...ahead]) {
    const isLate = late.includes(slot)
    const length = slot.closes - slot.opens
    const opens = Math.max(slot.opens, now)
    const closes = isLate || slot.closes <= now ? now + length : slot.closes
    const isFree = !taken.some((other) => other.opens < closes && opens < other.closes)
    const verdict = { ...asPlanned(slot), cause: isLate ? 'caught_up' : 'due' } as const
    if (isFree && !(isLate && lateWait)) {
      taken.push({ opens, closes })
      verdicts.set(slot, { ...verdict, ...(isLate && { opens: now }), closes, state: 'open' })
    } else if (facts.overlap === 'skip') {
      verdicts.set(slot, { ...verdict, cause: 'due', state: 'skipped', why: 'overlap' })
    } else {
      if (isLate) lateWait = true
      else taken.push({ opens, closes })
      const own = isLate ? slot.closes : closes
      verdicts.set(slot, { ...verdict, closes: own, state: 'queued', why: 'overlap' })
    }
  }
  return due.filter((slot) => verdicts.has(slot)).map((slot) => verdicts.get(slot)!)
}

const asPlanned = (slot: Slot): Verdict => ({
  slot,
  state: 'open',
  why: '',
  cause: 'due',
  opens: slot.opens,
  closes: slot.closes,
})

/** Which of those that closed unseen are caught up with. */
function listLate({ missed, missed_days }: Facts, gone: Slot[], open: Slot[], now: number) {
  if (missed === 'skip' || (missed === 'once' && open.length > 0)) return []
  const among = missed === 'once' ? gone.slice(-1) : gone
  return among.filter(({ opens }) => now - opens <= missed_days * DAY)
}

function whyLost({ missed, missed_days }: Facts, { opens }: Slot, now: number) {
  if (missed === 'skip') return 'not_caught_up'
  return now - opens > missed_days * DAY ? 'too_long_ago' : 'made_up_for'
}
