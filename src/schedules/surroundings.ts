import type { Reads } from '../db/connection.ts'
import { valuesInEffect } from '../preferences/in-effect.ts'
import type { Surroundings } from './foresee.ts'
import type { Options, Times } from './stored.ts'

const KEYS = [
  'maintenance.time_zone',
  'maintenance.business_hours_start',
  'maintenance.business_hours_end',
  'maintenance.business_days',
  'maintenance.freeze_periods',
] as const

type Values = Record<(typeof KEYS)[number], unknown>

/** What windows meet at a tenant; a schedule's own options go before the preferences. */
export type SurroundingsAt = (options: Options, times: Times, zone: string) => Surroundings

/**
 * Reads what windows meet at a tenant. Business hours and freeze periods follow the clock of the
 * tenant; where windows follow each tenant's or computer's own, that is the zone of the window.
 */
export async function readSurroundings(
  db: Reads,
  tenant_id: number,
  now: string,
): Promise<SurroundingsAt> {
  const values = (await valuesInEffect(db, tenant_id, KEYS, now)) as Values
  return (options, { zone_of }, zone) => {
    const value = (key: (typeof KEYS)[number]) => options[key] ?? values[key]
    return {
      zone: zone_of === 'fixed' ? String(values['maintenance.time_zone']) : zone,
      hours: {
        start: String(value('maintenance.business_hours_start')),
        end: String(value('maintenance.business_hours_end')),
        days: value('maintenance.business_days') as Surroundings['hours']['days'],
      },
      freezes: value('maintenance.freeze_periods') as string[],
    }
  }
}
