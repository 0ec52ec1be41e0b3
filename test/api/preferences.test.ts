import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { checkedApi } from '../support/contract.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, START, world } from '../support/world.ts'

const INTERVAL = 'agent.check_in_interval_seconds'
const BCC = 'maintenance.session_email_bcc'

type Listed = { key: string; factory: unknown; schema: object; merge: string; unit: string | null }

t.test('lists the catalogue, each factory value as its own schema has it', async (t) => {
  const api = await checkedApi(t, await world(t))
  const catalogue = (await api.get('/preferences')).json<Listed[]>()
  t.ok(catalogue.length >= 28)
  const ajv = new Ajv2020({ validateFormats: false })
  for (const { key, factory, schema } of catalogue) t.ok(ajv.compile(schema)(factory), key)
  const interval = catalogue.find(({ key }) => key === INTERVAL)
  t.match(interval, { unit: 'seconds', factory: 300, merge: 'replace' })
  t.match(interval?.schema, { type: 'integer', minimum: 30 })
  t.equal(catalogue.find(({ key }) => key === BCC)?.merge, 'list')
})

t.test('shows every preference of a tenant, from the factory at first', async (t) => {
  const api = await checkedApi(t, await world(t))
  const catalogue = (await api.get('/preferences')).json<Listed[]>()
  const { tenant, as_of, preferences } = (await api.get(`/tenants/${ACME}/preferences`)).json()
  t.same(tenant, { id: ACME, name: 'Acme' })
  t.equal(as_of, START)
  t.same(
    preferences.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
    catalogue.map(({ key, factory }) => [key, factory]),
  )
  t.same(preferences[0].source, { tenant_id: null, name: null, kind: 'factory' })
})

t.test('sets a value and answers with what is in effect, and why', async (t) => {
  const api = await checkedApi(t, await world(t))
  const set = await api.put(`/tenants/${ACME}/preferences/${INTERVAL}`, { value: 600 })
  t.equal(set.statusCode, 200)
  t.same(set.json(), {
    key: INTERVAL,
    value: 600,
    source: { tenant_id: ACME, name: 'Acme', kind: 'here' },
    chain: [
      {
        tenant_id: ACME,
        name: 'Acme',
        entry: { value: 600 },
        lock: null,
        verdict: 'won',
        by: 'Alice Moore',
        at: START,
        redundant: false,
        lock_state: null,
      },
    ],
    locked_by: null,
    bounds: [],
    version: 1,
  })
  const below = (await api.get(`/tenants/${ACME_LEEDS}/preferences?key=${INTERVAL}`)).json()
  t.match(below.preferences, [{ value: 600, source: { tenant_id: ACME, kind: 'inherited' } }])
})

t.test('resets to factory, merges lists, and unsets', async (t) => {
  const api = await checkedApi(t, await world(t))
  const at = (id: number | string, key: string) => `/tenants/${id}/preferences/${key}`
  await api.put(at(ACME, INTERVAL), { value: 600 })
  const reset = (await api.put(at(ACME_LEEDS, INTERVAL), { reset: true })).json()
  t.match(reset, { value: 300, source: { kind: 'here' } })
  await api.put(at('root', BCC), { add: ['noc@northwind.example'], remove: [] })
  const merged = await api.put(at(ACME, BCC), { add: ['it@acme.example'], remove: [] })
  t.match(merged.json(), { value: ['noc@northwind.example', 'it@acme.example'] })
  t.equal(merged.json().source.kind, 'merged')
  t.equal((await api.delete(at(ACME_LEEDS, INTERVAL))).statusCode, 204)
  const inherited = (await api.get(`/tenants/${ACME_LEEDS}/preferences?key=${INTERVAL}`)).json()
  t.match(inherited.preferences[0], { value: 600, version: 0, source: { kind: 'inherited' } })
})

t.test('refuses what lies below a fixed lock, naming it', async (t) => {
  const api = await checkedApi(t, await world(t))
  await api.put(`/tenants/root/preferences/${INTERVAL}`, { value: 600, lock: 'fixed' })
  const address = `/tenants/${ACME}/preferences/${INTERVAL}`
  const refused = await api.put(address, { value: 900 })
  t.equal(refused.statusCode, 409)
  t.match(refused.json().detail, /Locked by All tenants/)
  t.equal((await api.put(`${address}?preview=true`, { value: 900 })).statusCode, 409)
  const [held] = (await api.get(`/tenants/${ACME}/preferences?key=${INTERVAL}`)).json().preferences
  t.match(held, { value: 600, source: { kind: 'locked' }, locked_by: { tenant_id: 1 } })
})

t.test('holds an entry to the bounds above it, and shows them', async (t) => {
  const api = await checkedApi(t, await world(t))
  const lock = { min: 300, max: 900 }
  await api.put(`/tenants/root/preferences/${INTERVAL}`, { value: 600, lock })
  const address = `/tenants/${ACME}/preferences/${INTERVAL}`
  for (const query of ['', '?preview=true']) {
    const refused = await api.put(address + query, { value: 1000 })
    t.equal(refused.statusCode, 422)
    t.ok(refused.json().errors.value)
  }
  t.match((await api.put(address, { value: 900 })).json(), {
    value: 900,
    bounds: [{ tenant_id: 1, bounds: lock }],
  })
})

t.test('names the field that does not fit', async (t) => {
  const api = await checkedApi(t, await world(t))
  const refused = async (key: string, body: object) => {
    const answer = await api.put(`/tenants/${ACME}/preferences/${key}`, body)
    t.equal(answer.statusCode, 422, JSON.stringify(body))
    return Object.keys(answer.json().errors)
  }
  t.same(await refused(INTERVAL, { value: 'often' }), ['value'])
  t.same(await refused(INTERVAL, { value: 29 }), ['value'])
  t.same(await refused(INTERVAL, { value: 600, lock: { min: 700 } }), ['value'])
  t.same(await refused(INTERVAL, { value: 600, lock: { min: 900, max: 30 } }), ['lock.max'])
  t.same(await refused(BCC, { add: ['nobody'], remove: [] }), ['add'])
  for (const body of [
    {},
    { value: 1, reset: true },
    { reset: false },
    { value: 600, lock: 'loose' },
  ])
    t.same(await refused(INTERVAL, body), [''])
})

t.test('does not know a preference or a tenant that is not there', async (t) => {
  const api = await checkedApi(t, await world(t))
  const body = { value: 600 }
  t.equal((await api.put(`/tenants/${ACME}/preferences/no.such`, body)).statusCode, 404)
  t.equal((await api.put(`/tenants/999/preferences/${INTERVAL}`, body)).statusCode, 404)
  t.equal((await api.delete(`/tenants/999/preferences/${INTERVAL}`)).statusCode, 404)
  t.equal((await api.get('/tenants/999/preferences')).statusCode, 404)
  t.equal((await api.get(`/tenants/${ACME}/preferences?key=no.such`)).statusCode, 422)
})

t.test('refuses a change to an older version, and shows what is there now', async (t) => {
  const api = await checkedApi(t, await world(t))
  const address = `/tenants/${ACME}/preferences/${INTERVAL}`
  t.equal((await api.put(address, { value: 600, version: 0 })).json().version, 1)
  const late = await api.put(address, { value: 900, version: 0 })
  t.equal(late.statusCode, 409)
  t.match(late.json().current, { key: INTERVAL, value: 600, version: 1 })
  t.equal((await api.delete(`${address}?version=0`)).statusCode, 409)
  t.equal((await api.put(address, { value: 900, version: 1 })).json().version, 2)
  t.equal((await api.delete(`${address}?version=2`)).statusCode, 204)
})

t.test('shows what was in effect at any past moment', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  const address = `/tenants/${ACME}/preferences/${INTERVAL}`
  w.clock.now = '2026-11-24T10:00:00.000Z'
  await api.put(address, { value: 600 })
  w.clock.now = '2026-11-24T11:00:00.000Z'
  await api.put(address, { value: 900 })
  const valueAt = async (as_of: string) => {
    const query = new URLSearchParams({ as_of, key: INTERVAL })
    const answer = (await api.get(`/tenants/${ACME}/preferences?${query}`)).json()
    return [answer.as_of, answer.preferences[0].value]
  }
  t.same(await valueAt('2026-11-24T09:30:00Z'), ['2026-11-24T09:30:00.000Z', 300])
  t.same(await valueAt('2026-11-24T11:30:00+01:00'), ['2026-11-24T10:30:00.000Z', 600])
  t.same(await valueAt('2026-11-24T11:00:00.000Z'), ['2026-11-24T11:00:00.000Z', 900])
  for (const bad of ['yesterday', '2026-13-01T00:00:00Z', '', '1'])
    t.equal((await api.get(`/tenants/${ACME}/preferences?as_of=${bad}`)).statusCode, 422, bad)
})

t.test('previews what a change would do, and does not do it', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  await api.put(`/tenants/${ACME_LEGAL}/preferences/${INTERVAL}`, { value: 60 })
  const address = `/tenants/root/preferences/${INTERVAL}`
  const before = await w.db.selectFrom('operation').select('id').execute()
  const impact = await api.put(`${address}?preview=true`, { value: 600 })
  t.equal(impact.statusCode, 200)
  t.match(impact.json(), {
    tenants_changing: 4,
    values: [{ old: 300, new: 600, tenants: 4 }],
    keeping: { overrides: 1 },
    regions_total: impact.json().regions.length,
  })
  t.match((await api.put(`${address}?preview=true`, { value: 600, lock: 'fixed' })).json(), {
    tenants_changing: 5,
    put_to_sleep: 1,
  })
  t.same(await w.db.selectFrom('operation').select('id').execute(), before)
  t.equal(
    (await api.get(`/tenants/${RIVAL}/preferences?key=${INTERVAL}`)).json().preferences[0].value,
    300,
  )
})

t.test('previews what unsetting would do, and refuses what unsetting would', async (t) => {
  const api = await checkedApi(t, await world(t))
  const address = `/tenants/${ACME}/preferences/${INTERVAL}`
  await api.put(address, { value: 600 })
  const impact = await api.delete(`${address}?preview=true`)
  t.equal(impact.statusCode, 200)
  t.match(impact.json(), { tenants_changing: 3, values: [{ old: 600, new: 300, tenants: 3 }] })
  t.equal((await api.delete(`${address}?preview=true&version=7`)).statusCode, 409)
  t.equal((await api.delete(`/tenants/999/preferences/${INTERVAL}?preview=true`)).statusCode, 404)
  t.equal(
    (await api.get(`/tenants/${ACME}/preferences?key=${INTERVAL}`)).json().preferences[0].value,
    600,
  )
})

t.test('lets a tenant block what comes from above', async (t) => {
  const api = await checkedApi(t, await world(t))
  await api.put(`/tenants/root/preferences/${INTERVAL}`, { value: 600 })
  await api.patch(`/tenants/${ACME}`, { blocks_inheritance: true })
  const [blocked] = (await api.get(`/tenants/${ACME}/preferences?key=${INTERVAL}`)).json()
    .preferences
  t.match(blocked, { value: 300, source: { kind: 'factory' } })
  t.match(blocked.chain, [{ verdict: 'blocked', because: { tenant_id: ACME } }])
})
