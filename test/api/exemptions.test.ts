import t, { type Test } from 'tap'
import { checkedApi } from '../support/contract.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, START, world } from '../support/world.ts'

const KEY = 'agent.check_in_interval_seconds'
const NOON = '2026-11-24T12:00:00.000Z'
const grant = { key: KEY, lock_tenant_id: 'root', reason: 'Kiosk', ticket: 'T-7', expires_at: NOON }

/** A world in which "All tenants" has locked a preference. */
async function lockedWorld(t: Test) {
  const w = await world(t)
  const api = await checkedApi(t, w)
  await api.put(`/tenants/root/preferences/${KEY}`, { value: 600, lock: 'fixed' })
  return { ...w, api }
}

t.test('excuses a tenant and those below it until the exemption ends', async (t) => {
  const { api, clock } = await lockedWorld(t)
  const granted = await api.post(`/tenants/${ACME_LEEDS}/exemptions`, grant)
  t.equal(granted.statusCode, 201)
  const { id } = granted.json()
  t.same(granted.json(), {
    ...grant,
    id,
    tenant_id: ACME_LEEDS,
    lock_tenant_id: 1,
    state: 'in_force',
    by: 'Alice Moore',
    at: START,
  })
  t.same((await api.get(granted.headers.location!.slice('/api/v1'.length))).json(), granted.json())
  const set = await api.put(`/tenants/${ACME_LEGAL}/preferences/${KEY}`, { value: 60 })
  t.match(set.json(), { value: 60, source: { kind: 'here' } })
  t.match(set.json().chain[0], { lock_state: 'exempted', exemption: { id, ticket: 'T-7' } })
  clock.now = NOON
  const [held] = (await api.get(`/tenants/${ACME_LEGAL}/preferences?key=${KEY}`)).json().preferences
  t.match(held, { value: 600, chain: [{ lock_state: 'expired' }, { verdict: 'locked_out' }] })
  t.match((await api.get(`/tenants/${ACME_LEEDS}/exemptions`)).json(), {
    exemptions: [{ id, state: 'expired' }],
  })
})

const KEYS = [
  'agent.remote_control',
  'agent.automatic_update',
  'maintenance.install_os_updates',
  'maintenance.session_emails',
  'people.user_affinity',
]

t.test('grants no second exemption from the same lock', async (t) => {
  const { api } = await lockedWorld(t)
  t.equal((await api.post(`/tenants/${ACME}/exemptions`, grant)).statusCode, 201)
  const second = await api.post(`/tenants/${ACME}/exemptions`, grant)
  t.equal(second.statusCode, 409)
  t.match(second.json().detail, /exempt already, until/)
})

t.test('ends an exemption with its lock: the next lock holds everybody', async (t) => {
  const { api } = await lockedWorld(t)
  await api.post(`/tenants/${ACME}/exemptions`, grant)
  await api.put(`/tenants/root/preferences/${KEY}`, { value: 600 })
  await api.put(`/tenants/root/preferences/${KEY}`, { value: 600, lock: 'fixed' })
  t.same((await api.get(`/tenants/${ACME}/exemptions`)).json().exemptions, [])
  const [preference] = (await api.get(`/tenants/${ACME}/preferences?key=${KEY}`)).json().preferences
  t.match(preference.source, { kind: 'locked' })
})

t.test('lists those of the tenant itself, the newest first, page by page', async (t) => {
  const { api } = await lockedWorld(t)
  const ids: number[] = []
  for (const key of KEYS) {
    await api.put(`/tenants/root/preferences/${key}`, { value: true, lock: 'fixed' })
    ids.unshift((await api.post(`/tenants/${ACME}/exemptions`, { ...grant, key })).json().id)
  }
  await api.post(`/tenants/${RIVAL}/exemptions`, grant)
  const found: number[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `limit=2${cursor && `&cursor=${cursor}`}`
    const page = (await api.get(`/tenants/${ACME}/exemptions?${query}`)).json()
    found.push(...page.exemptions.map((exemption: { id: number }) => exemption.id))
    cursor = page.next_cursor
  }
  t.same(found, ids)
  t.same((await api.get('/tenants/root/exemptions')).json().exemptions, [])
})

t.test('withdraws an exemption, and the lock holds again', async (t) => {
  const { api } = await lockedWorld(t)
  const { id } = (await api.post(`/tenants/${ACME}/exemptions`, grant)).json()
  t.equal((await api.delete(`/tenants/${RIVAL}/exemptions/${id}`)).statusCode, 404)
  t.equal((await api.delete(`/tenants/${ACME}/exemptions/${id}`)).statusCode, 204)
  t.equal((await api.delete(`/tenants/${ACME}/exemptions/${id}`)).statusCode, 404)
  t.equal((await api.put(`/tenants/${ACME}/preferences/${KEY}`, { value: 60 })).statusCode, 409)
})

t.test('names the field that does not fit', async (t) => {
  const { api } = await lockedWorld(t)
  const refused = async (changes: object) => {
    const answer = await api.post(`/tenants/${ACME}/exemptions`, { ...grant, ...changes })
    t.equal(answer.statusCode, 422, JSON.stringify(changes))
    return Object.keys(answer.json().errors)
  }
  t.same(await refused({ key: 'no.such' }), ['key'])
  t.same(await refused({ key: 'agent.remote_control' }), ['lock_tenant_id'])
  t.same(await refused({ lock_tenant_id: RIVAL }), ['lock_tenant_id'])
  t.same(await refused({ reason: ' ' }), ['reason'])
  t.same(await refused({ expires_at: 'soon' }), ['expires_at'])
  t.same(await refused({ expires_at: START }), ['expires_at'])
  t.equal((await api.post('/tenants/999/exemptions', grant)).statusCode, 404)
})

t.test('keeps the reason in the history', async (t) => {
  const { api } = await lockedWorld(t)
  await api.post(`/tenants/${ACME}/exemptions`, grant)
  const { operations, next_cursor } = (await api.get(`/tenants/${ACME}/history`)).json()
  t.match(operations[0], { kind: 'exemption.grant', by: 'Alice Moore', at: START, reason: 'Kiosk' })
  t.match(operations[0].changes, [{ did: 'Created' }])
  t.equal(next_cursor, null)
})

t.test('pages the history of a tenant', async (t) => {
  const { api } = await lockedWorld(t)
  for (let round = 0; round < 6; round++)
    await api.patch(`/tenants/${ACME}`, { description: `Round ${round}` })
  const all = (await api.get(`/tenants/${ACME}/history`)).json().operations
  t.equal(all.length, 7)
  t.match(all[0].changes[0].fields, [{ before: 'Round 4', after: 'Round 5' }])
  const first = (await api.get(`/tenants/${ACME}/history?limit=4`)).json()
  const cursor = first.next_cursor
  const rest = (await api.get(`/tenants/${ACME}/history?limit=4&cursor=${cursor}`)).json()
  t.same([...first.operations, ...rest.operations], all)
  t.equal(rest.next_cursor, null)
  t.equal((await api.get(`/tenants/${ACME}/history?cursor=x`)).statusCode, 422)
})
