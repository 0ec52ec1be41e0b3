import type { Reads } from '../db/connection.ts'
import { lastOperationId } from '../db/operation.ts'
import { type InEffect, valuesInEffectAt } from '../preferences/in-effect.ts'
import { TERM_KEYS } from '../schedules/option-keys.ts'
import { type Zones, readZones } from '../schedules/tenant-zones.ts'
import type { Kept } from './terms.ts'

/**
 * What many windows that open together ask for, read once. Nothing of it outlives an operation: what
 * it says is as it is inside the transaction in which `refresh` was called.
 */
export type Round = {
  now: string
  /** Called at the beginning of each transaction. */
  refresh(tx: Reads): Promise<void>
  /** Called after a transaction that was rolled back: the ids that it gave are gone. */
  forget(): void
  zones(tx: Reads): Promise<Zones>
  /** The preferences that decide about maintenance, as they are in effect for tenants, by their paths. */
  valuesAt(tx: Reads, paths: ReadonlySet<string>): Promise<(path: string) => InEffect>
  /** What sessions take along, by the preferences and then by the options of schedules as JSON. */
  kept: Map<InEffect, Map<string, Kept>>
  /** The ids of the options of sessions, by their JSON. */
  options_ids: Map<string, number>
}

export function newRound(now: string): Round {
  let head: number | undefined
  let zones: Zones | undefined
  const values = new Map<string, InEffect>()
  const joints = new Map<number, InEffect>()
  const kept = new Map<InEffect, Map<string, Kept>>()
  const options_ids = new Map<string, number>()
  const forget = () => {
    zones = undefined
    for (const known of [values, joints, kept, options_ids]) known.clear()
  }
  return {
    now,
    kept,
    options_ids,
    forget,
    async refresh(tx) {
      const last = await lastOperationId(tx)
      if (last !== head) forget()
      head = last
    },
    zones: async (tx) => (zones ??= await readZones(tx, now)),
    async valuesAt(tx, paths) {
      const asked = { keys: TERM_KEYS, at: now }
      const unknown = [...paths].filter((path) => !values.has(path))
      if (unknown.length > 0)
        for (const [path, found] of await valuesInEffectAt(tx, unknown, asked, joints))
          values.set(path, found)
      return (path) => values.get(path)!
    },
  }
}
