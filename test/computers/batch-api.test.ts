import t from 'tap'
import { addComputer } from '../support/computers.ts'
import { ACME, world } from '../support/world.ts'

t.test('a batch says by which operation it can be undone', async (t) => {
  const w = await world(t)
  const ids = [await addComputer(w, ACME, { name: 'PC-1' })]
  const foreseen = await w.api.post('/computers/batch', { action: 'delete', ids, preview: true })
  t.equal(foreseen.json().operation_id, null)
  const { operation_id } = (await w.api.post('/computers/batch', { action: 'delete', ids })).json()
  t.match((await w.api.get(`/operations/${operation_id}`)).json(), {
    kind: 'computer.batch_delete',
  })
})
