import fc from 'fast-check'
import t, { type Test } from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { listEntries } from '../../src/schedules/coming.ts'
import { forecastSchedule } from '../../src/schedules/forecast.ts'
import type { Forecast } from '../../src/schedules/foretelling.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { findSchedule } from '../../src/schedules/queries.ts'
import { forecastTenant } from '../../src/schedules/tenant-forecast.ts'
import { readZones } from '../../src/schedules/tenant-zones.ts'
import { addElapsed } from '../../src/schedules/windows.ts'
import { addComputer } from '../support/computers.ts'
import { putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

const ROOT = 1
const TENANTS = [ROOT, ACME, ACME_LEEDS, ACME_LEGAL, RIVAL]

/** The days that are foretold: with a change of the clock in Europe in some of them. */
const MORNINGS = ['2026-11-25T09:00:00.000Z', '2027-03-27T09:00:00.000Z']
const DAYS = 3

const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu')

const times = fc
  .record({
    zone_of: fc.constantFrom('fixed' as const, 'tenant' as const, 'computer' as const),
    zone,
    hour: fc.constantFrom('01', '02', '13', '22'),
    window_minutes: fc.constantFrom(30, 60, 180),
    rrule: fc.constantFrom('FREQ=DAILY', 'FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=TH,SU'),
  })
  .map(({ hour, rrule, zone, ...rest }) => ({
    ...rest,
    zone: rest.zone_of === 'fixed' ? zone : null,
    rules: [{ rrule, start: `2026-11-20T${hour}:30` }],
  }))

const decided = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ form: 'off' as const, times: null }) },
  { weight: 1, arbitrary: fc.constant({ form: 'on' as const, times: null }) },
  { weight: 4, arbitrary: times.map((times) => ({ form: 'own' as const, times })) },
)

const cases = fc.record({
  owner: fc.constantFrom(ROOT, ROOT, ROOT, ACME, ACME, ACME_LEEDS),
  times,
  applies_to_children: fc.constantFrom(true, true, true, false),
  morning: fc.constantFrom(...MORNINGS),
  zones: fc.array(fc.option(zone), { minLength: 5, maxLength: 5 }),
  decisions: fc.array(decided, { minLength: 5, maxLength: 5 }),
  blocks: fc.option(fc.constantFrom(ACME_LEEDS, RIVAL), { freq: 3 }),
  frozen: fc.option(fc.constantFrom(ACME, ACME_LEGAL)),
  excludes: fc.option(fc.constantFrom(ACME_LEEDS, RIVAL)),
  computers: fc.array(
    fc.record({
      tenant: fc.constantFrom(...TENANTS.slice(1)),
      time_zone: fc.oneof(fc.constant(''), zone),
      excluded: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 4, maxLength: 10 },
  ),
})

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

/** Makes a world such as is described; returns the id of its schedule. */
async function arrange(w: World, given: Case) {
  for (const [at, zone] of given.zones.entries())
    if (zone) await putPreference(w, TENANTS[at]!, 'maintenance.time_zone', zone)
  const day = addElapsed(given.morning, 24 * 60).slice(0, 10)
  if (given.frozen)
    await putPreference(w, given.frozen, 'maintenance.freeze_periods', [`${day}/${day}`])
  if (given.excludes) await putPreference(w, given.excludes, 'maintenance.exclude_computers', true)
  if (given.blocks) await w.api.patch(`/tenants/${given.blocks}`, { blocks_inheritance: true })
  for (const [at, { tenant, time_zone, excluded }] of given.computers.entries()) {
    const id = await addComputer(w, tenant, { name: `PC-${at}`, time_zone })
    if (excluded) await exclude(w, id)
  }
  const { times, applies_to_children } = given
  const id = await addSchedule(w, given.owner, { ...times, applies_to_children })
  for (const [at, decision] of given.decisions.entries())
    if (decision)
      await operation(w.db, w.actor, 'schedule.override', (tx) =>
        overrideSchedule(tx, w.actor, TENANTS[at]!, id, decision, 0),
      ).catch(() => 'where it does not reach, nothing is to be decided')
  w.clock.now = given.morning
  await look(w.db)
  return id
}

const exclude = ({ db, actor }: World, id: number) =>
  operation(db, actor, 'test.exclude', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ state: 'excluded' })
      .where('id', '=', id)
      .execute(),
  )

/** Lets the time pass, and the scheduler do what is due. */
async function pass(w: World, until: string) {
  for (;;) {
    const { next } = await w.db
      .selectFrom('next_window')
      .select(({ fn }) => fn.min<string | null>('starts_at').as('next'))
      .executeTakeFirstOrThrow()
    if (next === null || next > until) return
    w.clock.now = next
    await look(w.db)
  }
}

/** What came after an instant: of each window with computers at or below a path, how many, and how many frozen. */
async function listOpened({ db }: World, path: string, after: string) {
  const rows = await everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('maintenance_window as window', 'window.id', 'session.window_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select(['window.zone', 'window.starts_at', 'window.override_id', 'window.local_start'])
    .select(['session.reason', 'window.schedule_id'])
    .where('window.starts_at', '>', after)
    .where('tenant.path', '>=', path)
    .where('tenant.path', '<', `${path.slice(0, -1)}0`)
    .execute()
  const keyOf = (row: (typeof rows)[number]) =>
    `${row.schedule_id}-${row.override_id}-${row.zone}-${row.local_start}`
  const taking = rows.filter(({ reason }) => !reason.includes('excluded'))
  return [...Map.groupBy(taking, keyOf)].map(([key, sessions]) => {
    const frozen = sessions.filter(({ reason }) => reason.includes('freeze')).length
    const { zone, starts_at } = sessions[0]!
    return { key, told: `${starts_at} ${zone}: ${sessions.length}, ${frozen} frozen` }
  })
}

const toldIn = ({ sections }: Forecast, until: string) =>
  sections
    .flatMap(({ zone, windows }) => windows.map((window) => ({ zone, ...window })))
    .filter(({ opens_at, covered }) => opens_at <= until && covered.computers > 0)
    .map(
      ({ opens_at, zone, covered: { computers, frozen } }) =>
        `${opens_at} ${zone}: ${computers}, ${frozen} frozen`,
    )
    .toSorted()

async function agrees(t: Test, given: Case) {
  const w = await world(t)
  const id = await arrange(w, given)
  const { db, actor, clock } = w
  const until = addElapsed(clock.now, DAYS * 24 * 60)
  const tenants = await everyTenant(db).selectFrom('tenant').select(['id', 'path']).execute()
  const schedule = (await findSchedule(db, id))!
  const whole = await forecastSchedule(db, actor, schedule)
  const zones = await readZones(db, clock.now)
  const range = { from: clock.now, to: addElapsed(until, 1) }
  const foretold = []
  for (const place of tenants)
    foretold.push({
      place,
      forecast: await forecastTenant(db, actor, place),
      calendar: await listEntries(db, actor, place, zones, range, clock.now),
    })
  await pass(w, until)
  const told = (opened: { told: string }[]) => opened.map(({ told }) => told).toSorted()
  t.same(
    toldIn(whole, until),
    told(await listOpened(w, '/1/', given.morning)),
    JSON.stringify(given),
  )
  for (const { place, forecast, calendar } of foretold) {
    const opened = await listOpened(w, place.path, given.morning)
    t.same(toldIn(forecast, until), told(opened), `at ${place.path}`)
    const keys = new Set(calendar.entries.map(({ key }) => key))
    t.same(
      opened.map(({ key }) => key).filter((key) => !keys.has(key)),
      [],
    )
  }
  return told(await listOpened(w, '/1/', given.morning))
}

const OWN = { window_minutes: 60 as const, zone_of: 'tenant' as const, zone: null }

/** A schedule of all tenants by the clock of each, which Leeds has at another time, and Rival not. */
const RICH: Case = {
  owner: ROOT,
  times: { ...OWN, rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-20T02:30' }] },
  applies_to_children: true,
  morning: MORNINGS[1]!,
  zones: [null, 'Europe/Berlin', null, 'America/New_York', null],
  decisions: [
    null,
    null,
    {
      form: 'own',
      times: { ...OWN, rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-20T22:30' }] },
    },
    null,
    { form: 'off', times: null },
  ],
  blocks: null,
  frozen: ACME_LEGAL,
  excludes: null,
  computers: [ACME, ACME_LEEDS, ACME_LEGAL, ACME_LEGAL, RIVAL].map((tenant, at) => ({
    tenant,
    time_zone: '',
    excluded: at === 3,
  })),
}

t.test('each zone, and times of its own that a tenant has, is foretold as it comes', async (t) => {
  const told = await agrees(t, RICH)
  t.same(told, [
    '2027-03-27T21:30:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-28T01:00:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-28T02:30:00.000Z America/New_York: 1, 0 frozen',
    '2027-03-28T20:30:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-29T00:30:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-29T02:30:00.000Z America/New_York: 1, 1 frozen',
    '2027-03-29T20:30:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-30T00:30:00.000Z Europe/Berlin: 1, 0 frozen',
    '2027-03-30T02:30:00.000Z America/New_York: 1, 0 frozen',
  ])
})

t.test('what is foretold is what the scheduler then opens, for as many computers', (t) =>
  fc.assert(
    fc.asyncProperty(cases, async (given) => {
      await agrees(t, given)
    }),
    { numRuns: 6, endOnFailure: true },
  ),
)
