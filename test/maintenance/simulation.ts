import { type Db, openDatabase } from '../../src/db/connection.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { killAt } from '../support/crashing.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** Numbers from 0 to below 1, always the same for a seed (mulberry32). */
export function chanceFrom(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let hash = Math.imul(state ^ (state >>> 15), 1 | state)
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A look that came to its end, by the clock of whoever looked. */
export type Looks = { latest_done: string; latest_begun: string; killed: number }

/**
 * Lets some processes look at one database again and again, while their clock goes on in steps of
 * seconds to hours, jumps by a day either way, and one or the other is killed at any statement.
 */
export async function simulate(path: string, seed: number, start: string): Promise<Looks> {
  const chance = chanceFrom(seed)
  const below = (limit: number) => Math.floor(chance() * limit)
  let now = Date.parse(start)
  const clock = () => new Date(now).toISOString()
  const nodes = Array.from({ length: 1 + below(3) }, () => openDatabase(path, clock))
  const looks: Looks = { latest_done: '', latest_begun: '', killed: 0 }
  const end = now + 6 * DAY
  await lookTogether(nodes, looks, clock())
  while (now < end) {
    now += stepOf(chance)
    const some = nodes.map((_, at) => at).filter(() => chance() < 0.6)
    const victim = chance() < 0.4 ? some[below(some.length)] : undefined
    const fuse =
      victim === undefined ? undefined : killAt(nodes[victim]!, below(60), chance() < 0.5)
    await lookTogether(
      some.map((at) => nodes[at]!),
      looks,
      clock(),
    )
    if (fuse?.()) {
      looks.killed++
      await nodes[victim!]!.close()
      nodes[victim!] = openDatabase(path, clock)
    }
  }
  await lookTogether(nodes.slice(0, 1), looks, clock())
  for (const node of nodes) await node.close()
  return looks
}

async function lookTogether(nodes: Db[], looks: Looks, now: string) {
  if (now > looks.latest_begun) looks.latest_begun = now
  for (const outcome of await Promise.allSettled(nodes.map((node) => look(node)))) {
    if (outcome.status === 'fulfilled') {
      if (now > looks.latest_done) looks.latest_done = now
    } else if (!/killed|not open/.test(String(outcome.reason))) throw outcome.reason
  }
}

/** Mostly some minutes or hours; at times a day, forward or back. */
function stepOf(chance: () => number) {
  const kind = chance()
  if (kind < 0.04) return -DAY
  if (kind < 0.1) return DAY
  if (kind < 0.4) return Math.ceil(chance() * 5 * MINUTE)
  return Math.ceil(chance() * 480 * MINUTE)
}
