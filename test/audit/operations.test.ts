import t from 'tap'
import { operation, type Tx } from '../../src/db/operation.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { addCast, anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { personRow } from '../support/person.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

const perform = ({ db, actor }: World, kind: string, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, kind, async (tx) => {
    await write(tx)
    return tx.operation.id
  })

const describeAs = (w: World, id: number, description: string) =>
  perform(w, 'tenant.update', (tx) => updateTenant(tx, anyTenant(id), { description }))

type Listed = { id: number; kind: string; change_count: number; changes: object[] }

/** Every page of the list, one after the other. */
async function listAll(api: World['api'], query = '', limit = 50) {
  const found: Listed[] = []
  let cursor = ''
  for (let page = 0; page < 100; page++) {
    const { operations, next_cursor } = (
      await api.get(`/operations?limit=${limit}${cursor}${query}`)
    ).json()
    found.push(...operations)
    if (next_cursor === null) return found
    cursor = `&cursor=${next_cursor}`
  }
  throw new Error('the list has no end')
}

const ids = (operations: Listed[]) => operations.map(({ id }) => id)

t.test('narrows by tenant with what is below, kind, author and time', async (t) => {
  const w = await world(t)
  const legal = await describeAs(w, ACME_LEGAL, 'one')
  w.clock.now = '2026-11-24T09:10:00.000Z'
  const rival = await describeAs(w, RIVAL, 'two')
  w.clock.now = '2026-11-24T09:20:30.000Z'
  const moved = await perform(w, 'tenant.move', (tx) =>
    updateTenant(tx, anyTenant(ACME_LEEDS), { parent_id: anyTenant(RIVAL) }),
  )
  const list = async (query: string) => ids(await listAll(w.api, query))
  t.same(await list('&kind=tenant.update'), [rival, legal])
  t.same(await list(`&tenant_id=${ACME}&by=alice%20MOORE`), [moved])
  t.same(await list(`&tenant_id=${RIVAL}&by=alice%20MOORE`), [moved, rival, legal])
  t.same(await list('&from=2026-11-24T09:10:00Z&to=2026-11-24T09:20:00Z'), [rival])
  t.same(await list('&from=2027-01-01T00:00:00Z'), [])
  const page = await w.alice.get('/history?to=2026-11-24T09:20&from=2026-11-24T09:10')
  t.match(page.body, new RegExp(`operation-${moved}.*operation-${rival}`, 's'))
  t.match(page.body, 'href="/history/export.csv?from=2026-11-24T09%3A10')
})

t.test(
  'finds who did it by a part of the name, and suggests only whom the reader saw act',
  async (t) => {
    const w = await world(t)
    const { bob, charlie } = await addCast(w)
    const legal = await describeAs(w, ACME_LEGAL, 'one')
    await charlie.api.patch(`/tenants/${RIVAL}`, { name: 'Rival Ltd' })
    t.same(ids(await listAll(w.api, `&tenant_id=${ACME_LEGAL}&by=moore`)).slice(0, 1), [legal])
    const suggested = async (reader: World['alice'], q: string) =>
      [...(await reader.get(`/history/authors?q=${q}`)).body.matchAll(/data-value="([^"]*)"/g)].map(
        ([, name]) => name,
      )
    t.same(await suggested(w.alice, 'alic'), ['Alice Moore'])
    t.same(await suggested(w.alice, 'charlie'), ['Charlie Rival'])
    t.same(await suggested(bob.browser, 'charlie'), [])
    t.match((await w.alice.get('/history?by=nobody')).body, 'Nothing matches')
  },
)

t.test('finds what happened to a person, and to what hangs on them', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const group = await perform(w, 'group.create', async (tx) => {
    const made = { tenant_id: anyTenant(ACME), name: 'Night', name_key: 'night' }
    const { id } = await tx
      .insertInto('user_group')
      .values(made)
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('user_group_member')
      .values({ tenant_id: anyTenant(ACME), group_id: id, person_id: bob.person_id })
      .execute()
  })
  const listed = await listAll(w.api, `&person_id=${bob.person_id}`)
  t.equal(listed[0]!.id, group)
  t.equal(listed[0]!.change_count, 1, 'of the two, the one that is about Bob')
  t.equal(listed.length, 2)
  const tab = mainText((await w.alice.get(`/people/${bob.person_id}/history`)).body)
  t.match(tab, 'Added member Bob Technician of Night')
  t.notMatch(tab, 'Dana')
  t.same((await listAll(w.api, `&person_id=${dana.person_id}`)).length, 1)
})

t.test('T5: lists and counts only what its reader sees, for each filter', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const both = await perform(w, 'tenant.batch_activate', async (tx) => {
    for (const id of [ACME_LEGAL, RIVAL])
      await updateTenant(tx, anyTenant(id), { description: 'both' })
  })
  const legal = await describeAs(w, ACME_LEGAL, 'private')
  for (const query of ['', '&by=Alice%20Moore', '&kind=tenant.batch_activate'])
    t.match((await listAll(charlie.api, query))[0], { id: both, change_count: 1 }, query)
  t.notMatch(JSON.stringify(await listAll(charlie.api)), /private|Legal|Acme/)
  t.same(await listAll(charlie.api, '&kind=tenant.update'), [])
  t.equal((await listAll(bob.api))[0]!.id, legal)
  t.equal((await charlie.api.get(`/operations?tenant_id=${ACME}`)).statusCode, 404)
  const page = await charlie.browser.get('/history?tenant=acme')
  t.equal(page.statusCode, 422)
  t.match(mainText(page.body), 'There is no tenant “acme”')
})

t.test(
  'pages through what one sees without gap or repetition, in few steps or in windows',
  async (t) => {
    const w = await world(t)
    const { bob, vera } = await addCast(w)
    for (let number = 0; number < 30; number++)
      await describeAs(w, number % 3 === 0 ? RIVAL : ACME, `${number}`)
    const all = ids(await listAll(w.api, '&kind=tenant.update'))
    t.equal(all.length, 30)
    t.same(ids(await listAll(w.api, '&kind=tenant.update', 7)), all)
    t.same(ids(await listAll(vera.api, '&kind=tenant.update', 7)), all)
    const acmes = ids(await listAll(w.api, `&tenant_id=${ACME}&kind=tenant.update`))
    t.equal(acmes.length, 20)
    t.same(ids(await listAll(bob.api, '&kind=tenant.update', 7)), acmes)
    t.same(ids(await listAll(bob.api, '&by=Alice%20Moore', 3)), acmes.slice(0, 20))
  },
)

t.test('goes by an index, whatever it is narrowed to and whoever reads', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await perform(w, 'tenant.import', async (tx) => {
    for (let number = 0; number < 300; number++) {
      const input = { name: `T${number}`, kind: 'location', description: '' } as const
      await createTenant(tx, anyTenant(RIVAL), input)
    }
  })
  const queries = watchQueries(w.db)
  const narrowed = [
    '',
    '?by=Bob',
    '?kind=tenant.update',
    '?by=Bob&kind=x',
    '?from=2026-01-01T00:00',
    `?tenant=acme`,
    '?tenant=rival',
    `?person=${bob.person_id}`,
    '?tenant=rival&by=Bob',
  ]
  for (const query of narrowed)
    for (const reader of [w.alice, bob.browser]) await reader.get(`/history${query}`)
  const steps = queries.flatMap((query) => {
    const plan = planOf(w.path, query)
    // A query within the query, which has found its own rows, goes by the name of the table.
    const is_window = plan.includes('CO-ROUTINE operation')
    return is_window ? plan.filter((step) => step !== 'SCAN operation') : plan
  })
  t.same(fullScans(steps), [])
  for (const index of [
    'operation_by_actor',
    'operation_by_kind',
    'operation_at',
    'change_person',
    'change_tenant',
    'change_operation',
  ])
    t.ok(
      steps.some((step) => new RegExp(`INDEX ${index}\\b`).test(step)),
      index,
    )
  t.notOk(steps.some((step) => /^SCAN (change|operation|first)\b(?!.*INDEX)/.test(step)))
})

t.test('T11: exports what matches as CSV and JSON, scoped, with formulas disarmed', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await describeAs(w, ACME_LEGAL, '=HYPERLINK("http://x")')
  await describeAs(w, RIVAL, 'said "so"')
  const csv = (await w.alice.get('/history/export.csv?kind=tenant.update')).body
  t.match(csv, /^\ufeffoperation,at,by,kind,reason,undoes,did,what,title,field,before,after\r\n/)
  t.match(csv, `,"'=HYPERLINK(""http://x"")"\r\n`)
  t.equal(csv.trim().split('\r\n').length, 3)
  const json = JSON.parse((await w.alice.get('/history/export.json?kind=tenant.update')).body)
  t.match(json[0], { title: 'Rival', fields: [{ after: 'said "so"' }], by: 'Alice Moore' })
  const seen = (await charlie.browser.get('/history/export.json')).body
  t.notMatch(seen, /HYPERLINK|Legal|Acme/)
  t.match(seen, 'said')
  t.same(JSON.parse((await w.alice.get('/history/export.json?by=Nobody')).body), [])
  t.equal((await w.alice.get('/history/export.csv?from=x')).statusCode, 422)
})

t.test('exports every row of a large operation', async (t) => {
  const w = await world(t)
  await perform(w, 'person.import', async (tx) => {
    for (let number = 0; number < 450; number++)
      await tx
        .insertInto('person')
        .values(personRow(ACME, `P${number}`, `p${number}@acme.example`))
        .execute()
  })
  const json = JSON.parse((await w.alice.get('/history/export.json?kind=person.import')).body)
  t.equal(new Set(json.map(({ title }: { title: string }) => title)).size, 450)
})
