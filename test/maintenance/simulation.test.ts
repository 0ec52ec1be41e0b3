import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Actor } from '../../src/access/actor.ts'
import { checkpoint, openDatabase } from '../../src/db/connection.ts'
import { addComputers } from '../support/computers.ts'
import { putPreference } from '../support/maintenance.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, world } from '../support/world.ts'
import { type Calendar, walkYear } from './model/calendar.ts'
import type { ModelState, Site } from './model/state.ts'
import { chanceFrom, factsBy, inputOf } from './settings.ts'
import { type Course, simulate } from './simulation.ts'

const ROUNDS = Number(process.env['TENANTRY_TEST_ROUNDS'] ?? 24)
const FIRST = Number(process.env['TENANTRY_TEST_SEED'] ?? 1)
const AT_ONCE = 12

/** Days from which on a clock is changed, in the zone. */
const CHANGES = [
  ['Europe/Berlin', '2027-10-28T09:00:00.000Z'],
  ['America/New_York', '2027-03-11T09:00:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-01T09:00:00.000Z'],
  ['Asia/Beirut', '2027-03-25T09:00:00.000Z'],
  ['UTC', '2026-12-28T09:00:00.000Z'],
] as const

/** A tree whose tenants have their zones, with computers and no schedule. */
type Setting = { actor: Actor; database: string; start: number } & Pick<
  ModelState,
  'calendars' | 'sites' | 'computers'
>

async function prepare(
  t: Test,
  folder: string,
  [zone, start]: (typeof CHANGES)[number],
): Promise<Setting> {
  const w = await world(t)
  w.clock.now = start
  const computers = new Map<number, number>()
  for (const [site, names] of [
    [ACME, ['ONE', 'TWO']],
    [ACME_LEEDS, ['THREE']],
    [RIVAL, ['FOUR']],
  ] as const)
    for (const id of await addComputers(w, site, [...names])) computers.set(id, site)
  await putPreference(w, ACME, 'maintenance.time_zone', zone)
  await putPreference(w, RIVAL, 'maintenance.time_zone', 'Asia/Tokyo')
  checkpoint(w.db)
  const database = join(folder, `${start}.db`)
  copyFileSync(w.path, database)
  const sites: Site[] = [
    { id: ACME, zone },
    { id: ACME_LEEDS, zone },
    { id: RIVAL, zone: 'Asia/Tokyo' },
    { id: NORTHWIND, zone: 'UTC' },
  ]
  const zones = new Set([zone, 'Asia/Tokyo', 'UTC', 'Europe/Berlin'])
  const began = Date.parse(start)
  const calendars = new Map<string, Calendar>()
  for (const one of zones) calendars.set(one, walkYear(one, began))
  return { actor: w.actor, database, start: began, calendars, sites, computers }
}

/** The world of a seed, left to itself. */
async function live(settings: Setting[], seed: number, folder: string): Promise<Course> {
  const chance = chanceFrom(seed * 7919)
  const { actor, database, start, ...rest } = settings[seed % settings.length]!
  const path = join(folder, 'simulated.db')
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  copyFileSync(database, path)
  const facts = factsBy(chance)
  const db = openDatabase(path, () => new Date(start).toISOString())
  const schedule_id = await addSchedule({ db, actor }, 1, inputOf(facts))
  await db.close()
  const state: ModelState = {
    ...rest,
    computers: new Map(rest.computers),
    is_enabled: true,
    facts,
    override: null,
    windows: new Map(),
    next: new Map(),
    noted_at: start,
  }
  const has_year = chance() < 0.3
  return simulate({ path, actor, schedule_id, state, chance, start, has_year })
}

t.test('T26: all windows and sessions are what they should be, whatever happens', async (t) => {
  const folder = scratchFolder()
  const settings: Setting[] = []
  for (const change of CHANGES) settings.push(await prepare(t, folder, change))
  let killed = 0
  for (let first = FIRST; first < FIRST + ROUNDS; first += AT_ONCE)
    await t.test(`seeds from ${first}`, async (t) => {
      for (let seed = first; seed < Math.min(first + AT_ONCE, FIRST + ROUNDS); seed++) {
        const course = await live(settings, seed, folder)
        killed += course.killed
        t.same(course.problems, [], `seed ${seed}: ${course.looks} looks`)
      }
    })
  t.ok(killed > ROUNDS, `${killed} processes were killed`)
})
