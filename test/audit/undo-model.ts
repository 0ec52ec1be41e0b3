import { tables } from '../../src/db/tables.ts'
import { readState } from '../support/rows.ts'
import type { World } from '../support/world.ts'

/** Every logged row as JSON, by its table and id: the plain state of things. */
export type State = Map<string, string>

/** What an operation did, as the state before and after it tells, and which one it took back. */
export type Deed = {
  id: number
  undoes: number | null
  rows: Map<string, { before: string | undefined; after: string | undefined }>
}

/** The state as it lies in the database, without the columns that are not logged. */
export function stateOf({ db }: World): State {
  const state: State = new Map()
  for (const [table, rows] of Object.entries(readState(db)))
    for (const row of rows as Record<string, unknown>[]) {
      const unlogged = tables[table as keyof typeof tables].unlogged ?? []
      const logged = Object.entries(row).filter(([name]) => !unlogged.includes(name))
      state.set(`${table} ${String(row['id'])}`, JSON.stringify(logged))
    }
  return state
}

/** What is different between two states. */
export function difference(one: State, other: State): Deed['rows'] {
  const rows: Deed['rows'] = new Map()
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const [before, after] = [one.get(key), other.get(key)]
    if (before !== after) rows.set(key, { before, after })
  }
  return rows
}

/** The state as it should be once the deed is taken back. */
export function takenBack(state: State, { rows }: Deed): State {
  const former = new Map(state)
  for (const [key, { before }] of rows)
    if (before === undefined) former.delete(key)
    else former.set(key, before)
  return former
}

/**
 * Which later deeds should stand in the way: those on the same rows that are in force. To take one
 * back puts it out of force, and to take that back puts it in force again.
 */
export function obstaclesTo(deed: Deed, deeds: Deed[]): number[] {
  const later = deeds.filter(({ id }) => id > deed.id)
  const in_force = new Map<number, boolean>()
  const rootOf = new Map<number, number>()
  for (const { id, undoes } of later) {
    const root = undoes !== null && undoes > deed.id ? rootOf.get(undoes)! : id
    rootOf.set(id, root)
    in_force.set(root, root === id || !in_force.get(root))
  }
  return later
    .filter(
      ({ id, rows }) => in_force.get(id) && [...rows.keys()].some((key) => deed.rows.has(key)),
    )
    .map(({ id }) => id)
}

export const same = (one: State, other: State) => difference(one, other).size === 0
