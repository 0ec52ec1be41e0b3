import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { listChosen } from '../../src/schedules/targets.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob, figures } from '../support/jobs.ts'
import { addSchedule } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

// Many schedules are duplicated at once: each copy is disabled, and says what it lacks.

const listSchedules = ({ db }: World) =>
  everyTenant(db)
    .selectFrom('schedule')
    .select(['id', 'tenant_id', 'name', 'state', 'locked'])
    .orderBy('id')
    .execute()

async function draft(browser: World['alice'], ids: number[]) {
  const fields = { action: 'duplicate', ids: ids.map(String) }
  return String((await browser.post('/schedules/batches', fields)).headers.location)
}

const duplicate = async (browser: World['alice'], ids: number[], fields = {}) =>
  confirmJob(browser, await draft(browser, ids), { reason: '', ...fields })

const textAt = async ({ alice }: World, path: string) => mainText((await alice.get(path)).body)

t.test('each of many is copied, disabled and under a name of its own', async (t) => {
  const w = await world(t)
  const ids = [await addSchedule(w, ACME), await addSchedule(w, RIVAL)]
  await w.alice.post(`/schedules/${ids[0]}/copies`)
  const job = await draft(w.alice, ids)
  t.match(await textAt(w, job), /Duplicate 2 schedules.*Nightly Acme Changes A disabled copy\./)
  t.equal((await listSchedules(w)).length, 3, 'what is looked at is not made')
  const outcome = mainText(await confirmJob(w.alice, job, { reason: 'For the new offices' }))
  t.match(outcome, /Nightly Acme Changed “Nightly \(copy 2\)”, disabled\./)
  t.match((await listSchedules(w)).slice(3), [
    { tenant_id: ACME, name: 'Nightly (copy 2)', state: 'disabled' },
    { tenant_id: RIVAL, name: 'Nightly (copy)', state: 'disabled' },
  ])
  t.match(await textAt(w, '/history'), /Duplicated schedules.*For the new offices/)
})

t.test('what a copy cannot reach is said before of each, and after', async (t) => {
  const w = await world(t)
  const computers = await addComputers(w, ACME, ['ONE', 'TWO'])
  const chosen = await addSchedule(w, ACME, { target: 'computers', computer_ids: computers })
  const tag = await makeTag(w, RIVAL, 'Kiosk')
  const tagged = await addSchedule(w, RIVAL, { target: 'tag', target_tag_id: tag.id })
  await w.api.delete(`/computers/${computers[1]}`)
  await w.alice.post(`/tags/${tag.id}/deletion`)
  const job = await draft(w.alice, [chosen, tagged])
  const foreseen = await textAt(w, job)
  t.match(foreseen, 'A disabled copy. One chosen computer is left out: it is not here or below')
  t.match(foreseen, 'A disabled copy. Its tag cannot be used here any more.')
  const outcome = mainText(await confirmJob(w.alice, job, { reason: '' }))
  t.match(outcome, '“Nightly (copy)”, disabled. One chosen computer was left out: it is not here')
  t.match(outcome, '“Nightly (copy)”, disabled. Its tag cannot be used here any more.')
  t.same(await listChosen(w.db, tagged + 1), [computers[0]])
  t.match(await getSchedule(w.db, w.actor, tagged + 2), { target: 'tag', target_tag_id: null })
})

t.test(
  'a deleted schedule is not copied, and keeps the others from it if all are to be',
  async (t) => {
    const w = await world(t)
    const ids = [await addSchedule(w, ACME), await addSchedule(w, RIVAL)]
    await w.alice.post(`/schedules/${ids[1]}/deletion`)
    const job = await draft(w.alice, ids)
    t.match(await textAt(w, job), 'Nightly Rival Not possible It is deleted. Restore it first.')
    await w.alice.post(`${job}/draft`, { whole: 'whole' })
    t.same(figures((await w.alice.get(job)).body), [1, 0, 1])
    t.equal((await listSchedules(w)).length, 2)
    t.same(figures(await duplicate(w.alice, ids)), [1, 0, 1])
    t.match((await listSchedules(w)).slice(2), [{ tenant_id: ACME, name: 'Nightly (copy)' }])
  },
)

t.test('to undo it takes all the copies away', async (t) => {
  const w = await world(t)
  await duplicate(w.alice, [await addSchedule(w, ACME), await addSchedule(w, RIVAL)])
  const [last] = (await w.api.get('/operations?limit=1')).json().operations
  t.equal(last.kind, 'schedule.batch_duplicate')
  t.equal((await w.alice.post(`/history/${last.id}/undo`, { reason: '' })).statusCode, 303)
  t.equal((await listSchedules(w)).length, 2)
})

t.test(
  'T5: a technician copies what they may edit, and a copy of theirs is not locked',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    const ids = [await addSchedule(w, ACME, { locked: true }), await addSchedule(w, RIVAL)]
    t.same(figures(await duplicate(bob.browser, ids)), [1, 0, 0])
    t.match((await listSchedules(w)).slice(2), [{ tenant_id: ACME, state: 'disabled', locked: 0 }])
    t.equal((await listSchedules(w)).length, 3)
  },
)

t.test('T5: whoever may only look is not offered it, and is refused', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const id = await addSchedule(w, ACME)
  t.match((await bob.browser.get('/schedules')).body, 'value="duplicate"')
  t.notMatch((await dana.browser.get('/schedules')).body, 'value="duplicate"')
  const fields = { action: 'duplicate', ids: [String(id)] }
  t.equal((await dana.browser.post('/schedules/batches', fields)).statusCode, 403)
})
