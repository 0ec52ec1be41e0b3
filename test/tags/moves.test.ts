import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { paced } from '../../src/pace.ts'
import { tagsOfComputers } from '../../src/tags/effective.ts'
import { foreseeTags } from '../../src/tags/moves.ts'
import { addComputer } from '../support/computers.ts'
import { confirmJob, upload } from '../support/jobs.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

/** The names of the tags that a computer carries, as all together decide it. */
async function tagsOf({ db, actor }: World, id: number) {
  const query = everyTenant(db).selectFrom('computer').select(['id', 'tenant_id'])
  const computer = await query.where('id', '=', id).executeTakeFirstOrThrow()
  return (await tagsOfComputers(db, actor, [computer]))(computer).map(({ name }) => name)
}

async function move({ alice }: World, ids: number[], tenant: string) {
  const fields = { action: 'change_tenant', ids: ids.map(String) }
  const job = String((await alice.post('/computers/batches', fields)).headers.location)
  await alice.post(`${job}/draft`, { tenant, whole: 'rest' })
  return confirmJob(alice, job, { reason: '' })
}

/** Takes the last operation back. */
async function undoLast({ api }: World) {
  const [{ id }] = (await api.get('/operations')).json().operations
  const { statusCode } = await api.post(`/operations/${id}/undo`, {})
  return statusCode
}

/** A computer at Acme with a tag from everywhere that one can come from. */
async function stage(w: World) {
  const { api } = w
  const person = { name: 'Jane Doe', email: 'jane@acme.example', tenant_id: ACME }
  const { id: jane } = (await api.post('/people', person)).json()
  const pc = await addComputer(w, ACME, { name: 'Reception', person: 'jane@acme.example' })
  const tags = {
    kept: await makeTag(w, 1, 'Kept'),
    own: await makeTag(w, ACME, 'Of Acme'),
    covering: await makeTag(w, ACME, 'On Acme'),
    hers: await makeTag(w, ACME, 'Of Jane'),
    new: await makeTag(w, RIVAL, 'On Rival'),
  }
  await tagIt(w, tags.kept, { computer: pc })
  await tagIt(w, tags.own, { computer: pc })
  await tagIt(w, tags.covering, { tenant: ACME })
  await tagIt(w, tags.hers, { person: jane })
  await tagIt(w, tags.new, { tenant: RIVAL })
  return { pc, tags }
}

t.test('a move takes off what cannot be used there, and undo brings it back', async (t) => {
  const w = await world(t)
  const { pc } = await stage(w)
  const before = ['Kept', 'Of Acme', 'Of Jane', 'On Acme']
  t.same(await tagsOf(w, pc), before)
  await move(w, [pc], 'Rival')
  t.same(await tagsOf(w, pc), ['Kept', 'On Rival'])
  t.equal(await undoLast(w), 201)
  t.same(await tagsOf(w, pc), before)
})

t.test('says before a move which tags would go, and which would come', async (t) => {
  const w = await world(t)
  const { pc } = await stage(w)
  const pair = [pc, await addComputer(w, ACME, { name: 'Office' })]
  const computers = pair.map((id) => ({ id, tenant_id: ACME }))
  const found = await foreseeTags(w.db, w.actor, { computers, tenant_id: RIVAL }, paced())
  const told = (list: { name: string; computers: number }[] = []) =>
    list.map(({ name, computers }) => `${name} ${computers}`)
  t.same(told(found?.dropped), ['Of Acme 1'])
  t.same(told(found?.lost), ['Of Jane 1', 'On Acme 2'])
  t.same(told(found?.gained), ['On Rival 2'])
  const moved = { computers: computers.slice(1), tenant_id: ACME_LEEDS }
  t.same(told((await foreseeTags(w.db, w.actor, moved, paced()))?.lost), ['On Acme 1'])
})

t.test('T9: a tenant that moves leaves the tags of its former parents behind', async (t) => {
  const w = await world(t)
  const of_acme = await makeTag(w, ACME, 'Of Acme')
  const of_leeds = await makeTag(w, ACME_LEEDS, 'Of Leeds')
  const pc = await addComputer(w, ACME_LEEDS, { name: 'Desk' })
  for (const tag of [of_acme, of_leeds]) await tagIt(w, tag, { computer: pc })
  await tagIt(w, of_acme, { tenant: ACME_LEEDS, covers: true })
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  t.same(await tagsOf(w, pc), ['Of Leeds'])
  t.equal(await undoLast(w), 201)
  t.same(await tagsOf(w, pc), ['Of Acme', 'Of Leeds'])
  const csv = 'slug,name,parent\nacme-leeds,Leeds office,rival\n'
  const job = String((await upload(w.alice, '/tenants/import', csv)).headers.location)
  await confirmJob(w.alice, job)
  t.same(await tagsOf(w, pc), ['Of Leeds'], 'a file moves it too')
})

t.test('an undone move leaves behind what was given since where it had gone', async (t) => {
  const w = await world(t)
  const { pc, tags } = await stage(w)
  await move(w, [pc], 'Rival')
  const [{ id }] = (await w.api.get('/operations')).json().operations
  await tagIt(w, tags.new, { computer: pc })
  await w.api.post(`/operations/${id}/undo`, {})
  t.same(await tagsOf(w, pc), ['Kept', 'Of Acme', 'Of Jane', 'On Acme'])
})

t.test('T9: a tag is not given back where it cannot be used any more', async (t) => {
  const w = await world(t)
  const of_acme = await makeTag(w, ACME, 'Of Acme')
  await tagIt(w, of_acme, { tenant: ACME_LEEDS })
  await w.alice.post(`/tags/${of_acme.id}/deletion`)
  const [{ id }] = (await w.api.get('/operations')).json().operations
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  const answer = await w.api.post(`/operations/${id}/undo`, {})
  t.equal(answer.statusCode, 409)
  t.match(answer.json().detail, 'A tag cannot be used any more')
})
