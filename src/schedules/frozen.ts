import type { Reads } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { nextUnfrozen } from './freeze.ts'
import { FREEZE_PERIODS } from './option-keys.ts'
import { fieldOf } from './options-form.ts'
import { type ScheduleFacts, recurrenceOf } from './stored.ts'
import { clockOfTenant, readZones, zoneFor } from './tenant-zones.ts'
import { addElapsed, nextWindow } from './windows.ts'

/** Whoever freezes for ten years has mistaken a year. */
const FOR_GOOD_MINUTES = 10 * 365 * 24 * 60

/** Where a request of the API says them. */
export const API_FIELD = `options.${FREEZE_PERIODS}`

/**
 * Throws Invalid at `field` for freeze periods of a schedule's own that cover all of its windows.
 *
 * @param path that of the tenant whose schedule it is
 */
export async function refuseFrozen(
  db: Reads,
  path: string,
  facts: Pick<ScheduleFacts, 'rules' | 'window_minutes' | 'zone_of' | 'zone' | 'options'>,
  now: string,
  field = fieldOf(FREEZE_PERIODS),
) {
  const freezes = facts.options[FREEZE_PERIODS]
  if (!Array.isArray(freezes) || freezes.length === 0) return
  const zones = await readZones(db, now)
  const zone = zoneFor(facts, zones, clockOfTenant(path))
  const recurrence = recurrenceOf(facts)
  const first = nextWindow(recurrence, zone, now)
  if (!first) return
  const frozen = { zone: zones.at(path), freezes: freezes as string[] }
  const open = nextUnfrozen(recurrence, zone, now, frozen)
  if (!open || open.opens_at >= addElapsed(first.opens_at, FOR_GOOD_MINUTES))
    throw new Invalid({
      [field]: 'These freeze periods cover all of its windows: it would not run for ten years.',
    })
}
