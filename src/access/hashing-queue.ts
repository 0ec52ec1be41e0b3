import { Busy } from '../errors.ts'

/** Each hash takes 19 MiB and a core for some 50 ms: more at once would starve everything else. */
const AT_ONCE = 2
const MAX_WAITING = 20

let running = 0
const waiting: (() => void)[] = []

/** Runs `hash` when its turn comes. Throws Busy when too many wait already. */
export async function inHashingQueue<T>(hash: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running++
  else await nextTurn()
  try {
    return await hash()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** Resolves when another one ends and hands over its place. */
function nextTurn() {
  if (waiting.length >= MAX_WAITING) throw new Busy('Many people are signing in. Try again soon.')
  return new Promise<void>((resolve) => waiting.push(resolve))
}
