import t from 'tap'
import { canary } from '../support/canaries.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob, foreseen } from '../support/jobs.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

// What follows when computers change their tenant, as the preview tells it.

type Browser = World['alice']

/** Drafts a move and chooses the target; returns the address of the draft. */
async function draftMove(browser: Browser, ids: number[], tenant: string, whole = 'rest') {
  const sent = { action: 'change_tenant', ids: ids.map(String) }
  const job = String((await browser.post('/computers/batches', sent)).headers.location)
  await browser.post(`${job}/draft`, { tenant, whole })
  return job
}

const preview = async (browser: Browser, ids: number[], tenant: string) =>
  mainText(await foreseen(browser, await draftMove(browser, ids, tenant)))

const KEY = 'agent.check_in_interval_seconds'

t.test('says how many computers come from where', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, ['One', 'Two'])
  ids.push(await addComputer(w, ACME_LEEDS, { name: 'Three' }))
  const text = await preview(w.alice, ids, 'rival')
  t.match(text, /3 computers move from 2 tenants to Rival/)
  t.match(text, /Acme 2 computers.*Leeds office 1 computer/)
})

t.test('says which preferences have another value there, old and new', async (t) => {
  const w = await world(t)
  await w.api.put(`/tenants/${ACME}/preferences/${KEY}`, { value: 600 })
  await w.api.put(`/tenants/${ACME_LEEDS}/preferences/${KEY}`, { value: 900 })
  const ids = await addComputers(w, ACME, ['One', 'Two'])
  ids.push(await addComputer(w, ACME_LEEDS, { name: 'Three' }))
  const text = await preview(w.alice, ids, 'rival')
  t.match(text, /1 preference changes/)
  t.match(text, /600 seconds → .*?, for 2 computers 900 seconds → .*?, for 1 computer/)
  await w.api.put(`/tenants/${RIVAL}/preferences/${KEY}`, { value: 600 })
  t.notMatch(await preview(w.alice, ids.slice(0, 2), 'rival'), 'for 2 computers')
})

t.test('says who could see them then and who could not any more', async (t) => {
  const w = await world(t)
  await addCast(w)
  const text = await preview(w.alice, await addComputers(w, ACME, ['One', 'Two']), 'rival')
  t.match(text, /Lose access: 2 Bob Technician, Dana Reader \(Acme\)/)
  t.match(text, /Gain access: 1 Charlie Rival \(Rival\)/)
  t.notMatch(text, /Vera Viewer/, 'who sees both sees them as before')
})

t.test('says for how many, where somebody loses only some of them', async (t) => {
  const w = await world(t)
  await addUser(w, ACME_LEEDS, 'Lee Leeds', 'viewer')
  const ids = await addComputers(w, ACME, ['One', 'Two'])
  ids.push(await addComputer(w, ACME_LEEDS, { name: 'Three' }))
  t.match(
    await preview(w.alice, ids, 'rival'),
    /Lose access: 1 Lee Leeds \(Leeds office\) – for 1 computer/,
  )
})

t.test('T6: people whom the actor may not see are only counted', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const guest = await addUser(w, RIVAL, `Guest ${canary(RIVAL)}`, 'viewer')
  const given = { person_id: guest.person_id, tenant_id: ACME, role_id: roles.viewer }
  t.equal((await w.api.post('/assignments', given)).statusCode, 201)
  await w.api.post('/assignments', {
    person_id: guest.person_id,
    tenant_id: ACME_LEEDS,
    role_id: null,
    effect: 'deny',
  })
  const ids = await addComputers(w, ACME, ['One'])
  const text = await preview(bob.browser, ids, 'Leeds office')
  t.match(text, /Lose access: 1 1 person of tenants that you do not see/)
})

t.test('lists names that are there already, and those that arrive twice', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, ['Reception', 'Desk', 'Alone'])
  ids.push(await addComputer(w, ACME_LEEDS, { name: 'DESK' }))
  await addComputers(w, RIVAL, ['reception', 'Other'])
  const text = await preview(w.alice, ids, 'rival')
  t.match(text, /Same names 2 names are then there more than once/)
  t.match(text, /Reception 1 there already/)
  t.match(text, /D\w+ 2 of those that move/)
  t.notMatch(/Same names.*Preferences/.exec(text)?.[0] ?? '', 'Alone')
})

t.test('lists whose computers they are no longer', async (t) => {
  const w = await world(t)
  await addCast(w)
  const id = await addComputer(w, ACME, { name: 'Reception', person: 'Bob Technician' })
  t.match(
    await preview(w.alice, [id], 'rival'),
    /1 person stays behind; the computers are then nobody’s\. Bob Technician 1 computer/,
  )
})

t.test('says which tags no longer apply, and which do anew', async (t) => {
  const w = await world(t)
  const id = await addComputer(w, ACME, { name: 'Reception' })
  await tagIt(w, await makeTag(w, ACME, 'Old'), { tenant: ACME })
  await tagIt(w, await makeTag(w, RIVAL, 'New'), { tenant: RIVAL })
  const text = await preview(w.alice, [id], 'rival')
  t.match(text, /1 tag no longer applies, 1 new/)
  t.match(text, /No longer covered by Old, 1 computer Covered anew by New, 1 computer/)
})

t.test('a tenant that was deleted meanwhile takes no computers', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME, ['Reception'])
  const job = await draftMove(w.alice, [id!], 'rival')
  t.equal((await w.api.delete(`/tenants/${RIVAL}`)).statusCode, 204)
  const { statusCode, body } = await w.alice.get(job)
  t.equal(statusCode, 200)
  t.match(mainText(body), /Reception Not possible The tenant that was chosen does not exist/)
  t.notMatch(body, `action="${job}/start"`)
  t.match(mainText(await confirmJob(w.alice, job, { reason: '' })), /Not possible 1/)
  t.equal((await w.api.get(`/computers/${id}`)).json().tenant_id, ACME)
})

t.test('computers that are there already stay as they are', async (t) => {
  const w = await world(t)
  const job = await draftMove(w.alice, await addComputers(w, RIVAL, ['Desk']), 'rival')
  const body = await foreseen(w.alice, job)
  t.match(mainText(body), /Desk As it is/)
  t.notMatch(body, `action="${job}/start"`)
})

t.test('T10: who may no longer put computers there is refused row by row', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const given = { person_id: bob.person_id, tenant_id: RIVAL, role_id: roles.technician }
  const { id: assignment } = (await w.api.post('/assignments', given)).json()
  const [id] = await addComputers(w, ACME, ['Reception'])
  const job = await draftMove(bob.browser, [id!], 'rival')
  t.match(mainText(await foreseen(bob.browser, job)), 'Who may see them')
  await w.api.delete(`/assignments/${assignment}`)
  t.match(mainText(await foreseen(bob.browser, job)), /does not exist any more/)
  await confirmJob(bob.browser, job, { reason: '' })
  t.equal((await w.api.get(`/computers/${id}`)).json().tenant_id, ACME)
})
