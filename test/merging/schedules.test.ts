import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { currentActor } from '../../src/access/current-actor.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { addUser, anyTenant } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, lookAt } from '../support/maintenance.ts'
import { foresee, merge } from '../support/merging.ts'
import { readState } from '../support/rows.ts'
import { addSchedule, override } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

const listSchedules = ({ db }: World) =>
  everyTenant(db)
    .selectFrom('schedule')
    .select(['id', 'tenant_id', 'name', 'target_tag_id', 'target_tag_tenant_id'])
    .orderBy('id')
    .execute()

const listOverrides = ({ db }: World) =>
  everyTenant(db)
    .selectFrom('schedule_override')
    .select(['tenant_id', 'schedule_id', 'form'])
    .orderBy('id')
    .execute()

t.test('schedules move, under another name where theirs is taken, and back', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME, ['PC'])
  const mine = await addSchedule(w, ACME, { target: 'computers', computer_ids: [id!] })
  await addSchedule(w, RIVAL)
  const before = readState(w.db)
  const { counts, conflicts } = await foresee(w, [ACME], RIVAL)
  t.match(
    counts.find(({ what }) => what === 'Schedules'),
    { number: 1 },
  )
  t.match(conflicts, [{ id: `schedule:${mine}`, source: 'Becomes Nightly (Acme)' }])
  const { operation_id } = await merge(w, [ACME], RIVAL)
  t.match(await listSchedules(w), [
    { tenant_id: RIVAL, name: 'Nightly (Acme)' },
    { tenant_id: RIVAL, name: 'Nightly' },
  ])
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test('a schedule that is for a tag which becomes one with another is for that', async (t) => {
  const w = await world(t)
  const [mine, theirs] = [await makeTag(w, ACME, 'Tills'), await makeTag(w, RIVAL, 'tills')]
  await addSchedule(w, ACME, { target: 'tag', target_tag_id: mine.id })
  await addSchedule(w, ACME_LEEDS, { target: 'tag', target_tag_id: mine.id })
  const before = readState(w.db)
  const { operation_id } = await merge(w, [ACME], RIVAL)
  const target = { target_tag_id: theirs.id, target_tag_tenant_id: RIVAL }
  t.match(await listSchedules(w), [target, target])
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test(
  'what the source decides about an inherited schedule ends, unless it is taken',
  async (t) => {
    const w = await world(t)
    const id = await addSchedule(w, 1)
    await override(w, ACME, id, 'off')
    await override(w, RIVAL, id, 'on')
    const before = readState(w.db)
    const { conflicts } = await foresee(w, [ACME], RIVAL)
    t.match(conflicts, [{ source: 'Switched off', destination: 'Switched on' }])
    const kept = await merge(w, [ACME], RIVAL)
    t.match(await listOverrides(w), [{ tenant_id: RIVAL, form: 'on' }])
    await takeBack(w.db, w.actor, kept.operation_id, null)
    t.same(readState(w.db), before)
    const taken = await merge(w, [ACME], RIVAL, { choices: { [conflicts[0]!.id]: 'source' } })
    t.match(await listOverrides(w), [{ tenant_id: RIVAL, form: 'off' }])
    await takeBack(w.db, w.actor, taken.operation_id, null)
    t.same(readState(w.db), before)
  },
)

t.test('about schedules that become the destination’s own nothing stays decided', async (t) => {
  const w = await world(t)
  const own = await addSchedule(w, ACME)
  await override(w, ACME_LEEDS, own, 'off')
  const before = readState(w.db)
  const { operation_id } = await merge(w, [ACME_LEEDS, ACME], RIVAL)
  t.same(await listOverrides(w), [])
  t.match(await listSchedules(w), [{ tenant_id: RIVAL }])
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test('sessions that are ahead stay so, and what was ordered goes along', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC'])
  const id = await addSchedule(w, ACME)
  await lookAt(w, START)
  await operation(w.db, w.actor, 'schedule.run', (tx) => runNow(tx, w.actor, id, ''))
  const before = readState(w.db)
  const { operation_id } = await merge(w, [ACME], RIVAL)
  await lookAt(w, START)
  t.match(await listSessions(w), [{ tenant_id: RIVAL, state: 'pending' }])
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test('T7: a locked schedule moves only for whoever may lock', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { locked: true })
  const permissions = ['tenant.view', 'tenant.delete', 'tenant.move']
  const role_id = (await w.api.post('/roles', { name: 'Merging', permissions })).json().id
  const { person_id } = await addUser(w, 1, 'Mona', 'technician')
  await operation(w.db, w.actor, 'test.assign', (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        tenant_id: anyTenant(1),
        person_id,
        role_id,
        effect: 'allow',
        operation_id: tx.operation.id,
      })
      .execute(),
  )
  const actor = await currentActor(w.db, w.db.now(), { ...w.actor, person_id })
  const { refusals } = await foresee({ ...w, actor }, [ACME], RIVAL)
  t.match(refusals, [/^Acme: .*“Lock schedules/, /^Rival: .*“Lock schedules/])
  t.equal(refusals.length, 2)
})
