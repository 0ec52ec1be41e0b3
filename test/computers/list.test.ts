import t from 'tap'
import { addCast } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'
import { addComputer, addComputers, sync } from '../support/computers.ts'

t.test('lists the computers of a tab, with the counts of all tabs', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Typed in' })
  await sync(w, [{ external_key: '1', tenant_id: ACME, name: 'Reported' }])
  const { body } = await w.alice.get('/computers')
  t.match(mainText(body), /Active 1 New 1 Stale 0 Deleted 0/)
  t.match(body, 'Typed in')
  t.notMatch(body, 'Reported')
  t.match((await w.alice.get('/computers?tab=new')).body, 'Reported')
})

t.test(
  'leads to the same search in the other tabs that hold any, where nothing is found',
  async (t) => {
    const w = await world(t)
    await addComputer(w, ACME, { name: 'Typed in' })
    await sync(w, [{ external_key: '1', tenant_id: ACME, name: 'Reported' }])
    const page = (await w.alice.get('/computers?q=reported')).body
    t.match(mainText(page), 'No computer matches in this tab. The same in New .')
    t.match(page, /class="link" href="\/computers\?tab=new&amp;q=reported"/)
  },
)

t.test(
  'shows nobody the computers, nor their number, of tenants that they do not see',
  async (t) => {
    const w = await world(t)
    const { bob, charlie } = await addCast(w)
    await addComputer(w, ACME_LEEDS, { name: 'Leeds one' })
    await addComputers(w, RIVAL, ['Rival one', 'Rival two'])
    const seen = async (browser: typeof bob.browser) =>
      mainText((await browser.get('/computers')).body)
    t.match(await seen(bob.browser), /1 computer under.*Active 1 .*Leeds one/s)
    t.notMatch(await seen(bob.browser), 'Rival')
    t.match(await seen(charlie.browser), /2 computers under.*Active 2 /s)
    t.notMatch(await seen(charlie.browser), 'Leeds')
  },
)

t.test('finds by name, serial number and primary person', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputer(w, ACME, {
    name: 'Reception',
    serial_number: 'QX-991',
    person: 'Bob Technician',
  })
  await addComputer(w, ACME, { name: 'Warehouse' })
  for (const q of ['recep', 'qx-99', 'techni', 're']) {
    const { body } = await w.alice.get(`/computers?q=${q}`)
    t.match(body, 'Reception', q)
    t.notMatch(body, 'Warehouse', q)
  }
  t.ok(bob)
})

t.test('filters by tenant with and without what is below it', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Head one' })
  await addComputer(w, ACME_LEEDS, { name: 'Leeds one' })
  await addComputer(w, RIVAL, { name: 'Rival one' })
  const names = async (query: string) =>
    (await w.alice.get(`/computers?${query}`)).body.match(/(?:Head|Leeds|Rival) one(?=<\/bdi>)/g)
  t.strictSame(await names('tenant=acme'), ['Head one', 'Leeds one'])
  t.strictSame(await names('tenant=acme&only=1'), ['Head one'])
  t.strictSame(await names('tenant=acme-leeds'), ['Leeds one'])
  t.equal((await w.alice.get('/computers?tenant=nowhere')).statusCode, 422)
})

t.test('pages through all computers once, in every order and in each direction', async (t) => {
  const w = await world(t)
  const names = Array.from({ length: 120 }, (_, index) => `PC ${index % 40}`)
  await addComputers(w, ACME, names)
  for (const sort of ['name', '-name', 'system', '-seen']) {
    const ids = new Set<string>()
    let url: string | undefined = `/computers?sort=${sort}`
    while (url) {
      const { body } = await w.alice.get(url)
      for (const [, id] of body.matchAll(/ id="c(\d+)"/g)) ids.add(id!)
      url = /href="([^"]+)">Next computers/.exec(body)?.[1]?.replaceAll('&amp;', '&')
    }
    t.equal(ids.size, 120, sort)
  }
})

t.test('filters by kind, system, and when they were last seen', async (t) => {
  const w = await world(t)
  const seen = (external_key: string, last_seen_at: string, operating_system: string) => ({
    external_key,
    tenant_id: ACME,
    name: external_key,
    operating_system,
    last_seen_at,
  })
  await sync(w, [
    seen('today', '2026-11-24T08:00:00.000Z', 'Windows Server 2022'),
    seen('last-week', '2026-11-14T08:00:00.000Z', 'Ubuntu 24.04'),
    seen('unheard', '', 'Windows 11 Pro'),
  ])
  const found = async (query: string) =>
    (await w.alice.get(`/computers?tab=new&${query}`)).body.match(
      /(?:today|last-week|unheard)(?=<\/bdi>)/g,
    )
  t.strictSame(await found('kind=server'), ['today'])
  t.strictSame(await found('platform=linux'), ['last-week'])
  t.strictSame(await found('platform=windows&sort=-name'), ['unheard', 'today'])
  t.strictSame(await found('seen=day'), ['today'])
  t.strictSame(await found('seen=not_week'), ['last-week', 'unheard'])
  t.strictSame(await found('seen=never'), ['unheard'])
})
