import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { addCast } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { merge } from '../support/merging.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

t.test('the old address of a merged tenant leads to what it is part of', async (t) => {
  const w = await world(t)
  await merge(w, [ACME_LEEDS], ACME)
  const { statusCode, headers } = await w.alice.get(`/tenants/${ACME_LEEDS}`)
  t.equal(statusCode, 303)
  t.equal(headers.location, `/tenants/${ACME}`)
})

t.test('it leads on where that became part of another one itself', async (t) => {
  const w = await world(t)
  await merge(w, [ACME_LEEDS], ACME)
  await merge(w, [ACME], RIVAL)
  const { headers } = await w.alice.get(`/tenants/${ACME_LEEDS}`)
  t.equal(headers.location, `/tenants/${RIVAL}`)
})

t.test('T5: who may not see the destination is told nothing', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await merge(w, [ACME_LEEDS], ACME)
  const old = await charlie.browser.get(`/tenants/${ACME_LEEDS}`)
  const never = await charlie.browser.get('/tenants/99999')
  t.equal(old.statusCode, 404)
  const plain = (body: string) => mainText(body).replace(/\d+/g, 'n')
  t.equal(plain(old.body).replace(/req\S+/g, ''), plain(never.body).replace(/req\S+/g, ''))
})

t.test('once the merge is taken back, the address is its own again', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const { operation_id } = await merge(w, [ACME_LEEDS], RIVAL)
  t.equal((await charlie.browser.get(`/tenants/${ACME_LEEDS}`)).statusCode, 303)
  await takeBack(w.db, w.actor, operation_id, null)
  t.equal((await charlie.browser.get(`/tenants/${ACME_LEEDS}`)).statusCode, 404)
  t.equal((await w.alice.get(`/tenants/${ACME_LEEDS}`)).statusCode, 200)
})
