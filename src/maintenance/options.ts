import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { catalogue } from '../preferences/catalogue.ts'
import { valuesInEffect } from '../preferences/in-effect.ts'
import type { Options } from '../schedules/stored.ts'

/** Preferences that decide whether a computer takes part, and are no options of a session. */
const EXCLUDES_COMPUTERS = 'maintenance.exclude_computers'
const EXCLUDES_CROSS_TENANT = 'maintenance.exclude_from_cross_tenant'
const FREEZE_PERIODS = 'maintenance.freeze_periods'
const TIME_ZONE = 'maintenance.time_zone'

/** The preferences that a session takes along as they were when its window opened. */
export const optionKeys: readonly string[] = catalogue
  .map(({ key }) => key)
  .filter((key) => key.startsWith('maintenance.'))
  .filter((key) => ![EXCLUDES_COMPUTERS, EXCLUDES_CROSS_TENANT, TIME_ZONE].includes(key))

const KEYS = [...optionKeys, EXCLUDES_COMPUTERS, EXCLUDES_CROSS_TENANT]

/** What is in effect for the computers of a tenant when a window opens there. */
export type TenantTerms = {
  options: Options
  excludes_computers: boolean
  excludes_cross_tenant: boolean
  /** Ranges of days on which nothing starts. */
  freeze_periods: string[]
}

/** Reads the terms of a tenant; the schedule's own options go before the preferences. */
export async function readTerms(
  db: Reads,
  tenant_id: number,
  own: Options,
  at: string,
): Promise<TenantTerms> {
  const values = await valuesInEffect(db, tenant_id, KEYS, at)
  const options = Object.fromEntries(optionKeys.map((key) => [key, own[key] ?? values[key]]))
  return {
    options,
    excludes_computers: values[EXCLUDES_COMPUTERS] === true,
    excludes_cross_tenant: values[EXCLUDES_CROSS_TENANT] === true,
    freeze_periods: options[FREEZE_PERIODS] as string[],
  }
}

/** Keeps options, once for all sessions that have the same; returns their id. */
export async function keepOptions(tx: SystemTx, options: Options) {
  const json = JSON.stringify(options)
  const known = await findOptions(tx, json)
  if (known !== undefined) return known
  const { id } = await tx
    .insertInto('session_options')
    .values({ options: json })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

async function findOptions(db: Reads, json: string) {
  const row = await db
    .selectFrom('session_options')
    .select('id')
    .where('options', '=', json)
    .executeTakeFirst()
  return row?.id
}
