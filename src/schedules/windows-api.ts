import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { compareTexts } from '../order.ts'
import { getTenant } from '../tenants/queries.ts'
import type { Api } from '../web/api.ts'
import { Instant, InstantText, NextCursor, Paging } from '../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { windowStates } from '../maintenance/words.ts'
import { type Entry, listEntries } from './coming.ts'
import { TenantParams } from './override-schemas.ts'
import { zonesNow } from './tenant-zones.ts'

/** So long a time can be asked for at once: two months. */
const MOST_DAYS = 62

const WindowsQuery = Paging.extend({
  from: InstantText,
  to: InstantText.describe(`At most ${MOST_DAYS} days after \`from\`.`),
})

const TenantWindow = z
  .strictObject({
    opens_at: Instant,
    closes_at: Instant,
    zone: z.string(),
    schedule: z.strictObject({ id: z.int(), name: z.string() }),
    state: z
      .enum(['open', 'queued', 'closed', 'cancelled', 'skipped'])
      .nullable()
      .describe('What became of it; null while it is to come.'),
    state_in_words: z.string(),
    run_id: z.int().nullable().describe('Of one that came, where you may see its schedule.'),
  })
  .meta({ id: 'TenantWindow' })

const WindowList = z.strictObject({
  windows: z.array(TenantWindow),
  next_cursor: NextCursor,
  is_partial: z
    .boolean()
    .describe('Whether there are more windows, schedules or series of windows than are looked at.'),
  more_schedules: z.int().describe('Schedules that are not looked at, counted up to 1,000.'),
  more_series: z
    .int()
    .describe('Zones, and times of their own, of the other schedules that are not looked at.'),
})

/** The windows of a tenant in a time. */
export function tenantWindowApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/windows',
    {
      config: { permission: 'schedule.view', scope: 'tenant' },
      schema: {
        operationId: 'listTenantWindows',
        summary:
          'The windows at a tenant and below it that are open at some moment of a time, in order',
        tags: ['schedules'],
        params: TenantParams,
        querystring: WindowsQuery,
        response: { 200: WindowList },
      },
    },
    ({ actor, params, query }) => pageOfWindows(db, actor, params.id, query),
  )
}

async function pageOfWindows(
  db: Db,
  actor: Actor,
  id: number,
  { from, to, limit, cursor }: z.infer<typeof WindowsQuery>,
) {
  refuseRange(from, to)
  const { path } = await getTenant(db, actor, id)
  const now = db.now()
  const zones = await zonesNow(db)
  const found = await listEntries(db, actor, { id, path }, zones, { from, to }, now)
  const { entries, more_schedules, more_series, is_cut } = found
  const [opens_at, key] = cursor === undefined ? ['', ''] : decodeCursor(cursor, 2).map(String)
  const place = { opens_at: opens_at!, key: key! }
  const left = entries.filter((entry) => inOrder(place, entry) < 0).sort(inOrder)
  const last = left.length > limit ? left[limit - 1]! : null
  return {
    windows: left.slice(0, limit).map(toResource),
    next_cursor: last && encodeCursor([last.opens_at, last.key]),
    is_partial: is_cut || more_schedules + more_series > 0,
    more_schedules,
    more_series,
  }
}

/** Windows are known of so far: after it there are none. */
const LAST = '2200-01-01T00:00:00.000Z'

function refuseRange(from: string, to: string) {
  const late = Object.entries({ from, to }).filter(([, instant]) => !isKnown(instant))
  if (late.length > 0)
    throw new Invalid(
      Object.fromEntries(late.map(([field]) => [field, 'Give an instant from 1970 to 2199.'])),
    )
  if (to <= from) throw new Invalid({ to: 'Give an instant after `from`.' })
  const last = Temporal.Instant.from(from).add({ hours: MOST_DAYS * 24 })
  if (Temporal.Instant.compare(Temporal.Instant.from(to), last) > 0)
    throw new Invalid({ to: `Give an instant at most ${MOST_DAYS} days after \`from\`.` })
}

const isKnown = (instant: string) => /^\d/.test(instant) && instant >= '1970' && instant <= LAST

type Place = Pick<Entry, 'opens_at' | 'key'>

const inOrder = (one: Place, other: Place) =>
  compareTexts(one.opens_at, other.opens_at) || compareTexts(one.key, other.key)

const toResource = ({ opens_at, closes_at, zone, schedule_id, name, state, window_id }: Entry) => ({
  opens_at,
  closes_at,
  zone,
  schedule: { id: schedule_id, name },
  state,
  state_in_words: state === null ? '' : windowStates[state],
  run_id: window_id,
})
