import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob, foreseen } from '../support/jobs.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

// How a batch ends: what it came to, and whether it can be taken back.

type Browser = World['alice']

/** Drafts a batch and chooses what it needs; returns the address of the draft. */
async function draft(
  browser: Browser,
  list: string,
  action: string,
  ids: number[],
  choice: Record<string, string> = {},
) {
  const sent = { action, ids: ids.map(String) }
  const job = String((await browser.post(`/${list}/batches`, sent)).headers.location)
  await browser.post(`${job}/draft`, { whole: 'rest', ...choice })
  return job
}

const undoHref = (body: string) => /href="(\/history\/\d+\/undo)"/.exec(body)?.[1]

t.test('a move is taken back from the page on which it ended', async (t) => {
  const w = await world(t)
  await addCast(w)
  const id = await addComputer(w, ACME, { name: 'Reception', person: 'Bob Technician' })
  const before = (await w.api.get(`/computers/${id}`)).json()
  const job = await draft(w.alice, 'computers', 'change_tenant', [id], { tenant: 'rival' })
  const undo = undoHref(await confirmJob(w.alice, job, { reason: '' }))!
  t.equal((await w.api.get(`/computers/${id}`)).json().tenant_id, RIVAL)
  t.match(mainText((await w.alice.get(undo)).body), 'What would come of it')
  t.equal((await w.alice.post(undo, { reason: '' })).statusCode, 303)
  const after = (await w.api.get(`/computers/${id}`)).json()
  t.same({ ...after, version: 0 }, { ...before, version: 0 })
  t.match(mainText((await w.alice.get(job)).body), 'Taken back by Alice Moore.')
})

t.test('batches of tenants and of people offer to be taken back, too', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const tenants = await draft(w.alice, 'tenants', 'deactivate', [ACME_LEEDS])
  t.ok(undoHref(await confirmJob(w.alice, tenants, { reason: '' })))
  const people = await draft(w.alice, 'people', 'deactivate', [dana.person_id])
  t.ok(undoHref(await confirmJob(w.alice, people, { reason: '' })))
})

t.test('says why it cannot be taken back', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const id = await addComputer(w, ACME, { name: 'Reception' })
  const choice = { tenant: 'Leeds office' }
  const job = await draft(bob.browser, 'computers', 'change_tenant', [id], choice)
  t.ok(undoHref(await confirmJob(bob.browser, job, { reason: '' })))
  await w.api.patch(`/computers/${id}`, { model: 'New' })
  t.match(mainText((await bob.browser.get(job)).body), /the same was changed since/)
})

t.test('offers nothing where nothing was changed', async (t) => {
  const w = await world(t)
  const [one, two] = await addComputers(w, ACME, ['One', 'Two'])
  const job = await draft(w.alice, 'computers', 'delete', [one!, two!], { whole: 'whole' })
  await w.api.delete(`/computers/${one}`)
  await w.api.delete(`/computers/${two}`)
  const body = await confirmJob(w.alice, job, { reason: '' })
  t.equal(undoHref(body), undefined)
})

t.test('a batch of tenants is done whole or not at all, if so chosen', async (t) => {
  const w = await world(t)
  const whole = { whole: 'whole', parent: 'Legal' }
  const ids = [RIVAL, ACME_LEEDS]
  const job = await draft(w.alice, 'tenants', 'set_parent', ids, whole)
  t.notMatch(await foreseen(w.alice, job), `action="${job}/start"`)
  const text = mainText(await confirmJob(w.alice, job, { reason: '' }))
  t.match(text, /1 of the tenants cannot be changed, the first of them Leeds office/)
  t.equal((await w.api.get(`/tenants/${RIVAL}`)).json().parent_id, 1)
  const rest = await draft(w.alice, 'tenants', 'set_parent', ids, { ...whole, whole: 'rest' })
  await confirmJob(w.alice, rest, { reason: '' })
  t.equal((await w.api.get(`/tenants/${RIVAL}`)).json().parent_id, ACME_LEGAL)
})

t.test('a batch of people is done whole or not at all, if so chosen', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const { email } = (await w.api.get(`/people/${dana.person_id}`)).json()
  const namesake = { tenant_id: RIVAL, name: 'Dana there', email }
  t.equal((await w.api.post('/people', namesake)).statusCode, 201)
  const ids = [bob.person_id, dana.person_id]
  const choice = { tenant: 'rival', whole: 'whole' }
  const job = await draft(w.alice, 'people', 'set_tenant', ids, choice)
  t.match(
    mainText(await confirmJob(w.alice, job, { reason: '' })),
    /1 of the people cannot be changed, the first of them Dana Reader: .*Nothing was changed/,
  )
  t.equal((await w.api.get(`/people/${bob.person_id}`)).json().tenant_id, ACME)
})

t.test('says when others changed something between preview and confirmation', async (t) => {
  const w = await world(t)
  const [one, two] = await addComputers(w, ACME, ['One', 'Two'])
  const job = await draft(w.alice, 'computers', 'change_tenant', [one!, two!], { tenant: 'rival' })
  const sent = /name="foreseen" value="(\d+)"/.exec(await foreseen(w.alice, job))![1]!
  await w.api.delete(`/computers/${one}`)
  const text = mainText(await confirmJob(w.alice, job, { reason: '', foreseen: sent }))
  t.match(text, /Others changed something since you looked: 2 were to be changed, 1 were/)
  t.match(text, /One Not possible It is deleted\. Restore it first\./)
})
