import type { Count, Tally } from './part.ts'

/** How many of some things went the one way, and how many the other. */
export function tally<One>(
  things: readonly One[],
  went: (thing: One) => boolean,
  one_way: string,
  other_way: string,
): Tally {
  const number = things.filter((thing) => went(thing)).length
  return { [one_way]: number, [other_way]: things.length - number }
}

/** The same of two sources: where they went different ways, each way is counted. */
export function addUp(one: Count, other: Count): Count {
  const number = one.number + other.number
  if (typeof one.became === 'string' || typeof other.became === 'string') return { ...one, number }
  const became = { ...one.became }
  for (const [way, more] of Object.entries(other.became)) became[way] = (became[way] ?? 0) + more
  return { ...one, number, became }
}

/** The counts as a record keeps them: what was done, not what could have been. */
export const doneCounts = (counts: Count[]) =>
  counts.map(({ what, number, became }) => ({ what, number, becomes: inWords(became) }))

function inWords(became: Count['became']) {
  if (typeof became === 'string') return became
  const ways = Object.entries(became).filter(([, number]) => number > 0)
  const words =
    ways.length === 1
      ? ways[0]![0]
      : ways.map(([way, number]) => `${number.toLocaleString('en')} ${way}`).join('; ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
