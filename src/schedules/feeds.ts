import type { Actor } from '../access/actor.ts'
import { currentActor } from '../access/current-actor.ts'
import { permits } from '../access/decide.ts'
import { hashSecret, newSecret } from '../access/secrets.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { Conflict, Forbidden, NotFound } from '../errors.ts'
import { windowStates } from '../maintenance/words.ts'
import { type Entries, type Entry, listEntries } from './coming.ts'
import { type CalendarEvent, formatCalendar } from './ics.ts'
import { localAt } from './local-time.ts'
import { zonesNow } from './tenant-zones.ts'
import { addElapsed } from './windows.ts'

/** How far a feed looks ahead. */
const DAYS = 90
const DAY_MINUTES = 24 * 60

/** Links that one person can have of one tenant. */
const MOST_FEEDS = 10

/** Where a calendar is read by a secret link. */
export const feedPath = (secret: string) => `/calendar/${secret}.ics`

/** Makes a secret link to the calendar of a tenant, for the actor. Returns its secret, kept nowhere. */
export async function createFeed(tx: Tx, actor: Actor, tenant_id: number) {
  const at = await requireTenant(tx, actor, 'schedule.view', tenant_id)
  if ((await listFeeds(tx, actor, tenant_id)).length >= MOST_FEEDS)
    throw new Conflict(`You have ${MOST_FEEDS} links to this calendar. Revoke one first.`)
  const secret = newSecret()
  const { person_id } = actor
  const values = { person_id, tenant_id: at, token_hash: hashSecret(secret) }
  await tx
    .insertInto('calendar_feed')
    .values({ ...values, created_at: tx.operation.at })
    .execute()
  return secret
}

/** The actor's own links to the calendar of a tenant, the newest first. */
export const listFeeds = (db: Reads, actor: Actor, tenant_id: number) =>
  everyTenant(db)
    .selectFrom('calendar_feed')
    .select(['id', 'created_at'])
    .where('person_id', '=', actor.person_id)
    .where('tenant_id', '=', tenant_id)
    .orderBy('id', 'desc')
    .execute()

/** Ends one of the actor's links. Throws NotFound when there is no such link. */
export async function revokeFeed(tx: Tx, actor: Actor, tenant_id: number, id: number) {
  const { numDeletedRows } = await everyTenantTx(tx)
    .deleteFrom('calendar_feed')
    .where('id', '=', id)
    .where('person_id', '=', actor.person_id)
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw new NotFound(`calendar feed ${id}`)
}

const feedByHash = prepared((db, { token_hash }: { token_hash: string }) =>
  everyTenant(db)
    .selectFrom('calendar_feed')
    .innerJoin('person', 'person.id', 'calendar_feed.person_id')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .innerJoin('tenant', 'tenant.id', 'calendar_feed.tenant_id')
    .select(['person.id as person_id', 'person.name', 'tenant.id', 'tenant.path'])
    .select(['tenant.name as tenant_name', 'user_account.has_second_factor'])
    .select('user_account.second_factor_due_at')
    .where('calendar_feed.token_hash', '=', token_hash),
)

const NOTHING = { allows: [], denies: [], limit: null }

/** A calendar, and what tells it from the same calendar with other windows. */
export type Feed = { calendar: string; tag: string }

/**
 * The calendar behind a secret link, with what its owner may see at this moment; undefined where
 * there is no such link, and where its owner may not sign in, or not see the calendar, any more.
 */
export async function readFeed(db: Db, secret: string): Promise<Feed | undefined> {
  const [feed] = await feedByHash(db, { token_hash: hashSecret(secret) })
  if (!feed) return undefined
  const now = db.now()
  const { has_second_factor, second_factor_due_at: due_at, person_id, name } = feed
  if (!has_second_factor && due_at !== null && due_at <= now) return undefined
  const owner = await ownerOf(db, now, { person_id, name, access: NOTHING })
  if (!owner || !permits(owner.access, 'schedule.view', feed.path)) return undefined
  const zones = await zonesNow(db)
  const range = { from: addElapsed(now, -DAY_MINUTES), to: addElapsed(now, DAYS * DAY_MINUTES) }
  const { entries, ...left_out } = await listEntries(db, owner, feed, zones, range, now)
  const about = {
    name: `Maintenance of ${feed.tenant_name}`,
    description: isWhole(left_out) ? '' : 'There are more windows than fit into this calendar.',
  }
  const events = entries.map(eventOf)
  return {
    calendar: formatCalendar(about, events, now),
    tag: hashSecret(JSON.stringify([about, events])),
  }
}

const isWhole = ({ more_schedules, more_series, is_cut }: Omit<Entries, 'entries'>) =>
  !is_cut && more_schedules + more_series === 0

const eventOf = (entry: Entry): CalendarEvent => ({
  uid: `${entry.key}@tenantry`,
  summary: entry.state ? `${entry.name} (${windowStates[entry.state]})` : entry.name,
  description: `From ${there(entry.opens_at, entry.zone)} to ${there(entry.closes_at, entry.zone)} in ${entry.zone}`,
  starts_at: entry.opens_at,
  ends_at: entry.closes_at,
  is_cancelled: entry.state === 'cancelled',
})

const there = (instant: string, zone: string) => localAt(instant, zone).replace('T', ' ')

async function ownerOf<Who extends Asker & { person_id: number; name: string }>(
  db: Reads,
  now: string,
  who: Who,
) {
  try {
    return await currentActor(db, now, who)
  } catch (error) {
    if (error instanceof Forbidden) return undefined
    throw error
  }
}
