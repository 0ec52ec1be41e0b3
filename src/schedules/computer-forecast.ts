import { permits } from '../access/decide.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { candidatesOf } from '../maintenance/covered.ts'
import { type Exclusions, readExclusions } from './exclusions.ts'
import { type ForetoldWindow, describe } from './foretelling.ts'
import { type Surroundings, marksOf, windowsAhead } from './foresee.ts'
import { nextUnfrozen } from './freeze.ts'
import { spreadStart } from './spread.ts'
import { type StandingSchedule, standingToldTo } from './standing.ts'
import { recurrenceOf } from './stored.ts'
import { readSurroundings } from './surroundings.ts'
import { type Zones, zonesNow, zoneFor } from './tenant-zones.ts'

/** Windows that are told of each schedule. */
const SHOWN = 3

/** Schedules that are told of. */
const MOST_SCHEDULES = 50

type Place = { id: number; tenant_id: number; tenant_path: string; time_zone: string }

/** What a schedule means for a computer. */
export type ComputerLine = {
  schedule: { id: number; name: string; opens: boolean }
  owner: string
  /** Whether its windows come to this computer, and why or why not. */
  reaches: boolean
  why: string
  zone: string
  windows: Pick<ForetoldWindow, 'opens_at' | 'there' | 'length' | 'marks'>[]
  /** When the computer starts, with its place in the spread; null where nothing comes. */
  starts_at: string | null
}

export type ComputerForecast = {
  lines: ComputerLine[]
  /** Schedules that reach its tenant and were not looked at; those that are off or disabled go first. */
  more: number
}

/**
 * What each schedule that reaches a computer's tenant means for the computer, what comes first first;
 * those that pass it by are at the end, each with the reason.
 */
export async function forecastComputer(
  db: Db,
  asker: Asker,
  computer: Place,
): Promise<ComputerForecast> {
  const now = db.now()
  const at = await requireTenant(db, asker, 'schedule.view', computer.tenant_id)
  const standing = (await standingToldTo(db, asker, at)).toSorted(
    (one, other) => Number(comes(other)) - Number(comes(one)),
  )
  const zones = await zonesNow(db)
  const around = await readSurroundings(db, zones, now)
  const exclusions = await readExclusions(db, now)
  const lines: ComputerLine[] = []
  for (const schedule of standing.slice(0, MOST_SCHEDULES)) {
    const obstacle = await whyNot(db, schedule, computer, { now, exclusions })
    const surroundings = around(schedule.options, computer.tenant_path)
    lines.push(lineOf(asker, schedule, computer, { now, zones, obstacle, surroundings }))
  }
  return { lines: lines.toSorted(byStart), more: Math.max(0, standing.length - MOST_SCHEDULES) }
}

const comes = ({ state, standing }: StandingSchedule) =>
  state === 'enabled' && standing.effect === 'on'

type Facts = { now: string; zones: Zones; obstacle: string; surroundings: Surroundings }

function lineOf(
  asker: Asker,
  schedule: StandingSchedule,
  computer: Place,
  { now, zones, obstacle, surroundings }: Facts,
): ComputerLine {
  const place = { path: computer.tenant_path, time_zone: computer.time_zone }
  const zone = zoneFor(schedule.times, zones, place)
  const windows = obstacle ? [] : windowsAhead(schedule.times, zone, now, SHOWN)
  const first = obstacle
    ? undefined
    : nextUnfrozen(recurrenceOf(schedule.times), zone, now, surroundings)
  const shares = [{ around: surroundings, computers: 1 }]
  return {
    schedule: {
      id: schedule.id,
      name: schedule.name,
      opens: permits(asker.access, 'schedule.view', schedule.path),
    },
    owner: schedule.tenant_name,
    reaches: obstacle === '',
    why: obstacle || whyIn(schedule, computer, first?.opens_at, windows[0]?.opens_at),
    zone,
    windows: windows.map((window) => ({
      ...describe(window),
      marks: marksOf(window, shares, []),
    })),
    starts_at: first ? spreadStart(first, ids(schedule, computer), schedule.spread_minutes) : null,
  }
}

const ids = (schedule: StandingSchedule, computer: Place) => ({
  schedule_id: schedule.id,
  computer_id: computer.id,
})

const byStart = (one: ComputerLine, other: ComputerLine) =>
  Number(other.reaches) - Number(one.reaches) ||
  (one.starts_at ?? '9').localeCompare(other.starts_at ?? '9')

/** Why a schedule that reaches the tenant passes a computer by; '' where it does not. */
async function whyNot(
  db: Reads,
  schedule: StandingSchedule,
  computer: Place,
  { now, exclusions }: { now: string; exclusions: Exclusions },
) {
  const { effect, decided_by } = schedule.standing
  if (schedule.state !== 'enabled') return 'The schedule is disabled.'
  if (effect === 'off') return `Switched off at ${decided_by.name}.`
  if (effect === 'blocked') return `Inheritance is blocked at ${decided_by.name}.`
  const { read, problem } = await candidatesOf(db, here(schedule, computer), now)
  if (problem) return problem
  const [candidate] = await read(db, { id: computer.id - 1, path: computer.tenant_path }, 1)
  if (candidate?.id !== computer.id) return 'This computer is not among its targets.'
  if (candidate.state === 'excluded') return 'This computer is excluded from maintenance.'
  return exclusions.keepsAway(schedule, computer.tenant_path)
    ? 'By its preferences, the tenant is excluded from this maintenance.'
    : ''
}

/** The schedule as if its owner were the computer's tenant, so that only computers there are read. */
const here = (schedule: StandingSchedule, { tenant_id, tenant_path }: Place) => ({
  ...schedule,
  tenant_id,
  path: tenant_path,
})

/**
 * Why a schedule comes to a computer.
 *
 * @param starts when its first window opens that no freeze period forbids
 * @param comes when its first window opens
 */
function whyIn(
  { standing, tenant_id, tenant_name }: StandingSchedule,
  computer: Place,
  starts: string | undefined,
  comes: string | undefined,
) {
  if (!comes) return 'It covers this computer, but its last window has passed.'
  if (!starts) return 'Freeze periods cover all of its windows.'
  const origin = originOf({ standing, tenant_id, tenant_name }, computer)
  return starts === comes ? origin : `${origin} What comes before is in a freeze period.`
}

function originOf(
  {
    standing,
    tenant_id,
    tenant_name,
  }: Pick<StandingSchedule, 'standing' | 'tenant_id' | 'tenant_name'>,
  computer: Place,
) {
  if (standing.times_of !== 0) return `With the times that ${standing.decided_by.name} gave it.`
  return tenant_id === computer.tenant_id
    ? 'Schedule of its tenant.'
    : `Inherited from ${tenant_name}.`
}
