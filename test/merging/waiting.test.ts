import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addUser, roles } from '../support/cast.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

/** After so many turns a request is past the question who sends it. */
const TURNS = 1000

/** Sends a request that has to wait for another write, by which somebody comes to be a viewer. */
async function meanwhileDemoted<Answer>(
  { db, actor }: World,
  person_id: number,
  send: () => Promise<Answer>,
) {
  const answer = await operation(db, actor, 'test.demote', async (tx) => {
    const sent = send()
    for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate)
    const person = everyTenantTx(tx).updateTable('person').where('id', '=', person_id)
    await person.set({ role_id: roles.viewer }).execute()
    return { sent }
  })
  return answer.sent
}

t.test('T10: who may not any more while their merge waits, changes nothing', async (t) => {
  const w = await world(t)
  const ada = await addUser(w, ACME, 'Ada', 'administrator')
  const answer = await meanwhileDemoted(w, ada.person_id, async () =>
    ada.api.post(`/tenants/${ACME}/merges`, { sources: [ACME_LEEDS] }),
  )
  t.equal(answer.statusCode, 409, answer.body)
})
