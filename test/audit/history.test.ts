import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { undoOperation } from '../../src/db/undo.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  world,
  type World,
} from '../support/world.ts'
import { PROGRAM } from '../support/any-tenant.ts'

const history = async ({ alice }: World, id: number | string) =>
  mainText((await alice.get(`/tenants/${id}/history`)).body)

const rename = ({ db, actor }: World, id: number, name: string, reason?: string) =>
  operation(db, actor, { kind: 'tenant.update', reason: reason ?? null }, (tx) =>
    updateTenant(tx, anyTenant(id), { name }),
  )

const importTenants = ({ db, actor }: World, parent_id: number, count: number) =>
  operation(db, actor, 'tenant.import', async (tx) => {
    for (let number = 1; number <= count; number++)
      await createTenant(tx, anyTenant(parent_id), {
        name: `S${number}`,
        kind: 'location',
        description: '',
      })
  })

t.test('says who changed what, when and why, from old to new', async (t) => {
  const w = await world(t)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await operation(w.db, w.actor, { kind: 'tenant.update', reason: 'Ticket 4711' }, (tx) =>
    updateTenant(tx, ACME_LEGAL, { name: 'Counsel', parent_id: ACME, active: false }),
  )
  const text = await history(w, ACME_LEGAL)
  t.match(text, 'Changed tenant Counsel Alice Moore · 2026-11-24 09:30 UTC Reason: Ticket 4711')
  t.match(text, 'Name was Legal → now Counsel')
  t.match(text, 'Parent was Leeds office → now Acme')
  t.match(text, 'Active was Yes → now No')
  t.notMatch(text, /version|sort_key|name_key/i)
})

t.test('shows a tenant only what was changed of it, and All tenants everything', async (t) => {
  const w = await world(t)
  await rename(w, RIVAL, 'Competitor')
  t.match(await history(w, RIVAL), 'now Competitor')
  t.notMatch(await history(w, ACME), 'Competitor')
  t.match(await history(w, 'root'), 'now Competitor')
})

t.test('shows preferences by their label and in words', async (t) => {
  const w = await world(t)
  const key = 'maintenance.time_zone'
  await operation(w.db, w.actor, 'preference.set', async (tx) => {
    const operation_id = tx.operation.id
    const entry = { key, form: 'value', value: '"Europe/London"' } as const
    await tx
      .insertInto('preference_entry')
      .values({ ...entry, tenant_id: anyTenant(ACME), operation_id })
      .execute()
  })
  const text = await history(w, ACME)
  t.match(text, 'Set Time zone to Europe/London at Acme Alice Moore')
  t.notMatch(text, '&quot;')
})

t.test('says the reason of an exemption once', async (t) => {
  const w = await world(t)
  const reason = 'Night shift until spring'
  const lock = { key: 'agent.remote_control', lock_tenant_id: NORTHWIND, expires_at: null }
  await operation(w.db, w.actor, { kind: 'exemption.grant', reason }, (tx) =>
    tx
      .insertInto('exemption')
      .values({ ...lock, tenant_id: anyTenant(ACME), reason, operation_id: tx.operation.id })
      .execute(),
  )
  const text = await history(w, ACME)
  t.match(text, 'Granted exemption Remote control for Acme')
  t.equal(text.split(reason).length, 2)
})

t.test('names what was deleted, and what pointed at it', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, ACME_LEGAL, { parent_id: RIVAL }),
  )
  await operation(w.db, w.actor, 'tenant.delete', (tx) => deleteTenant(tx, PROGRAM, ACME_LEEDS))
  t.match(await history(w, 'root'), 'Deleted tenant Leeds office')
  t.match(await history(w, ACME_LEGAL), 'was Leeds office (deleted) → now Rival')
  t.equal((await w.alice.get(`/tenants/${ACME_LEEDS}/history`)).statusCode, 404)
})

t.test('tells a move between two parents of the same name', async (t) => {
  const w = await world(t)
  const { alice } = w
  const twin = { name: 'Acme', parent: 'Rival', kind: 'division', slug: 'twin', description: '' }
  const { location } = (await alice.post('/tenants', twin)).headers
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, ACME_LEEDS, { parent_id: anyTenant(Number(location!.split('/').at(-1))) }),
  )
  t.match(await history(w, ACME_LEEDS), 'Parent was Acme → now Acme')
})

t.test('says which change was taken back', async (t) => {
  const w = await world(t)
  await rename(w, RIVAL, 'Competitor')
  const { id } = await w.db
    .selectFrom('operation')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  await undoOperation(w.db, w.actor, id, 'By mistake')
  const { body } = await w.alice.get(`/tenants/${RIVAL}/history`)
  t.match(mainText(body), 'was Competitor → now Rival')
  t.match(body, `href="/history/${id}"`)
})

t.test('folds an operation of many rows, and leads to all of them', async (t) => {
  const w = await world(t)
  await importTenants(w, NORTHWIND, 125)
  const { body } = await w.alice.get('/tenants/root/history')
  t.equal([...mainText(body).matchAll(/Created tenant S\d+/g)].length, 5)
  t.match(mainText(body), '125 changes')
  const all = /href="(\/history\/\d+)">and 120 more</.exec(body)![1]!
  const seen = new Set<string>()
  let next: string | undefined = all
  for (let page = 0; next; page++) {
    t.ok(page < 3, 'three pages')
    const { body: rows } = await w.alice.get(next)
    for (const [name] of mainText(rows).matchAll(/Created tenant S\d+/g)) seen.add(name)
    next = /href="([^"]+)" rel="next"/.exec(rows)?.[1]
  }
  t.equal(seen.size, 125)
})

t.test('goes back fifty operations at a time, without gap or repetition', async (t) => {
  const w = await world(t)
  for (let number = 1; number <= 120; number++) await rename(w, RIVAL, `Rival ${number}`)
  for (const id of [RIVAL, 'root']) {
    const names: string[] = []
    let next: string | undefined = `/tenants/${id}/history`
    while (next) {
      const { body }: { body: string } = await w.alice.get(next)
      for (const [, name] of mainText(body).matchAll(/now (Rival \d+)/g)) names.push(name!)
      next = /href="([^"]+)" rel="next"/.exec(body)?.[1]
    }
    t.same(
      names,
      Array.from({ length: 120 }, (_, index) => `Rival ${120 - index}`),
    )
  }
})

t.test('reads the operations of a tenant from an index alone', async (t) => {
  const w = await world(t)
  const queries = watchQueries(w.db)
  await w.alice.get(`/tenants/${ACME}/history`)
  const steps = queries.flatMap((query) => planOf(w.path, query))
  t.ok(steps.some((step) => step.includes('COVERING INDEX change_tenant')))
  t.same(fullScans(steps), [])
})

t.test('asks as many questions for twenty operations as for ten', async (t) => {
  const w = await world(t)
  const queries = watchQueries(w.db)
  const count = async () => {
    queries.length = 0
    await w.alice.get(`/tenants/${RIVAL}/history`)
    return queries.length
  }
  for (let number = 1; number < 10; number++) await rename(w, RIVAL, `Rival ${number}`)
  const ten = await count()
  for (let number = 10; number < 20; number++) await rename(w, RIVAL, `Rival ${number}`)
  t.ok(ten > 3)
  t.equal(await count(), ten)
})

t.test('T12: shows hostile names and reasons as text', async (t) => {
  const w = await world(t)
  const hostile = `<img src=x onerror=alert(1)>"'`
  await rename(w, RIVAL, hostile, '<script>alert(2)</script>')
  const { body } = await w.alice.get('/tenants/root/history')
  t.notMatch(body, /<img|<script>alert/)
  t.ok(mainText(body).includes(hostile))
})

t.test('refuses places that are none, and does not find what does not exist', async (t) => {
  const { alice } = await world(t)
  for (const query of [
    'before=x',
    'before=-1',
    'before=0',
    'before=1e99',
    'before=0x9',
    'before=9.0',
    'before=1&before=2',
  ])
    t.equal((await alice.get(`/tenants/root/history?${query}`)).statusCode, 422, query)
  for (const id of ['0', '999999', 'x', '1.0', '99999999999999999999'])
    t.equal((await alice.get(`/history/${id}`)).statusCode, 404, id)
})
