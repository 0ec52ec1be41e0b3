import t from 'tap'
import { addCast, addUser, roles } from '../support/cast.ts'
import { checkedApi } from '../support/contract.ts'
import { ACME, RIVAL, world } from '../support/world.ts'

const support = { name: 'Support', tenant_id: ACME }

t.test('groups are made, changed, filled and deleted', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const api = await checkedApi(t, w)
  const group = (await api.post('/groups', support)).json()
  t.match(group, { ...support, description: '', members: 0, version: 1 })
  const at = `/groups/${group.id}`
  t.match((await api.patch(at, { description: 'First line' })).json(), { version: 2 })
  t.equal((await api.patch(at, { name: 'Late', version: 1 })).statusCode, 409)
  for (let time = 0; time < 2; time++)
    t.equal((await api.put(`${at}/members/${dana.person_id}`)).statusCode, 204)
  t.match((await api.get(`${at}/members`)).json().members, [{ id: dana.person_id, active: true }])
  t.match((await api.get('/groups')).json().groups, [{ ...support, members: 1 }])
  t.equal((await api.delete(`${at}/members/${dana.person_id}`)).statusCode, 204)
  t.equal((await api.delete(at)).statusCode, 204)
  t.equal((await api.get(at)).statusCode, 404)
})

t.test('T9: people of another tenant do not get in, and strangers do not see it', async (t) => {
  const w = await world(t)
  const { charlie, dana } = await addCast(w)
  const { id } = (await w.api.post('/groups', support)).json()
  t.equal((await w.api.put(`/groups/${id}/members/${charlie.person_id}`)).statusCode, 404)
  t.equal((await charlie.api.get(`/groups/${id}`)).statusCode, 404)
  t.equal((await charlie.api.get(`/groups/${id}/members`)).statusCode, 404)
  t.equal((await charlie.api.patch(`/groups/${id}`, { name: 'Mine' })).statusCode, 404)
  t.equal((await charlie.api.post('/groups', support)).statusCode, 404)
  t.equal((await dana.api.delete(`/groups/${id}`)).statusCode, 403)
})

t.test('adding to a group by the API is giving, too', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const { id } = (await w.api.post('/groups', support)).json()
  await w.api.post('/assignments', { group_id: id, tenant_id: RIVAL, role_id: roles.viewer })
  const add = () => mia.api.put(`/groups/${id}/members/${dana.person_id}`)
  t.equal((await add()).statusCode, 403)
  t.equal((await dana.api.get(`/tenants/${RIVAL}`)).statusCode, 404)
  t.equal((await w.api.delete(`/groups/${id}`)).statusCode, 409)
})
