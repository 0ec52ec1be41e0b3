import { addElapsed, elapsedMinutes, type OpenSpan } from './windows.ts'

/**
 * When one computer starts in a window: up to `spread_minutes` after it opens and before it closes.
 * Computers are spread evenly, and one computer of a schedule always has the same place: after a
 * restart, and whichever process asks.
 */
export const spreadStart = (
  window: OpenSpan,
  { schedule_id, computer_id }: { schedule_id: number; computer_id: number },
  spread_minutes: number,
) => spreadOver(window, schedule_id, spread_minutes)(computer_id)

/** The same for all computers of a window. */
export function spreadOver(
  { opens_at, closes_at }: OpenSpan,
  schedule_id: number,
  spread_minutes: number,
): (computer_id: number) => string {
  const last = Math.min(spread_minutes, elapsedMinutes(opens_at, closes_at) - 1)
  if (last <= 0) return () => opens_at
  const seed = mix(schedule_id)
  const starts = startsAfter(opens_at)
  return (computer_id) => {
    const minutes = mix(seed ^ computer_id) % (last + 1)
    return (starts[minutes] ??= addElapsed(opens_at, minutes))
  }
}

let recent = { opens_at: '', starts: new Array<string>() }

/** The minutes after an instant, as far as they were written: many windows open together. */
function startsAfter(opens_at: string) {
  if (recent.opens_at !== opens_at) recent = { opens_at, starts: [] }
  return recent.starts
}

/** The finalizer of MurmurHash3, 32 bits: each bit of the value changes half of the bits. */
function mix(value: number) {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
