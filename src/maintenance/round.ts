import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { valuesInEffect } from '../preferences/in-effect.ts'
import { TERM_KEYS } from '../schedules/option-keys.ts'
import { type Zones, readZones } from '../schedules/tenant-zones.ts'

type Values = Record<string, unknown>

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
  /** The preferences that decide about maintenance, as they are in effect for a tenant. */
  valuesOf(tx: Reads, tenant_id: number): Promise<Values>
  /** The ids of the options of sessions, by their JSON. */
  options_ids: Map<string, number>
}

const lastOperation = prepared((db, _: object) =>
  db.selectFrom('operation').select('id').orderBy('id', 'desc').limit(1),
)

export function newRound(now: string): Round {
  let head: number | undefined
  let zones: Zones | undefined
  const values = new Map<number, Values>()
  const options_ids = new Map<string, number>()
  const forget = () => {
    zones = undefined
    values.clear()
    options_ids.clear()
  }
  return {
    now,
    options_ids,
    forget,
    async refresh(tx) {
      const [last] = await lastOperation(tx, {})
      if (last?.id !== head) forget()
      head = last?.id
    },
    zones: async (tx) => (zones ??= await readZones(tx, now)),
    async valuesOf(tx, tenant_id) {
      const known = values.get(tenant_id)
      if (known) return known
      const found = await valuesInEffect(tx, tenant_id, TERM_KEYS, now)
      values.set(tenant_id, found)
      return found
    },
  }
}
