import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { marksOf, windowsAhead } from './foresee.ts'
import { FORETOLD, type Forecast, describe, layoutOf } from './forecast.ts'
import { type StandingSchedule, listStanding } from './standing.ts'
import { readSurroundings } from './surroundings.ts'
import { tallyCovered, tallyInWords } from './tally.ts'
import { type Zones, readZones, zoneFor } from './tenant-zones.ts'
import type { Window } from './windows.ts'

/** Schedules whose windows are told of on the page of a tenant. */
const MOST_SCHEDULES = 30

/** A window, and whose it is. */
type Coming = { schedule: StandingSchedule; zone: string; window: Window }

/** The schedules that are in effect for a tenant. */
const inEffect = async (db: Reads, at: VisibleTenant<'schedule.view'>) =>
  (await listStanding(db, at)).filter(
    ({ state, standing }) => state === 'enabled' && standing.effect === 'on',
  )

/** The next windows at a tenant, of all schedules that reach it, in each zone that these follow. */
export async function forecastTenant(
  db: Db,
  asker: Asker,
  at: VisibleTenant<'schedule.view'>,
  path: string,
): Promise<Forecast> {
  const now = db.now()
  const zones = await readZones(db, now)
  const schedules = await inEffect(db, at)
  const lists = schedules.slice(0, MOST_SCHEDULES).map((schedule) => {
    const zone = zoneFor(schedule.times, zones, { path, time_zone: '' })
    const windows = windowsAhead(schedule.times, zone, now, FORETOLD)
    return { schedule, zone, windows }
  })
  const surroundings = await readSurroundings(db, at, now)
  const coveredBy = new Map<number, string>()
  const sections = []
  for (const zone of new Set(lists.map((list) => list.zone))) {
    const coming = soonest(lists.filter((list) => list.zone === zone))
    for (const { schedule } of coming)
      if (!coveredBy.has(schedule.id))
        coveredBy.set(schedule.id, await coveredHere(db, asker, schedule, { at, zone, zones, now }))
    const windows = coming.map(({ schedule, window }) => ({
      ...describe(window),
      covered: coveredBy.get(schedule.id)!,
      marks: marksOf(
        window,
        surroundings(schedule.options, schedule.times, zone),
        lists
          .filter((other) => other.schedule.id !== schedule.id)
          .map(({ schedule: { name }, windows }) => ({ name, windows })),
      ),
      schedule: {
        id: schedule.id,
        name: schedule.name,
        is_own: permits(asker.access, 'schedule.view', schedule.path),
      },
    }))
    sections.push({ zone, times: '', windows })
  }
  return { sections, more_zones: 0, problem: '' }
}

const soonest = (lists: { schedule: StandingSchedule; zone: string; windows: Window[] }[]) =>
  lists
    .flatMap(({ schedule, zone, windows }) =>
      windows.map((window): Coming => ({ schedule, zone, window })),
    )
    .toSorted((one, other) => (one.window.opens_at < other.window.opens_at ? -1 : 1))
    .slice(0, FORETOLD)

/** How many computers of the tenant, and of those below it, a schedule covers when it opens here. */
async function coveredHere(
  db: Reads,
  asker: Asker,
  schedule: StandingSchedule,
  { at, zone, zones, now }: { at: number; zone: string; zones: Zones; now: string },
) {
  const layout = await layoutOf(db, schedule, zones)
  const here = { ...schedule, tenant_id: at }
  const tally = await tallyCovered(db, asker, here, layout, now)
  return tallyInWords(tally.of(schedule.standing.times_of, zone), tally)
}
