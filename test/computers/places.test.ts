import t, { type Test } from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

/** The branch that each computer says it is in, beside that of its tenant. */
const placesOf = ({ db }: World) =>
  everyTenant(db)
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.id', 'computer.tenant_id', 'computer.top_id', 'tenant.top_id as of_tenant'])
    .orderBy('computer.id')
    .execute()

/** What is kept of how many computers there are, beside what they are when counted. */
async function countsOf({ db }: World) {
  const kept = await everyTenant(db)
    .selectFrom('computer_count')
    .select(['top_id', 'tab', 'number'])
    .where('top_id', '<>', 1)
    .where('number', '<>', 0)
    .orderBy('top_id')
    .orderBy('tab')
    .execute()
  const counted = await everyTenant(db)
    .selectFrom('computer')
    .select(['top_id', 'tab', (eb) => eb.fn.countAll<number>().as('number')])
    .groupBy(['top_id', 'tab'])
    .orderBy('top_id')
    .orderBy('tab')
    .execute()
  return { kept, counted }
}

async function requireRight(t: Test, w: World) {
  for (const { top_id, of_tenant } of await placesOf(w)) t.equal(top_id, of_tenant)
  const { kept, counted } = await countsOf(w)
  t.same(kept, counted)
}

t.test('knows in which branch computers are that moved, came back and moved again', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, ['One', 'Two'])
  ids.push(await addComputer(w, ACME_LEEDS, { name: 'Three' }))
  const before = await placesOf(w)
  const sent = { action: 'change_tenant', ids, tenant_id: RIVAL }
  t.match((await w.api.post('/computers/batch', sent)).json(), { done: 3 })
  t.ok((await placesOf(w)).every(({ top_id }) => top_id === RIVAL))
  await requireRight(t, w)
  const undo = await takeBack(w.db, w.actor, await lastOperation(w), null)
  t.same(await placesOf(w), before)
  await requireRight(t, w)
  await takeBack(w.db, w.actor, undo, null)
  t.ok((await placesOf(w)).every(({ top_id }) => top_id === RIVAL))
  await requireRight(t, w)
})

async function lastOperation({ db }: World) {
  const last = await db
    .selectFrom('operation')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return last.id
}
