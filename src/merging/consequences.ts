import { type MergedBranches, accessOfMerged } from '../access/relocation.ts'
import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import {
  type Consequence,
  type ConsequencePanel,
  drawAll,
  type Foreseen,
  foreseeAll,
} from '../jobs/consequences.ts'
import type { Pace } from '../pace.ts'
import {
  preferencesOfMovedComputers,
  preferencesOfMovedTenants,
} from '../preferences/relocation.ts'
import { schedulesOfDestination, schedulesOfWhatArrives } from '../schedules/merged.ts'
import type { Pair } from './part.ts'
import { isGiven } from './parts/access.ts'
import { namedAnew } from './parts/children.ts'
import { takenBy } from './parts/preferences.ts'
import { takenBy as decisionsTakenBy } from './parts/schedule-overrides.ts'
import { namedAnew as schedulesNamedAnew } from './parts/schedules.ts'
import { idsAt } from './rows.ts'

/** What would come to the destination, and what it takes of the sources. */
type Arrival = {
  pairs: Pair[]
  destination: Pair['destination']
  computers: { tenant_id: number; path: string }[]
  children: { id: number; path: string; descendant_count: number }[]
  taken: Awaited<ReturnType<typeof takenBy>>
  /** The schedules of the sources, and the decisions about others that the destination takes. */
  schedules: { names: Map<number, string>; taken: Set<number> }
}

/**
 * A consequence of something else that moves, as one of a merge: under its own name and title, for
 * that which `arriving` picks; null where nothing arrives.
 */
const asOfMerge = <Move>(
  name: string,
  title: (arrival: Arrival) => string,
  { foresee, draw }: Consequence<Move, ConsequencePanel>,
  arriving: (arrival: Arrival) => Move | null,
): Consequence<Arrival, ConsequencePanel> => ({
  name,
  async foresee(db, asker, arrival, pace) {
    const move = arriving(arrival)
    const panel = move && (await foresee(db, asker, move, pace))
    return panel && { ...panel, title: title(arrival) }
  },
  draw,
})

/** Every consequence of a merge that is shown, in order. */
const consequences: Consequence<Arrival, object>[] = [
  asOfMerge(
    'computer_preferences',
    () => 'Preferences in effect for the computers that arrive',
    preferencesOfMovedComputers,
    ({ computers, destination, taken }) =>
      computers.length === 0 ? null : { computers, tenant_id: destination.id, taken },
  ),
  asOfMerge(
    'child_preferences',
    () => 'Preferences in effect for the child tenants that arrive',
    preferencesOfMovedTenants,
    ({ children, destination, taken }) =>
      children.length === 0 ? null : { tenants: children, parent_id: destination.id, taken },
  ),
  asOfMerge(
    'schedules',
    () => 'Schedules for what arrives',
    schedulesOfWhatArrives,
    mergedSchedules,
  ),
  asOfMerge(
    'destination_schedules',
    ({ destination }) => `Schedules for what is at ${destination.name} already`,
    schedulesOfDestination,
    (arrival) => (arrival.schedules.names.size === 0 ? null : mergedSchedules(arrival)),
  ),
  asOfMerge(
    'computer_access',
    () => 'Who may see the computers that arrive',
    accessOfMerged,
    ({ pairs, computers, destination: { path: to } }) => {
      const shifts = [...Map.groupBy(computers, ({ path }) => path)].map(([from, some]) => ({
        from,
        to,
        number: some.length,
        carries: false,
      }))
      return branchesOf(pairs, shifts, 'computer.view', ['computer', 'computers'])
    },
  ),
  asOfMerge(
    'child_access',
    () => 'Who may see the child tenants that arrive',
    accessOfMerged,
    ({ pairs, children, destination }) => {
      const to = (id: number) => `${destination.path}${id}/`
      const shifts = children.map(({ id, path: from }) => ({
        from,
        to: to(id),
        number: 1,
        carries: true,
      }))
      return branchesOf(pairs, shifts, 'tenant.view', ['tenant', 'tenants'])
    },
  ),
  asOfMerge(
    'destination_access',
    ({ destination }) => `Who may see ${destination.name}`,
    accessOfMerged,
    // It stays where it is, but the people of the sources come to it.
    ({ pairs, destination: { path } }) => {
      const shift = { from: path, to: path, number: 1, carries: false }
      return branchesOf(pairs, [shift], 'tenant.view', ['tenant', 'tenants'])
    },
  ),
]

function mergedSchedules({ pairs, destination, children, schedules }: Arrival) {
  return { sources: pairs.map(({ source }) => source), destination, children, ...schedules }
}

const branchesOf = (
  pairs: Pair[],
  shifts: MergedBranches['shifts'],
  permission: MergedBranches['permission'],
  nouns: MergedBranches['nouns'],
): MergedBranches | null =>
  shifts.length === 0
    ? null
    : {
        merged: pairs.map((pair) => ({
          from: pair.source.path,
          to: pair.destination.path,
          gives: isGiven(pair),
        })),
        shifts,
        permission,
        nouns,
      }

/** Works out what would follow. Only for what is possible: then the asker sees all that moves. */
export async function foreseeMerge(db: Db, asker: Asker, pairs: Pair[], pace: Pace) {
  const arrival: Arrival = {
    pairs,
    destination: pairs[0]!.destination,
    computers: [],
    children: [],
    taken: [],
    schedules: { names: new Map(), taken: new Set() },
  }
  for (const pair of pairs) {
    const { id: tenant_id, path } = pair.source
    for (const _ of await idsAt(db, 'computer', tenant_id))
      arrival.computers.push({ tenant_id, path })
    arrival.children.push(...(await namedAnew(db, pair)))
    arrival.taken.push(...(await takenBy(db, pair)))
    for (const { id, new_name } of await schedulesNamedAnew(db, pair))
      arrival.schedules.names.set(id, new_name)
    for (const id of await decisionsTakenBy(db, pair)) arrival.schedules.taken.add(id)
  }
  return foreseeAll(consequences, db, asker, arrival, pace)
}

/** What would follow, as it is shown. */
export const drawConsequences = (foreseen: Foreseen) => drawAll(consequences, foreseen)
