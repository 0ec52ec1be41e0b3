import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { textOf } from '../support/html.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, NORTHWIND, world, type World } from '../support/world.ts'

const values = async ({ alice }: World, query: string) =>
  [...(await alice.get(`/tenants/options${query}`)).body.matchAll(/data-value="([^"]*)"/g)].map(
    ([, value]) => value,
  )

t.test('suggests tenants that have the text anywhere in their name or slug', async (t) => {
  const w = await world(t)
  t.same(await values(w, '?q=eds+off'), ['Acme / Leeds office'])
  t.same(await values(w, '?q=acme'), ['Acme', 'Acme / Leeds office', 'Acme / Leeds office / Legal'])
  t.match(textOf((await w.alice.get('/tenants/options?q=legal')).body), 'Legal Acme / Leeds office')
})

t.test('leaves out the tenant itself and everything below it', async (t) => {
  const w = await world(t)
  t.same(await values(w, `?q=acme&exclude=${ACME_LEEDS}`), ['Acme'])
  t.same(await values(w, `?q=acme&exclude=${ACME}`), [])
})

t.test('begins with All tenants and what is right below it', async (t) => {
  const w = await world(t)
  t.same(await values(w, ''), ['All tenants', 'Acme', 'Northwind MSP', 'Rival'])
})

t.test('says of each what a new tenant below it usually is', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants/options')
  const usual = [...body.matchAll(/data-value="([^"]*)" data-usual="([^"]*)"/g)]
  t.same(
    usual.map(([, value, kind]) => `${value}: ${kind}`),
    ['All tenants: client', 'Acme: branch_office', 'Northwind MSP: client', 'Rival: branch_office'],
  )
})

t.test('reads no whole table, and sorts nothing that an index has in order', async (t) => {
  const w = await world(t)
  const queries = watchQueries(w.db)
  for (const query of ['', '?q=a', '?q=leeds']) await values(w, query)
  const steps = queries.flatMap((query) => planOf(w.path, query))
  t.same(fullScans(steps), [])
  const topmost = queries.find((query) => query.sql.includes('union all'))!
  t.notMatch(planOf(w.path, topmost).join('\n'), 'TEMP B-TREE')
})

t.test('answers at most twenty', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'tenant.import', async (tx) => {
    for (let number = 1; number <= 45; number++)
      await createTenant(tx, NORTHWIND, { name: `S ${number}`, kind: 'location', description: '' })
  })
  t.equal((await values(w, '?q=s')).length, 20)
})

t.test('says so when nothing fits, and shows what was typed nowhere', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.get('/tenants/options?q=%3Cscript%3E%27%22%25')
  t.equal(statusCode, 200)
  t.match(body, 'No tenant')
  t.notMatch(body, '<script')
})

t.test('refuses an address that is none of ours', async (t) => {
  const { alice } = await world(t)
  for (const query of ['?exclude=x', '?exclude=-1', '?q=a&q=b', `?q=${'x'.repeat(10_001)}`])
    t.equal((await alice.get(`/tenants/options${query}`)).statusCode, 422, query)
})

t.test('what is suggested is accepted as it stands, also with slashes in names', async (t) => {
  const w = await world(t)
  const plain = { kind: 'client', slug: '', description: '' }
  for (const name of ['Ny A/S', 'East / West', 'DOMAIN\\x', 'acme-leeds'])
    await w.alice.post('/tenants', { ...plain, name, parent: 'All tenants' })
  for (const name of ['Ny A/S', 'East / West', 'DOMAIN\\x', 'acme-leeds']) {
    const [parent] = await values(w, `?q=${encodeURIComponent(name)}`)
    const answer = await w.alice.post('/tenants', { ...plain, name: 'Below', parent: parent! })
    t.equal(answer.statusCode, 303, name)
    const { body } = await w.alice.get(answer.headers.location!)
    t.match(textOf(body), `Client of ${name}`)
  }
})
