import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { addComputer } from '../support/computers.ts'
import { setAt } from '../support/preferences.ts'
import { operation } from '../../src/db/operation.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

const KEY = 'agent.check_in_interval_seconds'

t.test('the API says what a merge would do, and changes nothing', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'PC-1' })
  const answer = await w.api.post(`/tenants/${RIVAL}/merges`, { sources: [ACME], preview: true })
  t.match(answer.json(), { merge_id: null, operation_id: null, refusals: [] })
  t.match(answer.json().counts[0], { what: 'Computers', number: 1 })
  t.equal((await w.api.get(`/tenants/${ACME}`)).statusCode, 200)
})

t.test('the API merges with what was chosen, and the operation can be undone', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'test.set', (tx) =>
    setAt(tx, ACME, KEY, { form: { value: 60 }, lock: null }),
  )
  const path = `/tenants/${RIVAL}/merges`
  const { conflicts } = (await w.api.post(path, { sources: [ACME], preview: true })).json()
  const choices = { [conflicts[0].id]: 'source' }
  const merged = await w.api.post(path, { sources: [ACME], choices, reason: 'Bought' })
  t.equal(merged.statusCode, 200)
  t.equal((await w.api.get(`/tenants/${ACME}`)).statusCode, 404)
  const entries = everyTenant(w.db).selectFrom('preference_entry').select('tenant_id')
  t.same(await entries.execute(), [{ tenant_id: RIVAL }])
  const undo = await w.api.post(`/operations/${merged.json().operation_id}/undo`, {})
  t.equal(undo.statusCode, 201)
  t.equal((await w.api.get(`/tenants/${ACME}`)).statusCode, 200)
})

t.test('the API refuses what cannot be merged', async (t) => {
  const { api } = await world(t)
  const send = (id: number, body: object) => api.post(`/tenants/${id}/merges`, body)
  t.equal((await send(ACME, { sources: [ACME] })).statusCode, 422)
  t.equal((await send(ACME_LEEDS, { sources: [ACME] })).statusCode, 422)
  t.equal((await send(RIVAL, { sources: [] })).statusCode, 422)
  t.equal((await send(RIVAL, { sources: [999] })).statusCode, 409)
  t.equal((await send(RIVAL, { sources: [ACME], choices: { nonsense: 'x' } })).statusCode, 422)
})
