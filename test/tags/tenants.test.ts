import t from 'tap'
import { addCast } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { watchQueries } from '../support/plan.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

const tagsOf = async ({ api }: World, id: number) => (await api.get(`/tenants/${id}`)).json().tags

const rows = (html: string) =>
  [...html.matchAll(/ id="t(\d+)"/g)].map(([, id]) => Number(id)).sort((one, other) => one - other)

t.test('a tenant is given a tag, that covers what is below where it says so', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, 1, 'VIP')
  const give = (fields: Record<string, string>) =>
    w.alice.post(`/tenants/${ACME}/tags`, { tag: String(tag.id), ...fields })
  await give({})
  t.match(await tagsOf(w, ACME), [{ name: 'VIP', covers_children: false }])
  t.notMatch(mainText((await w.alice.get(`/tenants/${ACME_LEGAL}`)).body), 'VIP from')
  await give({ covers: '1' })
  t.match(await tagsOf(w, ACME), [{ covers_children: true }])
  t.match(mainText((await w.alice.get(`/tenants/${ACME_LEGAL}`)).body), /VIP from Acme \(tenant\)/)
  t.same(await tagsOf(w, ACME_LEGAL), [])
  await w.alice.post(`/tenants/${ACME}/tags/removal`, { tag: String(tag.id) })
  t.same(await tagsOf(w, ACME), [])
})

t.test('T7: what is inherited names where it comes from, and leads nowhere', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const tag = await makeTag(w, 1, 'Everywhere')
  const foreign = await makeTag(w, RIVAL, 'Secret of Rival')
  await tagIt(w, tag, { tenant: 1, covers: true })
  await tagIt(w, foreign, { tenant: RIVAL })
  const page = (await bob.browser.get(`/tenants/${ACME}`)).body
  t.match(mainText(page), /Everywhere from All tenants \(tenant\)/)
  t.notMatch(page, 'href="/tenants/1"')
  t.notMatch(page, 'Secret of Rival')
  const give = (by: World['alice'], at: number, id: number) =>
    by.post(`/tenants/${at}/tags`, { tag: String(id) })
  t.equal((await give(bob.browser, ACME, foreign.id)).statusCode, 422)
  t.equal((await give(bob.browser, RIVAL, tag.id)).statusCode, 404)
  t.equal((await give(dana.browser, ACME, tag.id)).statusCode, 403)
  t.equal((await give(bob.browser, ACME, tag.id)).statusCode, 303)
})

t.test('the list shows tags, and finds the tenants of one', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const tag = await makeTag(w, 1, 'VIP')
  await tagIt(w, tag, { tenant: ACME_LEEDS, covers: true })
  await tagIt(w, tag, { tenant: RIVAL })
  const found = async (by: World['alice']) => rows((await by.get(`/tenants?tag=${tag.id}`)).body)
  t.same(await found(w.alice), [ACME_LEEDS, ACME_LEGAL, RIVAL])
  t.same(await found(bob.browser), [ACME_LEEDS, ACME_LEGAL])
  t.match((await w.alice.get('/tenants?q=rival')).body, /Rival[\s\S]*badge tag[^>]*><bdi>VIP/)
  const { tenants } = (await w.api.get(`/tenants?tag_id=${tag.id}`)).json()
  t.equal(tenants.length, 3)
})

t.test('many tenants get a tag as one operation, and give it back', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, ACME, 'VIP')
  const fields = { action: 'add_tag', ids: [ACME, ACME_LEEDS, RIVAL].map(String) }
  const job = String((await w.alice.post('/tenants/batches', fields)).headers.location)
  await w.alice.post(`${job}/draft`, { tag: String(tag.id), covers: 'on', whole: 'rest' })
  const text = mainText(await confirmJob(w.alice, job, { reason: '' }))
  t.match(text, /Changed\s+2[\s\S]*Not possible\s+1[\s\S]*This tag cannot be used at Rival/)
  t.match(await tagsOf(w, ACME_LEEDS), [{ covers_children: true }])
  const [last] = (await w.api.get('/operations')).json().operations
  t.equal(last.change_count, 2)
  await w.api.post(`/operations/${last.id}/undo`, {})
  t.same(await tagsOf(w, ACME_LEEDS), [])
})

t.test('a tenant is deleted with its tags, and comes back with them', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, 1, 'VIP')
  await tagIt(w, tag, { tenant: RIVAL })
  t.equal((await w.api.delete(`/tenants/${RIVAL}`)).statusCode, 204)
  const [last] = (await w.api.get('/operations')).json().operations
  t.equal((await w.api.post(`/operations/${last.id}/undo`, {})).statusCode, 201)
  t.match(await tagsOf(w, RIVAL), [{ name: 'VIP' }])
})

t.test('as many queries list ten tenants as twenty, whatever tags they carry', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, 1, 'VIP')
  const seen = watchQueries(w.db)
  const counts: number[] = []
  for (let number = 1; number <= 20; number++) {
    const { id } = (await w.api.post('/tenants', { name: `Client ${number}` })).json()
    await tagIt(w, tag, { tenant: id })
    if (number % 10 > 0) continue
    seen.length = 0
    await w.alice.get('/tenants')
    counts.push(seen.length)
  }
  t.equal(counts[0], counts[1])
})
