import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addGroup, members } from '../support/computer-groups.ts'
import { addComputers } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, RIVAL, world } from '../support/world.ts'

// Groups whose filter names what is gone, or what cannot be read.

t.test('matches nothing, and says why, when the tenant that it names is deleted', async (t) => {
  const w = await world(t)
  const { id: tenant_id } = (await w.api.post('/tenants', { name: 'Short-lived' })).json()
  await addComputers(w, ACME, ['PC'])
  const id = await addGroup(w, 1, { tenant_id })
  await w.api.delete(`/tenants/${tenant_id}`)
  t.strictSame(await members(w, id), [])
  t.match((await w.api.get(`/computer-groups/${id}`)).json().problem, /has been deleted/)
  t.match((await w.alice.get(`/computers/groups/${id}`)).body, /has been deleted/)
  t.match((await w.alice.get('/computers/groups')).body, /has been deleted/)
  const list = await w.alice.get(`/computers?group=${id}`)
  t.equal(list.statusCode, 422)
  t.notMatch(list.body, />PC</)
  t.match((await w.alice.get(`/computers/groups/${id}/edit`)).body, /stood here is gone/)
})

t.test('does not take another tag for the one that was deleted', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC'])
  const tag = await makeTag(w, ACME, 'Tills')
  await tagIt(w, tag, { tenant: ACME })
  const id = await addGroup(w, ACME, { tag_id: tag.id })
  t.strictSame(await members(w, id), ['PC'])
  await w.alice.post(`/tags/${tag.id}/deletion`)
  const other = await makeTag(w, ACME, 'Not tills')
  t.not(other.id, tag.id, 'no id is given twice')
  await tagIt(w, other, { tenant: ACME })
  t.strictSame(await members(w, id), [])
  t.match((await w.api.get(`/computer-groups/${id}`)).json().problem, /tag .* deleted/)
  t.match((await w.alice.get(`/computers/groups/${id}/edit`)).body, /The tag that stood here/)
  await w.api.patch(`/computer-groups/${id}`, { filter: { tag_id: other.id } })
  t.strictSame(await members(w, id), ['PC'])
})

t.test('has its members again when the deletion of what it names is taken back', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC'])
  const tag = await makeTag(w, ACME, 'Tills')
  await tagIt(w, tag, { tenant: ACME })
  const id = await addGroup(w, ACME, { tag_id: tag.id })
  await w.alice.post(`/tags/${tag.id}/deletion`)
  t.strictSame(await members(w, id), [])
  const { operations } = (await w.api.get('/operations')).json()
  t.equal((await w.api.post(`/operations/${operations[0].id}/undo`, {})).statusCode, 201)
  t.strictSame(await members(w, id), ['PC'])
})

t.test('filters by a tag that is known there only', async (t) => {
  const w = await world(t)
  const theirs = await makeTag(w, RIVAL, 'Theirs')
  const filter = { tag_id: theirs.id }
  const refused = await w.api.post('/computer-groups', { name: 'X', tenant_id: ACME, filter })
  t.equal(refused.statusCode, 422)
  t.match(refused.json().errors.tag, /no such tag at Acme/)
})

t.test('matches nothing where its filter cannot be read', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC'])
  const id = await addGroup(w, ACME, {})
  await operation(w.db, w.actor, 'test.break', async (tx) => {
    await everyTenantTx(tx)
      .updateTable('computer_group')
      .set({ filter: '{"colour":"red"}' })
      .execute()
  })
  t.strictSame(await members(w, id), [])
  await w.api.patch(`/computer-groups/${id}`, { description: 'Kept' })
  t.strictSame(await members(w, id), [])
  t.equal((await w.api.get(`/computer-groups/${id}`)).json().filter, null)
  t.match((await w.alice.get(`/computers/groups/${id}`)).body, /cannot read the filter/)
})
