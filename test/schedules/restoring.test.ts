import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { listChosen } from '../../src/schedules/targets.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule, override } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

// What is deleted can be restored, and what cannot be done is said of each alone.

const stateOf = async ({ db, actor }: World, id: number) => (await getSchedule(db, actor, id)).state

const nextOf = async ({ db }: World, id: number) => {
  await planWhatChanged(db)
  const rows = await everyTenant(db)
    .selectFrom('next_window')
    .select('starts_at')
    .where('schedule_id', '=', id)
    .execute()
  return rows.map(({ starts_at }) => starts_at)
}

const textAt = async ({ alice }: World, path: string) => mainText((await alice.get(path)).body)

async function batch({ alice }: World, action: string, ids: number[], tab = 'enabled') {
  const fields = { action, tab, ids: ids.map(String) }
  const { headers } = await alice.post('/schedules/batches', fields)
  return mainText(await confirmJob(alice, String(headers.location), { reason: '' }))
}

t.test('a deleted schedule is found under Deleted, and restored with all it had', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME_LEEDS, ['ONE'])
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: [one!] })
  await override(w, ACME_LEEDS, id, 'on')
  t.same(await nextOf(w, id), ['2026-11-24T22:00:00.000Z'])
  const deleted = await w.alice.post(`/schedules/${id}/deletion`)
  t.equal(deleted.statusCode, 303)
  t.same(await nextOf(w, id), [])
  t.notMatch(await textAt(w, '/schedules'), /Nightly.*Acme/)
  t.match(await textAt(w, '/schedules?tab=deleted'), /Nightly/)
  t.match(await textAt(w, `/schedules/${id}`), /Deleted.*Restore/)
  await w.alice.post(`/schedules/${id}/state`, { state: 'disabled' })
  await w.alice.post(`/schedules/${id}/state`, { state: 'enabled' })
  t.same(await nextOf(w, id), ['2026-11-24T22:00:00.000Z'])
  t.same(await listChosen(w.db, id), [one])
  t.match(await textAt(w, `/schedules/${id}`), /ONE.*Leeds office On, with the times of its owner/)
})

t.test('undoing the deletion in the history brings it back as it was', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await w.alice.post(`/schedules/${id}/deletion`)
  const [last] = (await w.api.get('/operations?limit=1')).json().operations
  const undone = await w.alice.post(`/history/${last.id}/undo`, { reason: '' })
  t.equal(undone.statusCode, 303)
  t.equal(await stateOf(w, id), 'enabled')
  t.same(await nextOf(w, id), ['2026-11-24T22:00:00.000Z'])
})

t.test('a schedule whose name was taken meanwhile says so when it is restored', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await w.alice.post(`/schedules/${id}/deletion`)
  await addSchedule(w, ACME)
  const { statusCode, body } = await w.alice.post(`/schedules/${id}/state`, { state: 'disabled' })
  t.equal(statusCode, 422)
  t.match(mainText(body), /There is already a schedule “Nightly” at this tenant\./)
  t.equal(await stateOf(w, id), 'deleted')
})

t.test('many are deleted and restored at once, and each that cannot be says why', async (t) => {
  const w = await world(t)
  const [one, two] = [await addSchedule(w, ACME), await addSchedule(w, RIVAL)]
  t.match(await batch(w, 'delete', [one, two]), /2/)
  t.same([await stateOf(w, one), await stateOf(w, two)], ['deleted', 'deleted'])
  await addSchedule(w, ACME)
  const report = await batch(w, 'restore', [one, two], 'deleted')
  t.match(report, /There is already a schedule “Nightly” at this tenant\./)
  t.same([await stateOf(w, one), await stateOf(w, two)], ['deleted', 'disabled'])
  await batch(w, 'enable', [two], 'disabled')
  t.same(await nextOf(w, two), ['2026-11-24T22:00:00.000Z'])
})

t.test('of many that are run, one whose window is open keeps no other from it', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'ONE' })
  await addComputer(w, RIVAL, { name: 'TWO' })
  const [one, two] = [await addSchedule(w, ACME), await addSchedule(w, RIVAL)]
  await lookAt(w, START)
  await w.alice.post(`/schedules/${one}/runs`, { reason: '' })
  const report = await batch(w, 'run', [one, two])
  t.match(report, /“Nightly” has a window that is open\. Cancel it first\./)
  t.match(await listWindows(w), [{ schedule_id: one }, { schedule_id: two }])
  t.equal((await listSessions(w)).length, 2)
  const orders = await everyTenant(w.db).selectFrom('maintenance_order').selectAll().execute()
  t.match(orders, [{ schedule_id: one }, { schedule_id: two }])
  t.equal(orders.length, 2, 'nothing is left of what was refused')
})

t.test('a copy is for the chosen computers that are still in reach, and says so', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, ['ONE', 'TWO', 'THREE'])
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: ids })
  const [one, two, three] = ids
  await w.api.post('/computers/batch', { action: 'change_tenant', ids: [two], tenant_id: RIVAL })
  await w.api.delete(`/computers/${three}`)
  const { headers } = await w.alice.post(`/schedules/${id}/copies`)
  const said = decodeURIComponent(JSON.stringify(headers['set-cookie']))
  t.match(said, /2 chosen computers were left out: they are not here or below any more\./)
  t.same(await listChosen(w.db, id + 1), [one])
  const again = await w.api.post(`/schedules/${id}/copies`)
  t.match(again.json(), { name: 'Nightly (copy 2)', computer_ids: [one] })
})

t.test('a copy of a schedule whose tag was deleted is for nothing yet', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, ACME, 'Kiosk')
  const id = await addSchedule(w, ACME, { target: 'tag', target_tag_id: tag.id })
  await w.alice.post(`/tags/${tag.id}/deletion`)
  t.equal((await w.alice.post(`/schedules/${id}/copies`)).statusCode, 303)
  t.match(await getSchedule(w.db, w.actor, id + 1), { target: 'tag', target_tag_id: null })
})

t.test('to undo what made a schedule takes nothing away that was made since', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const [made] = (await w.api.get('/operations?limit=1')).json().operations
  await override(w, ACME_LEEDS, id, 'off')
  const answer = await w.api.post(`/operations/${made.id}/undo`, { reason: '' })
  t.equal(answer.statusCode, 409)
  t.match(
    answer.json().detail,
    /A later operation has changed the same since, or what belongs to it/,
  )
  t.equal(await stateOf(w, id), 'enabled')
  t.match(await textAt(w, `/schedules/${id}`), /Leeds office Switched off/)
})

t.test('nor does to undo what made its tenant, or its computer', async (t) => {
  const w = await world(t)
  const { id: tenant } = (await w.api.post('/tenants', { name: 'Site', parent_id: ACME })).json()
  const [one] = await addComputers(w, ACME, ['ONE'])
  const { operations } = (await w.api.get('/operations?limit=2')).json()
  await addSchedule(w, tenant)
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: [one!] })
  for (const operation of operations)
    t.equal((await w.api.post(`/operations/${operation.id}/undo`, { reason: '' })).statusCode, 409)
  t.same(await listChosen(w.db, id), [one])
})

t.test('what would be disabled or deleted says which windows are open now', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const id = await addSchedule(w, ACME)
  await w.alice.post(`/schedules/${id}/runs`, { reason: '' })
  const preview = async (action: string) => {
    const fields = { action, ids: String(id) }
    const { headers } = await w.alice.post('/schedules/batches', fields)
    return textAt(w, String(headers.location))
  }
  t.match(await preview('disable'), /Enabled → Disabled. 1 window is open now: .* goes on/)
  t.match(await preview('delete'), /1 window is open now: .* is cancelled/)
  t.match(await textAt(w, `/schedules/${id}/deletion`), 'A window of it is open now.')
})
