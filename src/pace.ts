import { Busy } from './errors.ts'

/**
 * How long work keeps its turns. Called at each step with how far it is: reports that, lets other
 * requests run when the step has taken its time, and throws when the work was cancelled.
 */
export type Pace = (done: number, total: number) => Promise<void>

/** No other request waits much longer than this for its turn. */
const TURN_MS = 12

/** The pace of one piece of work. */
export function paced(report?: (done: number, total: number) => void, signal?: AbortSignal): Pace {
  let turn_began = performance.now()
  return async (done, total) => {
    signal?.throwIfAborted()
    report?.(done, total)
    if (performance.now() - turn_began < TURN_MS) return
    await new Promise(setImmediate)
    turn_began = performance.now()
    signal?.throwIfAborted()
  }
}

/** Whether work stops as a whole with this error: it was cancelled, or nobody may write now. */
export const isInterruption = (error: unknown) =>
  error instanceof Busy || (error as Error).name === 'AbortError'

/** Both halves of a list, in order. */
export const halves = <Item>(list: readonly Item[]) => {
  const middle = Math.ceil(list.length / 2)
  return [list.slice(0, middle), list.slice(middle)]
}

/** Cuts a list into pieces of at most `size`, in order. */
export function* chunks<Item>(list: Item[], size: number) {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
