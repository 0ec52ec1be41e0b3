import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openConnection, openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import { requireOnce, startsUntil } from '../maintenance/occurrences.ts'
import { chanceFrom } from '../maintenance/settings.ts'
import { walk } from '../schedules/oracle.ts'
import { addComputers } from '../support/computers.ts'
import { dataDirectory } from '../support/directory.ts'
import { listSessions, listWindows, putPreference } from '../support/maintenance.ts'
import { SOURCE, startServer } from '../support/program.ts'
import { withFile } from '../support/rows.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, RIVAL, type World } from '../support/world.ts'

/** How often servers are killed; in CI as many as were promised. */
const KILLS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 5)
/** After fewer of them a look has hardly begun; after more it is over. */
const MOST_ANSWERS = 24
const HOUR = 3_600_000

/** Most of these zones put their clocks forward on the first night. */
const START = '2027-03-27T09:00:00.000Z'
const ZONES = new Map([
  [NORTHWIND, 'Europe/Berlin'],
  [ACME, 'Asia/Beirut'],
  [ACME_LEEDS, 'Antarctica/Troll'],
  [ACME_LEGAL, 'America/Scoresbysund'],
  [RIVAL, 'Asia/Kathmandu'],
])
const COMPUTERS = ['ONE', 'TWO']
const TIMES = [
  ['00:30', '05:00', '09:45', '14:30', '19:15'],
  ['02:10', '02:30', '11:00', '16:00', '23:45'],
  ['00:00', '03:15', '08:00', '12:20', '21:00'],
]

/** A schedule for each way in which windows that were missed, or meet, are dealt with. */
const SCHEDULES = (['skip', 'once', 'all'] as const).flatMap((missed) =>
  (['skip', 'queue'] as const).flatMap((overlap) =>
    TIMES.map((times) => ({ name: `${missed}, ${overlap}, ${times[0]}`, missed, overlap, times })),
  ),
)

async function furnish(w: World) {
  w.clock.now = START
  for (const [tenant, zone] of ZONES) {
    await putPreference(w, tenant, 'maintenance.time_zone', zone)
    await addComputers(w, tenant, COMPUTERS)
  }
  for (const { times, ...facts } of SCHEDULES)
    await addSchedule(w, ROOT_ID, {
      ...facts,
      rules: times.map((time) => ({ rrule: 'FREQ=DAILY', start: `2027-01-01T${time}` })),
      zone_of: 'tenant',
      zone: null,
      unfinished: times === TIMES[0] ? 'wait' : 'miss',
    })
}

/** A second data directory with the same database: no server knows of the other. */
function twice(data: string, database: string) {
  const other = join(data, '../other')
  mkdirSync(other)
  symlinkSync(database, join(other, 'tenantry.db'))
  return [data, other]
}

type Place = Awaited<ReturnType<typeof dataDirectory>>

const [node, main] = SOURCE as [string, string]
const program = [node, '--import', join(import.meta.dirname, '../support/set-clock.js'), main]

/** A server on a machine whose clock shows this. */
const startAt = (t: Test, data: string, now: number) =>
  startServer(t, { data, program, environment: { CLOCK: new Date(now).toISOString() } })

type Server = Awaited<ReturnType<typeof startServer>>

/** Kills a server as soon as it has given so many answers. */
async function killAfter({ url, stop }: Server, answers: number) {
  for (let count = 0; count < answers; count++) await (await fetch(`${url}/livez`)).text()
  await stop('SIGKILL')
}

/** Whether a look was broken off: something that was due, or to be planned, is still to be done. */
const isBrokenOff = (database: string, now: number) =>
  withFile(database, (sqlite) => {
    const left = `select 1 from next_window where detect_at <= ?
      union all select 1 from schedule_to_plan`
    return sqlite.prepare(left).get(new Date(now).toISOString()) !== undefined
  })

/** Lets a server run until a statement about its database finds that it is so. Returns its log. */
async function runUntil(t: Test, { data, database }: Place, now: number, condition: string) {
  const server = await startAt(t, data, now)
  const sqlite = openConnection(database, { readonly: true })
  const found = sqlite.prepare(condition).pluck()
  while (found.get() !== 1) await (await fetch(`${server.url}/livez`)).text()
  sqlite.close()
  await server.stop('SIGKILL')
  return server.log.join('\n')
}

/** Lets a server look to its end: it notes then when that look began. */
const lookOnce = (t: Test, place: Place, now: number) =>
  runUntil(t, place, now, `select looked_at >= '${new Date(now).toISOString()}' from scheduler`)

/** Plans all that is to come, as new time-zone data does, by a clock that was put back. */
async function planAnew(t: Test, place: Place, now: number) {
  withFile(place.database, (sqlite) =>
    sqlite.exec(`insert into scheduler (slot, looked_at, time_zone_data) values (1, '${START}', '2000a')
      on conflict do update set time_zone_data = '2000a'`),
  )
  const planned = `select time_zone_data <> '2000a' and not exists (select 1 from schedule_to_plan)
    from scheduler`
  await runUntil(t, place, now, planned)
}

/** Kills servers again and again, while their clock goes on and jumps; returns when that was. */
async function killAll(t: Test, place: Place) {
  const { data, database } = place
  const folders = twice(data, database)
  const chance = chanceFrom(KILLS)
  let latest = Date.parse(START)
  let broken_off = 0
  for (let round = 0; round < KILLS; round++) {
    // Mostly some hours; at times a day, forward or back.
    const hours = { 2: 24, 3: -24 }[round % 8] ?? 1 + chance() * 8
    const now = latest + hours * HOUR
    if (hours < 0) await planAnew(t, place, now)
    latest = Math.max(latest, now)
    const some = folders.slice(0, 1 + (round % 2))
    const answers = (place: number) => (round * 7 + place * 5) % MOST_ANSWERS
    await Promise.all(
      some.map(async (folder, place) => killAfter(await startAt(t, folder, now), answers(place))),
    )
    if (isBrokenOff(database, now)) broken_off++
  }
  t.ok(broken_off > 0, `${broken_off} of ${KILLS} times a look was broken off`)
  return latest
}

async function readAll(database: string) {
  const db = openDatabase(database)
  const found = { windows: await listWindows({ db }), sessions: await listSessions({ db }) }
  await db.close()
  return found
}

async function check(t: Test, database: string, last: number) {
  const { windows, sessions } = await readAll(database)
  const done = new Date(last).toISOString()
  // The server's clock went on while it looked.
  const begun = new Date(last + HOUR / 2).toISOString()
  for (const zone of ZONES.values()) {
    const minutes = walk(zone, Date.parse(START), last + HOUR)
    const expected = TIMES.map((times) => ({
      due: startsUntil(minutes, times, done),
      possible: startsUntil(minutes, times, begun),
    }))
    for (const [at, { times, name, missed }] of SCHEDULES.entries()) {
      const own = windows.filter((one) => one.schedule_id === at + 1 && one.zone === zone)
      const computers = COMPUTERS.length
      const { due, possible } = expected[TIMES.indexOf(times)]!
      requireOnce(t, `${name}, ${zone}`, { windows: own, sessions, computers, due, possible })
      // With `skip` none may run in its time.
      if (missed !== 'skip')
        t.ok(
          own.some(({ state }) => /open|closed/.test(state)),
          'one ran',
        )
    }
  }
}

t.test('T26, T27: kill -9 of one server, or two on a database, doubles no window', async (t) => {
  const place = await dataDirectory(t, furnish)
  const { database } = place
  const last = (await killAll(t, place)) + HOUR
  t.notMatch(await lookOnce(t, place, last), /could not do all that was due/)
  await check(t, database, last)
  t.same(await findFaults(database), [])
})

/** The windows of four nights; at the last of them, in its midst, the server is there again. */
const AFTER_THREE_NIGHTS = {
  skip: ['skipped', 'skipped', 'skipped', 'open'],
  once: ['skipped', 'skipped', 'skipped', 'open'],
  all: ['queued', 'queued', 'queued', 'open'],
}

t.test('T29: who was killed makes up for what was missed, as each schedule says', async (t) => {
  const policies = Object.keys(AFTER_THREE_NIGHTS) as (keyof typeof AFTER_THREE_NIGHTS)[]
  const place = await dataDirectory(t, async (w) => {
    await addComputers(w, ACME, COMPUTERS)
    for (const missed of policies)
      await addSchedule(w, ACME, { name: missed, missed, overlap: 'queue' })
  })
  await lookOnce(t, place, Date.parse('2026-11-24T09:00:00.000Z'))
  t.same((await readAll(place.database)).windows, [])
  await lookOnce(t, place, Date.parse('2026-11-27T23:00:00.000Z'))
  const { windows, sessions } = await readAll(place.database)
  for (const [at, missed] of policies.entries()) {
    const own = windows.filter(({ schedule_id }) => schedule_id === at + 1)
    const states = own.toSorted((a, b) => (a.local_start < b.local_start ? -1 : 1))
    t.same(
      states.map(({ state }) => state),
      AFTER_THREE_NIGHTS[missed],
      missed,
    )
  }
  t.equal(sessions.length, policies.length * COMPUTERS.length)
})

t.test('T28: a server with new time-zone data says which windows move', async (t) => {
  const place = await dataDirectory(t, async (w) => {
    await addComputers(w, ACME, COMPUTERS)
    await addSchedule(w, ACME, { zone: 'America/Vancouver' })
    await look(w.db, { time_zone_data: '2025c' })
  })
  // What the data of 2025 said of this night, which has been on summer time since.
  withFile(place.database, (sqlite) =>
    sqlite.exec(`update next_window set starts_at = '2026-11-25T06:00:00.000Z',
      detect_at = '2026-11-25T06:00:00.000Z'`),
  )
  const log = await lookOnce(t, place, Date.parse('2026-11-25T05:30:00.000Z'))
  const moved = log.split('\n').filter((line) => line.includes('time-zone data moves windows'))
  t.equal(moved.length, 1)
  t.match(moved[0], '"to":"2026-11-25T05:00:00.000Z"')
  t.match((await readAll(place.database)).windows, [{ state: 'open' }])
})
