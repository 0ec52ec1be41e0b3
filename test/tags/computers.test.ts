import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { badLines, confirmJob, figures, foreseen, upload } from '../support/jobs.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const typed = {
  name: 'Reception',
  kind: 'workstation',
  serial_number: '',
  manufacturer: '',
  model: '',
  hardware_uuid: '',
  operating_system: '',
  person: '',
}

async function batch(by: World['alice'], fields: Record<string, string>, tag: number) {
  const job = String((await by.post('/computers/batches', fields)).headers.location)
  await by.post(`${job}/draft`, { tag: String(tag), whole: 'rest' })
  return mainText(await confirmJob(by, job, { reason: '' }))
}

const tagsOf = async ({ api }: World, id: number): Promise<string[]> =>
  (await api.get(`/computers/${id}`)).json().tags.map((tag: { name: string }) => tag.name)

const found = async (by: World['alice'], query: string) =>
  (await by.get(`/computers?${query}`)).body.match(/(?:Head|Leeds|Rival) one(?=<\/bdi>)/g)

/** A computer at each of three tenants. */
async function three(w: World) {
  const head = await addComputer(w, ACME, { name: 'Head one' })
  const leeds = await addComputer(w, ACME_LEEDS, { name: 'Leeds one' })
  const rival = await addComputer(w, RIVAL, { name: 'Rival one' })
  return { head, leeds, rival }
}

t.test('lists the computers of a tag, however they come to it', async (t) => {
  const w = await world(t)
  const { leeds } = await three(w)
  const tag = await makeTag(w, 1, 'VIP')
  await tagIt(w, tag, { computer: leeds })
  t.same(await found(w.alice, `tag=${tag.id}`), ['Leeds one'])
  await tagIt(w, tag, { tenant: ACME })
  t.same(await found(w.alice, `tag=${tag.id}`), ['Head one', 'Leeds one'])
  await tagIt(w, tag, { tenant: 1, covers: true })
  t.same(await found(w.alice, `tag=${tag.id}&sort=-name`), ['Rival one', 'Leeds one', 'Head one'])
  t.same(await found(w.alice, `tag=${tag.id}&q=lee`), ['Leeds one'])
  t.same(await found(w.alice, `tag=${tag.id}&tenant=rival`), ['Rival one'])
  t.equal(await found(w.alice, 'tag=999'), null)
})

t.test('T7: whoever sees one client finds what carries a tag there alone', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await three(w)
  const tag = await makeTag(w, 1, 'VIP')
  const secret = await makeTag(w, RIVAL, 'Secret of Rival')
  await tagIt(w, tag, { tenant: 1, covers: true })
  await tagIt(w, secret, { tenant: RIVAL })
  t.same(await found(bob.browser, `tag=${tag.id}`), ['Head one', 'Leeds one'])
  t.equal(await found(bob.browser, `tag=${secret.id}`), null)
  t.notMatch((await bob.browser.get('/computers')).body, 'Secret of Rival')
  const page = (await bob.browser.get('/computers/1')).body
  t.match(mainText(page), /VIP from All tenants \(tenant\)/)
  t.notMatch(page, 'href="/tenants/1"', 'the name of what is above, and no link')
})

t.test('the page says where each tag comes from', async (t) => {
  const w = await world(t)
  const jane = { name: 'Jane Doe', email: 'jane@acme.example', tenant_id: ACME }
  const { id: person } = (await w.api.post('/people', jane)).json()
  const pc = await addComputer(w, ACME, { name: 'Head one', person: 'Jane Doe' })
  const [own, of_tenant, hers] = [
    await makeTag(w, 1, 'Own'),
    await makeTag(w, 1, 'Of tenant'),
    await makeTag(w, ACME, 'Hers'),
  ]
  await tagIt(w, own, { computer: pc })
  await tagIt(w, of_tenant, { tenant: ACME })
  await tagIt(w, hers, { person })
  const text = mainText((await w.alice.get(`/computers/${pc}`)).body)
  t.match(text, /Hers from Jane Doe \(primary person\)/)
  t.match(text, /Of tenant from Acme \(tenant\)/)
  const { tags, effective_tags } = (await w.api.get(`/computers/${pc}`)).json()
  t.same(tags, [{ id: own.id, name: 'Own' }])
  t.same(effective_tags[0].from, [{ kind: 'person', id: person, name: 'Jane Doe' }])
})

t.test('a tag is given and taken on the page, where one may', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const { head } = await three(w)
  const tag = await makeTag(w, ACME, 'VIP')
  const foreign = await makeTag(w, RIVAL, 'Theirs')
  const give = (by: World['alice'], id: number) =>
    by.post(`/computers/${head}/tags`, { tag: String(id) })
  t.equal((await give(dana.browser, tag.id)).statusCode, 403)
  t.equal((await give(w.alice, foreign.id)).statusCode, 422)
  t.equal((await give(bob.browser, tag.id)).statusCode, 303)
  t.same(await tagsOf(w, head), ['VIP'])
  await bob.browser.post(`/computers/${head}/tags/removal`, { tag: String(tag.id) })
  t.same(await tagsOf(w, head), [])
  t.notMatch((await dana.browser.get(`/computers/${head}`)).body, `/computers/${head}/tags`)
})

t.test('many get a tag, and give it back; who cannot have it is listed', async (t) => {
  const w = await world(t)
  const { head, leeds } = await three(w)
  const tag = await makeTag(w, ACME, 'VIP')
  const text = await batch(w.alice, { action: 'add_tag', match: '1' }, tag.id)
  t.match(text, /Changed\s+2[\s\S]*Not possible\s+1[\s\S]*This tag cannot be used at Rival/)
  t.same([await tagsOf(w, head), await tagsOf(w, leeds)], [['VIP'], ['VIP']])
  await batch(w.alice, { action: 'remove_tag', ids: String(head) }, tag.id)
  t.same([await tagsOf(w, head), await tagsOf(w, leeds)], [[], ['VIP']])
  const [last] = (await w.api.get('/operations')).json().operations
  await w.api.post(`/operations/${last.id}/undo`, {})
  t.same(await tagsOf(w, head), ['VIP'])
})

t.test('a program gives a tag to all that a filter finds', async (t) => {
  const w = await world(t)
  const { head, leeds } = await three(w)
  const tag = await makeTag(w, 1, 'VIP')
  const wanted = { action: 'add_tag', tag_id: tag.id, filter: { tenant_id: String(ACME) } }
  const seen = await w.api.post('/computers/batch', { ...wanted, preview: true })
  t.match(seen.json(), { done: 2, refused: 0 })
  t.same(await tagsOf(w, head), [])
  t.match((await w.api.post('/computers/batch', wanted)).json(), { done: 2 })
  t.same(await tagsOf(w, leeds), ['VIP'])
  const { computers } = (await w.api.get(`/computers?tag_id=${tag.id}`)).json()
  t.same(
    computers.map(({ id }: { id: number }) => id),
    [head, leeds],
  )
  t.equal((await w.api.post('/computers/batch', { ...wanted, tag_id: 99 })).statusCode, 422)
})

t.test('tags are typed with the rest of a computer', async (t) => {
  const w = await world(t)
  await makeTag(w, 1, 'VIP; gold')
  await makeTag(w, ACME, 'Front')
  const wrong = { ...typed, tenant: 'Acme', tags: 'Nonsense' }
  t.match((await w.alice.post('/computers', wrong)).body, 'There is no tag “Nonsense”')
  await w.alice.post('/computers', { ...typed, tenant: 'Acme', tags: 'front; vip;; gold' })
  t.same(await tagsOf(w, 1), ['Front', 'VIP; gold'])
  t.match((await w.alice.get('/computers/1/edit')).body, 'value="Front; VIP;; gold"')
  await w.alice.post('/computers/1/edit', { ...typed, tags: 'VIP;; gold', version: '1' })
  t.same(await tagsOf(w, 1), ['VIP; gold'])
  await w.alice.post('/computers/1/edit', { ...typed, version: '1' })
  t.same(await tagsOf(w, 1), ['VIP; gold'], 'what is not said stays')
})

t.test('a file says the tags, and an exported one says what there is', async (t) => {
  const w = await world(t)
  const { head, leeds } = await three(w)
  for (const tenant of [1, ACME])
    await tagIt(w, await makeTag(w, tenant, 'VIP'), { computer: head })
  await makeTag(w, ACME, 'New; one')
  const { body } = await w.alice.get('/computers/export.csv')
  const draft = async (csv: string) =>
    String((await upload(w.alice, '/computers/import', csv, 'computers.csv')).headers.location)
  t.same(figures(await foreseen(w.alice, await draft(body))), [0, 0, 3, 0], 'both of one name')
  const csv = `name,tenant,tags,id\nHead one,acme,,${head}\nLeeds one,acme-leeds,New;; one,${leeds}\nAnother,acme,vip,\n`
  t.same(figures(await confirmJob(w.alice, await draft(csv))), [1, 2, 0])
  t.same([await tagsOf(w, head), await tagsOf(w, leeds)], [[], ['New; one']])
  t.same(await tagsOf(w, 4), ['VIP'])
  const bad = await foreseen(w.alice, await draft('name,tenant,tags\nX,rival,New;; one\n'))
  t.match(badLines(bad)[0], 'There is no tag “New; one” to use here.')
})
