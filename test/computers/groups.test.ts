import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers, sync } from '../support/computers.ts'
import { addGroup, members } from '../support/computer-groups.ts'
import { mainText } from '../support/html.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

const fields = {
  name: 'Servers',
  description: '',
  tenant: 'Acme',
  state: 'present',
  q: '',
  filter_tenant: '',
  tag: '',
  kind: 'server',
  platform: '',
  seen: '',
  maintenance: '',
}

t.test('saves the filter of the list as a group, and leads to its members', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Files', kind: 'server' })
  await addComputers(w, ACME, ['Reception'])
  const list = await w.alice.get('/computers?tenant=acme&kind=server')
  const save = /href="([^"]+)"[^>]*><svg[^>]*><use[^>]*><\/svg>Save as group/.exec(list.body)?.[1]
  const form = await w.alice.get(save!.replaceAll('&amp;', '&'))
  t.match(form.body, /<option value="server" selected>/)
  const made = await w.alice.post('/computers/groups', fields)
  const page = mainText((await w.alice.get(String(made.headers.location))).body)
  t.match(page, /Servers.*at or below Acme.*Kind Server.*Active 1 New 0 Stale 0.*Files/s)
  t.notMatch(page, 'Reception')
})

t.test('has whoever matches at this moment for its members', async (t) => {
  const w = await world(t)
  const files = await addComputer(w, ACME, { name: 'Files', kind: 'server' })
  const id = await addGroup(w, ACME, { kind: 'server' })
  t.strictSame(await members(w, id), ['Files'])
  await addComputer(w, ACME_LEEDS, { name: 'Backup', kind: 'server' })
  await addComputer(w, RIVAL, { name: 'Theirs', kind: 'server' })
  t.strictSame(await members(w, id), ['Backup', 'Files'])
  await w.api.patch(`/computers/${files}`, { kind: 'workstation' })
  t.strictSame(await members(w, id), ['Backup'])
})

t.test('has new and stale members, and those excluded, but none that is deleted', async (t) => {
  const w = await world(t)
  const [gone, out] = await addComputers(w, ACME, ['Gone', 'Out', 'In'])
  await sync(w, [{ external_key: '1', tenant_id: ACME, name: 'Reported' }])
  await w.api.delete(`/computers/${gone}`)
  await w.api.patch(`/computers/${out}`, { state: 'excluded' })
  const of = async (filter: object, name: string) =>
    members(w, await addGroup(w, ACME, filter, name))
  t.strictSame(await of({}, 'All'), ['In', 'Out', 'Reported'])
  t.strictSame(await of({ state: 'new' }, 'New'), ['Reported'])
  t.strictSame(await of({ maintenance: 'excluded' }, 'Excluded'), ['Out'])
  t.strictSame(await of({ maintenance: 'included', state: 'active' }, 'Included'), ['In'])
})

t.test('pages through its members once, state by state', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['A', 'B', 'C'])
  const reported = ['D', 'E', 'F', 'G'].map((name) => ({
    external_key: name,
    tenant_id: ACME,
    name,
  }))
  await sync(w, reported)
  const id = await addGroup(w, ACME, {})
  for (const limit of [1, 2, 3, 7]) {
    const names: string[] = []
    let cursor = ''
    do {
      const url = `/computer-groups/${id}/computers?limit=${limit}${cursor && `&cursor=${cursor}`}`
      const page = (await w.api.get(url)).json()
      for (const { name } of page.computers) names.push(name)
      cursor = page.next_cursor ?? ''
    } while (cursor)
    t.strictSame(names, ['A', 'B', 'C', 'D', 'E', 'F', 'G'], `${limit} at once`)
  }
})

t.test('T4: shows a group, its members and their number only as far as one sees', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await addComputers(w, ACME, ['Ours'])
  await addComputers(w, RIVAL, ['Theirs'])
  const everywhere = await addGroup(w, 1, {}, 'Everything')
  const acme = await addGroup(w, ACME, {}, 'Acme only')
  t.match(mainText((await w.alice.get('/computers/groups')).body), /Everything .*2 computers/)
  t.notMatch((await bob.browser.get('/computers/groups')).body, 'Everything')
  t.match((await bob.browser.get('/computers/groups')).body, 'Acme only')
  t.notMatch((await charlie.browser.get('/computers/groups')).body, 'Acme only')
  for (const [who, id] of [
    [bob, everywhere],
    [charlie, acme],
  ] as const) {
    t.equal((await who.browser.get(`/computers/groups/${id}`)).statusCode, 404)
    t.equal((await who.api.get(`/computer-groups/${id}/computers`)).statusCode, 404)
    t.equal((await who.browser.get(`/computers?group=${id}`)).statusCode, 422)
    t.equal((await who.api.get(`/computers?group_id=${id}`)).statusCode, 422)
  }
})

t.test('filters the list, its file and a batch by a group', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Files', kind: 'server' })
  await addComputers(w, ACME, ['Reception'])
  const id = await addGroup(w, ACME, { kind: 'server' })
  for (const url of [`/computers?group=${id}`, `/computers/export.csv?group=${id}`]) {
    const { body } = await w.alice.get(url)
    t.match(body, 'Files')
    t.notMatch(body, 'Reception')
  }
  const batch = { action: 'exclude', match: '1', group: String(id), tab: 'active' }
  const { headers } = await w.alice.post('/computers/batches', batch)
  t.match((await w.alice.get(String(headers.location))).body, /Exclude 1 computer from maintenance/)
})

t.test('searches among its members', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['Till one', 'Till two', 'Office one'])
  const id = await addGroup(w, ACME, { q: 'till' })
  const { body } = await w.alice.get(`/computers/groups/${id}?q=one`)
  t.match(body, 'Till one')
  t.notMatch(body, /Till two|Office one/)
  t.match((await w.alice.get('/search/results?q=grou')).body, `/computers/groups/${id}`)
})

t.test('refuses a name that is taken, and a tenant at which the group is not', async (t) => {
  const w = await world(t)
  await addGroup(w, ACME, {}, 'Servers')
  t.match((await w.alice.post('/computers/groups', fields)).body, /has a group called Servers/)
  const elsewhere = { ...fields, name: 'Other', filter_tenant: 'Rival' }
  t.match((await w.alice.post('/computers/groups', elsewhere)).body, /Choose Acme or a tenant/)
  const nowhere = await w.alice.post('/computers/groups', { ...elsewhere, filter_tenant: 'Gone' })
  t.equal(nowhere.statusCode, 422)
  t.match(nowhere.body, /There is no tenant/)
})

t.test(
  'lets whoever may manage groups at a tenant change them there, and nobody else',
  async (t) => {
    const w = await world(t)
    const { bob, dana, charlie } = await addCast(w)
    const id = await addGroup(w, ACME, {})
    t.equal((await dana.api.patch(`/computer-groups/${id}`, { name: 'Mine' })).statusCode, 403)
    t.equal((await charlie.api.patch(`/computer-groups/${id}`, { name: 'Mine' })).statusCode, 404)
    t.equal((await bob.api.patch(`/computer-groups/${id}`, { name: 'Ours' })).statusCode, 200)
    t.equal(
      (await bob.api.post('/computer-groups', { name: 'X', tenant_id: RIVAL })).statusCode,
      404,
    )
    t.equal((await charlie.api.delete(`/computer-groups/${id}`)).statusCode, 404)
    t.notMatch((await dana.browser.get(`/computers/groups/${id}`)).body, /Duplicate/)
  },
)

t.test('keeps what was typed when somebody else has changed the group', async (t) => {
  const w = await world(t)
  const id = await addGroup(w, ACME, { kind: 'server' })
  await w.api.patch(`/computer-groups/${id}`, { filter: { kind: 'portable' } })
  const { tenant: _, ...typed } = { ...fields, q: 'till', version: '1' }
  const again = await w.alice.post(`/computers/groups/${id}/edit`, typed)
  t.equal(again.statusCode, 409)
  t.match(again.body, /Somebody else changed this group/)
  t.match(again.body, /value="till"/)
})

t.test('duplicates a group under another name', async (t) => {
  const w = await world(t)
  const id = await addGroup(w, ACME, { kind: 'portable', q: 'till' }, 'Tills')
  const { body } = await w.alice.get(`/computers/groups/new?from=${id}`)
  t.match(body, 'Copy of Tills')
  t.match(body, /<option value="portable" selected>/)
  t.match(body, /value="till"/)
})

t.test(
  'is deleted only while nothing uses it, and that is taken back with its filter',
  async (t) => {
    const w = await world(t)
    const id = await addGroup(w, ACME, { kind: 'server' }, 'Servers')
    const target = { target: 'group', target_group_id: id } as const
    const schedules = [
      await addSchedule(w, ACME, target),
      await addSchedule(w, ACME_LEEDS, { ...target, name: 'Leeds' }),
    ]
    t.match((await w.alice.get(`/computers/groups/${id}`)).body, /2 schedules: .*Nightly/)
    t.match((await w.alice.get(`/computers/groups/${id}/deletion`)).body, /cannot be deleted/)
    t.equal((await w.alice.post(`/computers/groups/${id}/deletion`)).statusCode, 409)
    for (const schedule of schedules) await w.api.delete(`/schedules/${schedule}`)
    t.equal((await w.alice.post(`/computers/groups/${id}/deletion`)).statusCode, 303)
    t.equal((await w.api.get(`/computer-groups/${id}`)).statusCode, 404)
    const { operations } = (await w.api.get('/operations')).json()
    t.equal((await w.api.post(`/operations/${operations[0].id}/undo`, {})).statusCode, 201)
    t.strictSame((await w.api.get(`/computer-groups/${id}`)).json().filter.kind, 'server')
  },
)

t.test('says in its history what its filter was and became', async (t) => {
  const w = await world(t)
  const id = await addGroup(w, ACME, { tenant_id: ACME_LEEDS })
  await w.api.patch(`/computer-groups/${id}`, { filter: { kind: 'server' } })
  const { body } = await w.alice.get(`/computers/groups/${id}/history`)
  t.match(mainText(body), /Tenant: Leeds office and all below it/)
  t.match(mainText(body), /Kind: Server/)
})

t.test('keeps a tenant from being deleted while it has a group', async (t) => {
  const w = await world(t)
  await addGroup(w, RIVAL, {})
  const answer = await w.api.delete(`/tenants/${RIVAL}`)
  t.equal(answer.statusCode, 409)
  t.match(answer.json().detail, /1 group of computers/)
})
