import { addElapsed, elapsedMinutes, type Window } from './windows.ts'

/**
 * When one computer starts in a window: up to `spread_minutes` after it opens and before it closes.
 * Computers are spread evenly, and one computer of a schedule always has the same place: after a
 * restart, and whichever process asks.
 */
export function spreadStart(
  window: Pick<Window, 'opens_at' | 'closes_at'>,
  { schedule_id, computer_id }: { schedule_id: number; computer_id: number },
  spread_minutes: number,
): string {
  const last = Math.min(spread_minutes, elapsedMinutes(window.opens_at, window.closes_at) - 1)
  const minutes = last > 0 ? mix(mix(schedule_id) ^ computer_id) % (last + 1) : 0
  return addElapsed(window.opens_at, minutes)
}

/** The finalizer of MurmurHash3, 32 bits: each bit of the value changes half of the bits. */
function mix(value: number) {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
