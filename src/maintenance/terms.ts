import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import type { InEffect } from '../preferences/in-effect.ts'
import { freezeAt } from '../schedules/freeze.ts'
import {
  EXCLUDES_COMPUTERS,
  EXCLUDES_CROSS_TENANT,
  FREEZE_PERIODS,
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
  /** Why a session that starts at an instant is skipped, or ''. */
  skipped: (starts_at: string) => string
  options_id: number
}

/** What sessions take along of preferences and options together. */
export type Kept = { options_id: number; freezes: string[] }

/** The time zone among the preferences of a tenant. */
export const zoneAmong = ({ values }: InEffect) => String(values[TIME_ZONE])

/**
 * The terms where these preferences are in effect. The schedule's own options go before them, but for
 * what a lock keeps out.
 */
export async function settleTerms(
  tx: SystemTx,
  round: Round,
  preferred: InEffect,
  { tenant_id, options }: OwnedSchedule,
): Promise<Terms> {
  const { options_id, freezes } = await keepTogether(tx, round, preferred, options)
  const { values } = preferred
  return {
    takes_part: tenant_id !== ROOT_ID || values[EXCLUDES_CROSS_TENANT] !== true,
    skipped: reasonToSkip(values[EXCLUDES_COMPUTERS] === true, zoneAmong(preferred), freezes),
    options_id,
  }
}

async function keepTogether(
  tx: SystemTx,
  round: Round,
  preferred: InEffect,
  own: Options,
): Promise<Kept> {
  const known = round.kept.get(preferred) ?? new Map<string, Kept>()
  round.kept.set(preferred, known)
  const json = JSON.stringify(own)
  const found = known.get(json)
  if (found) return found
  const { values, keptOutBy } = preferred
  const counts = (key: string) => own[key] !== undefined && !keptOutBy(key, own[key])
  const options = Object.fromEntries(
    optionKeys.map((key) => [key, counts(key) ? own[key] : values[key]]),
  )
  const freezes = options[FREEZE_PERIODS] as string[]
  const kept = { options_id: await keepOptions(tx, round, options), freezes }
  known.set(json, kept)
  return kept
}

/** Says why a session is skipped, by when it starts: many start at the same minute. */
function reasonToSkip(excludes: boolean, zone: string, freezes: string[]) {
  if (excludes) return () => 'The computers of this tenant are excluded from maintenance.'
  const known = new Map<string, string>()
  return (starts_at: string) => {
    const found = known.get(starts_at)
    if (found !== undefined) return found
    const freeze = freezeAt(starts_at, zone, freezes)
    const reason = freeze
      ? `Nothing starts in the freeze period ${freeze.replace('/', ' to ')}.`
      : ''
    known.set(starts_at, reason)
    return reason
  }
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
