import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Actor } from '../../src/access/actor.ts'
import { checkpoint, openDatabase } from '../../src/db/connection.ts'
import { reached, type Walk, walk } from '../schedules/oracle.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'
import { chanceFrom, simulate } from './simulation.ts'

const ROUNDS = Number(process.env['TENANTRY_TEST_ROUNDS'] ?? 36)
const AT_ONCE = 12

/** Days from which on a clock is changed, in the zone. */
const CHANGES = [
  ['Europe/Berlin', '2026-10-22T09:00:00.000Z'],
  ['America/New_York', '2027-03-11T09:00:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-01T09:00:00.000Z'],
  ['Asia/Beirut', '2027-03-25T09:00:00.000Z'],
  ['UTC', '2026-12-28T09:00:00.000Z'],
] as const

const TIMES = ['00:00', '00:30', '01:45', '02:10', '02:30', '03:00', '12:00', '22:00', '23:45']
const DAY = 86_400_000

/** What a world is like, by its seed. */
function settingOf(seed: number) {
  const chance = chanceFrom(seed * 7919)
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(chance() * items.length)]!
  const [zone, start] = pick(CHANGES)
  const times = [...new Set([pick(TIMES), pick(TIMES)])]
  const facts = {
    rules: times.map((time) => ({ rrule: 'FREQ=DAILY', start: `2026-01-01T${time}` })),
    window_minutes: pick([30, 240, 1500]),
    detection_minutes: pick([null, null, 60]),
    missed: pick(['skip', 'once', 'all'] as const),
    overlap: pick(['skip', 'queue'] as const),
    unfinished: pick(['miss', 'wait'] as const),
  }
  return { zone, start, times, facts }
}

const walks = new Map<string, Walk>()

/** Every local start that the clock of a zone came to, looking at each minute. */
function startsUntil(zone: string, start: string, times: string[], last: string) {
  const from = Date.parse(start)
  const minutes = walks.get(zone + start) ?? walk(zone, from, from + 9 * DAY)
  walks.set(zone + start, minutes)
  const days = new Set(minutes.map(({ clock }) => clock.slice(0, 10)))
  const starts = [...days].flatMap((day) => times.map((time) => `${day}T${time}`))
  return starts
    .filter((local) => local > minutes[0]!.clock)
    .filter((local) => (reached(minutes, local) ?? Infinity) <= Date.parse(last))
    .sort()
}

/** The database of a world whose clients have their zones, without a schedule: once for each zone. */
async function prepare(t: Test, folder: string, [zone, start]: (typeof CHANGES)[number]) {
  const w = await world(t)
  w.clock.now = start
  await addComputers(w, ACME, ['ONE', 'TWO'])
  await addComputers(w, ACME_LEEDS, ['THREE'])
  await addComputers(w, RIVAL, ['FOUR'])
  await putPreference(w, ACME, 'maintenance.time_zone', zone)
  await putPreference(w, RIVAL, 'maintenance.time_zone', 'Asia/Tokyo')
  checkpoint(w.db)
  copyFileSync(w.path, join(folder, `${start}.db`))
  return w.actor
}

/** The world of the seed, left to itself; what came of it. */
async function live(actor: Actor, seed: number, folder: string) {
  const { zone, start, times, facts } = settingOf(seed)
  const path = join(folder, 'simulated.db')
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  copyFileSync(join(folder, `${start}.db`), path)
  const db = openDatabase(path, () => start)
  await addSchedule({ db, actor }, 1, { ...facts, zone_of: 'tenant', zone: null })
  const looks = await simulate(path, seed, start)
  const windows = await listWindows({ db })
  const sessions = await listSessions({ db })
  await db.close()
  return { zone, start, times, facts, looks, windows, sessions }
}

async function check(t: Test, actor: Actor, seed: number, folder: string) {
  const { zone, start, times, facts, looks, windows, sessions } = await live(actor, seed, folder)
  const ahead = (facts.detection_minutes ?? 0) * 60_000
  const until = (at: string) => new Date(Date.parse(at) + ahead).toISOString()
  for (const [where, computers] of [
    [zone, 3],
    ['Asia/Tokyo', 1],
  ] as const) {
    const there = windows.filter((window) => window.zone === where)
    const found = there.map(({ local_start }) => local_start).sort()
    const due = startsUntil(where, start, times, until(looks.latest_done))
    const possible = startsUntil(where, start, times, until(looks.latest_begun))
    t.same(
      due.filter((one) => !found.includes(one)),
      [],
      `seed ${seed}, ${where}: none is lost`,
    )
    t.same(
      found.filter((one) => !possible.includes(one)),
      [],
      `seed ${seed}: none is invented`,
    )
    t.equal(new Set(found).size, found.length, `seed ${seed}: none is doubled`)
    for (const { id, state } of there) {
      const own = sessions.filter(({ window_id }) => window_id === id).length
      const wanted = state === 'open' || state === 'closed' ? computers : 0
      t.equal(own, wanted, `seed ${seed}: window ${id} is ${state}`)
    }
  }
  return looks.killed
}

t.test('T26: no window is lost, doubled or half opened, whatever happens', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-simulation-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  let actor!: Actor
  for (const change of CHANGES) actor = await prepare(t, folder, change)
  let killed = 0
  for (let first = 1; first <= ROUNDS; first += AT_ONCE)
    await t.test(`seeds from ${first}`, async (t) => {
      for (let seed = first; seed < first + AT_ONCE; seed++)
        killed += await check(t, actor, seed, folder)
    })
  t.ok(killed > ROUNDS, `${killed} processes were killed`)
})
