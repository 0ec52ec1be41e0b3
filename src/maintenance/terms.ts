import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { freezeAt } from '../schedules/freeze.ts'
import {
  EXCLUDES_COMPUTERS,
  EXCLUDES_CROSS_TENANT,
  TIME_ZONE,
  optionKeys,
} from '../schedules/option-keys.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import type { Options } from '../schedules/stored.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import type { Round } from './round.ts'

/** On which terms the computers of a tenant take part in a window. */
export type Terms = {
  /** Whether they do at all. */
  takes_part: boolean
  /** Why their sessions are skipped, or ''. */
  skipped: string
  options_id: number
}

/**
 * The terms that are in effect for a tenant. The schedule's own options go before the preferences.
 *
 * @param starts_at when the window opens, which is what freeze periods are about
 */
export async function settleTerms(
  tx: SystemTx,
  round: Round,
  tenant_id: number,
  schedule: OwnedSchedule,
  starts_at: string,
): Promise<Terms> {
  const values = await round.valuesOf(tx, tenant_id)
  const options = Object.fromEntries(
    optionKeys.map((key) => [key, schedule.options[key] ?? values[key]]),
  )
  const freezes = options['maintenance.freeze_periods'] as string[]
  const freeze = freezeAt(starts_at, String(values[TIME_ZONE]), freezes)
  return {
    takes_part: schedule.tenant_id !== ROOT_ID || values[EXCLUDES_CROSS_TENANT] !== true,
    skipped: reasonToSkip(values[EXCLUDES_COMPUTERS] === true, freeze),
    options_id: await keepOptions(tx, round, options),
  }
}

function reasonToSkip(excludes: boolean, freeze: string | undefined) {
  if (excludes) return 'The computers of this tenant are excluded from maintenance.'
  return freeze ? `Nothing starts in the freeze period ${freeze.replace('/', ' to ')}.` : ''
}

/** Keeps options, once for all sessions that have the same; returns their id. */
async function keepOptions(tx: SystemTx, { options_ids }: Round, options: Options) {
  const json = JSON.stringify(options)
  const remembered = options_ids.get(json)
  if (remembered !== undefined) return remembered
  const { id } =
    (await findOptions(tx, json)) ??
    (await tx
      .insertInto('session_options')
      .values({ options: json })
      .returning('id')
      .executeTakeFirstOrThrow())
  options_ids.set(json, id)
  return id
}

const findOptions = (db: Reads, json: string) =>
  db.selectFrom('session_options').select('id').where('options', '=', json).executeTakeFirst()
