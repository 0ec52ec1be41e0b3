import t from 'tap'
import { currentActor } from '../../src/access/current-actor.ts'
import { operation } from '../../src/db/operation.ts'
import type { ConsequencePanel } from '../../src/jobs/consequences.ts'
import { paced } from '../../src/pace.ts'
import { setScheduleState } from '../../src/schedules/commands.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import {
  schedulesOfMovedComputers,
  schedulesOfMovedTenants,
} from '../../src/schedules/relocation.ts'
import { movedTenants } from '../../src/tenants/consequences.ts'
import { addUser } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { textOf } from '../support/html.ts'
import { lookAt, putPreference } from '../support/maintenance.ts'
import { type NIGHTLY, addSchedule, override } from '../support/schedules.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, START, type World, world } from '../support/world.ts'

// What the preview of a move says of schedules.

const giveTimes = ({ db, actor }: World, tenant_id: number, id: number) =>
  operation(db, actor, 'schedule.override', (tx) =>
    overrideSchedule(tx, actor, tenant_id, id, { form: 'own', times: LATE }, 0),
  )

const LATE = {
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T23:00' }],
  window_minutes: 60,
  zone_of: 'fixed',
  zone: 'UTC',
} as const satisfies Partial<typeof NIGHTLY>

const disable = (w: World, id: number) =>
  operation(w.db, w.actor, 'schedule.disable', (tx) =>
    setScheduleState(tx, w.actor, id, 'disabled'),
  )

const ofComputers = (w: World, computers: { id: number; tenant_id: number }[], tenant_id: number) =>
  schedulesOfMovedComputers.foresee(w.db, w.actor, { computers, tenant_id }, paced())

const ofTenants = async (w: World, ids: number[], parent_id: number, actor = w.actor) =>
  schedulesOfMovedTenants.foresee(
    w.db,
    actor,
    await movedTenants(w.db, actor, ids, parent_id),
    paced(),
  )

const linesOf = (panel: ConsequencePanel | null) =>
  Object.fromEntries(panel!.rows.map(({ name, lines }) => [name, lines]))

const LOST = 'No longer maintained by'
const GAINED = 'Maintained anew by'
const OTHER = 'At other times by'
const OPEN = 'Open now'
const SOON = 'Opens within 24 hours'

t.test('says which schedules computers lose and gain when they move', async (t) => {
  const w = await world(t)
  await addSchedule(w, 1, { name: 'Everywhere' })
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  await disable(w, await addSchedule(w, RIVAL, { name: 'Off' }))
  const [one] = await addComputers(w, ACME, ['ONE', 'STAYS'])
  const [two] = await addComputers(w, ACME_LEEDS, ['TWO'])
  const here = { id: one!, tenant_id: ACME }
  const panel = await ofComputers(w, [here, { id: two!, tenant_id: ACME_LEEDS }], RIVAL)
  t.equal(panel!.note, '1 schedule less, 1 more.')
  t.match(linesOf(panel), {
    [LOST]: ['Of Acme (Acme), 2 computers'],
    [GAINED]: ['Of Rival (Rival), 2 computers'],
  })
  t.equal(await ofComputers(w, [here], ACME_LEEDS), null)
})

t.test('says which schedules a branch loses and gains, and for how many computers', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addSchedule(w, ACME_LEEDS, { name: 'Of Leeds' })
  await addSchedule(w, RIVAL, { name: 'Of Rival', target_kinds: 'servers' })
  await addSchedule(w, RIVAL, { name: 'Only Rival', applies_to_children: false })
  await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  await addComputer(w, ACME_LEGAL, { name: 'THREE', kind: 'server' })
  const panel = await ofTenants(w, [ACME_LEEDS], RIVAL)
  t.equal(panel!.note, '1 schedule less, 1 more.')
  t.match(linesOf(panel), {
    [LOST]: ['Of Acme (Acme), 3 computers'],
    [GAINED]: ['Of Rival (Rival), 1 computer'],
  })
})

t.test('a branch keeps what it decides about schedules of further up', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, 1, { name: 'Everywhere' })
  await override(w, RIVAL, id, 'off')
  await giveTimes(w, ACME_LEGAL, id)
  await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  await addComputers(w, ACME_LEGAL, ['THREE'])
  const panel = await ofTenants(w, [ACME_LEEDS], RIVAL)
  t.match(linesOf(panel), { [LOST]: ['Everywhere (All tenants), 2 computers'] })
})

t.test('says where a schedule comes at other times', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, 1, { name: 'Everywhere' })
  await giveTimes(w, RIVAL, id)
  await addComputers(w, ACME_LEEDS, ['ONE'])
  const panel = await ofTenants(w, [ACME_LEEDS], RIVAL)
  t.match(linesOf(panel), {
    [OTHER]: ['Everywhere (All tenants), 1 computer'],
    [SOON]: ['Everywhere (All tenants), at 2026-11-24 23:00 in UTC, with them'],
  })
})

t.test(
  'says what is open, and what opens within a day, on the clock that counts there',
  async (t) => {
    const w = await world(t)
    await putPreference(w, RIVAL, 'maintenance.time_zone', 'America/New_York')
    await addSchedule(w, ACME, { name: 'Of Acme' })
    await addSchedule(w, RIVAL, { name: 'Of Rival', zone_of: 'tenant', zone: null })
    await addSchedule(w, RIVAL, { name: 'Some day', rules: [{ ...DAY_OFF }] })
    await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
    await addComputers(w, RIVAL, ['THREE'])
    w.clock.now = '2026-11-25T01:00:00.000Z'
    const before = linesOf(await ofTenants(w, [ACME_LEEDS], RIVAL))
    t.match(before[SOON], [
      'Of Acme (Acme), at 2026-11-25 22:00 in UTC, without them',
      'Of Rival (Rival), at 2026-11-24 22:00 in America/New_York, with them',
    ])
  },
)

const DAY_OFF = { rrule: 'FREQ=YEARLY', start: '2027-11-24T22:00' }

t.test('says how many sessions would be skipped, and which window comes too early', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  await addComputers(w, RIVAL, ['THREE'])
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  const panel = await ofTenants(w, [ACME_LEEDS], RIVAL)
  t.match(linesOf(panel)[OPEN], [
    'Of Acme (Acme), until 2026-11-25 02:00 in UTC: 2 sessions that have not started are skipped',
    'Of Rival (Rival), until 2026-11-25 02:00 in UTC: they come in with the next one',
  ])
})

t.test('counts for a tag those who carry it, and all where the new parent does', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, 1, 'Kiosk')
  const mine = { target: 'tag', target_tag_id: tag.id } as const
  await addSchedule(w, ACME, { name: 'Of Acme', ...mine })
  await addSchedule(w, RIVAL, { name: 'Of Rival', ...mine })
  const [one] = await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  await tagIt(w, tag, { computer: one! })
  t.match(linesOf(await ofTenants(w, [ACME_LEEDS], RIVAL)), {
    [LOST]: ['Of Acme (Acme), 1 computer'],
    [GAINED]: ['Of Rival (Rival), 1 computer'],
  })
  await tagIt(w, tag, { tenant: RIVAL, covers: true })
  t.match(linesOf(await ofTenants(w, [ACME_LEEDS], RIVAL)), {
    [GAINED]: ['Of Rival (Rival), 2 computers'],
  })
})

t.test('names schedules of the branch whose tag stays behind', async (t) => {
  const w = await world(t)
  const { id } = await makeTag(w, ACME, 'Kiosk')
  await addSchedule(w, ACME_LEGAL, { name: 'Kiosks', target: 'tag', target_tag_id: id })
  const panel = await ofTenants(w, [ACME_LEEDS], RIVAL)
  t.match(linesOf(panel), {
    'For nothing any more': ['Kiosks (Legal): its tag Kiosk stays behind'],
  })
})

t.test('of tenants that move with one below them, each counts once', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addComputers(w, ACME_LEEDS, ['ONE'])
  await addComputers(w, ACME_LEGAL, ['TWO'])
  const panel = await ofTenants(w, [ACME_LEEDS, ACME_LEGAL], RIVAL)
  t.match(linesOf(panel), { [LOST]: ['Of Acme (Acme), 2 computers'] })
})

t.test('T6: says nothing of schedules where one may not see them', async (t) => {
  const w = await world(t)
  await addSchedule(w, RIVAL, { name: 'Secret' })
  await addComputers(w, ACME_LEEDS, ['ONE'])
  const { person_id } = await addUser(w, ACME, 'Ada', 'technician')
  const ada = await currentActor(w.db, w.db.now(), { ...w.actor, person_id })
  const moved = { tenants: [{ id: ACME_LEEDS, path: '/1/3/4/' }], parent_id: RIVAL }
  const panel = await schedulesOfMovedTenants.foresee(w.db, ada, moved, paced())
  t.match(panel, { note: 'You may not see the schedules there.', rows: [] })
})

t.test('the page of a tenant that gets a new parent shows it', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addComputers(w, ACME_LEEDS, ['ONE'])
  const { body, statusCode } = await w.alice.post(`/tenants/${ACME_LEEDS}/edit`, {
    name: 'Leeds office',
    kind: 'branch_office',
    description: '',
    slug: 'acme-leeds',
    parent: 'Rival',
    active: 'on',
    version: '1',
  })
  t.equal(statusCode, 422)
  t.match(
    textOf(body),
    /Schedules 1 schedule less, 0 more.*No longer maintained by Of Acme \(Acme\)/,
  )
})
