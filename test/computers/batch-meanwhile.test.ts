import t from 'tap'
import { addComputers } from '../support/computers.ts'
import { confirmJob, figures } from '../support/jobs.ts'
import { mainText } from '../support/html.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

/** A move of computers to Rival that is foreseen and not started yet. */
async function draftMove({ alice }: World, ids: number[], whole: 'whole' | 'rest') {
  const sent = { action: 'change_tenant', ids: ids.map(String) }
  const draft = String((await alice.post('/computers/batches', sent)).headers.location)
  await alice.post(`${draft}/draft`, { tenant: 'Rival', whole })
  return draft
}

const tenantOf = async ({ api }: World, id: number) =>
  (await api.get(`/computers/${id}`)).json().tenant_id as number

t.test('a batch over computers that others changed does the rest, and says why', async (t) => {
  const w = await world(t)
  const [moved, deleted] = await addComputers(w, ACME, ['PC-1', 'PC-2'])
  const draft = await draftMove(w, [moved!, deleted!], 'rest')
  await w.api.delete(`/computers/${deleted}`)
  const outcome = await confirmJob(w.alice, draft, { reason: '' })
  t.same(figures(outcome), [1, 0, 1])
  t.match(mainText(outcome), /PC-2.*deleted/i)
  t.same([await tenantOf(w, moved!), await tenantOf(w, deleted!)], [RIVAL, ACME])
})

t.test('one that is to be whole does nothing when a row has changed', async (t) => {
  const w = await world(t)
  const [one, deleted] = await addComputers(w, ACME, ['PC-1', 'PC-2'])
  const draft = await draftMove(w, [one!, deleted!], 'whole')
  await w.api.delete(`/computers/${deleted}`)
  t.match(mainText(await confirmJob(w.alice, draft, { reason: '' })), 'Nothing was changed.')
  t.equal(await tenantOf(w, one!), ACME)
})

t.test('a move to a tenant that is deleted meanwhile does nothing', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, ['PC-1'])
  const draft = await draftMove(w, ids, 'rest')
  t.equal((await w.api.delete(`/tenants/${RIVAL}`)).statusCode, 204)
  await confirmJob(w.alice, draft, { reason: '' })
  t.equal(await tenantOf(w, ids[0]!), ACME)
})
