import t from 'tap'
import { createToken, revokeToken } from '../../src/access/tokens.ts'
import { operation } from '../../src/db/operation.ts'
import { listObstacles, undoOperation } from '../../src/db/undo.ts'
import { Conflict } from '../../src/errors.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { readState } from '../support/rows.ts'
import { ACME, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'
import { PROGRAM, anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

/** Runs commands as one operation and returns its id. */
const perform = ({ db, actor }: World, write: Parameters<typeof operation<unknown>>[3]) =>
  operation(db, actor, 'test.write', async (tx) => {
    await write(tx)
    return tx.operation.id
  })

const paris = { name: 'Paris', kind: 'location', description: '' } as const

t.test('takes back an operation as a whole, as an operation that says so', async (t) => {
  const here = await world(t)
  const before = readState(here.db)
  const id = await perform(here, async (tx) => {
    await updateTenant(tx, ACME, { name: 'Acme Holding', active: false })
    await updateTenant(tx, RIVAL, { parent_id: ACME })
    await deleteTenant(tx, PROGRAM, ACME_LEGAL)
  })
  const undo = await undoOperation(here.db, here.actor, id, 'Wrong customer')
  t.strictSame(readState(here.db), before)
  const recorded = await here.db
    .selectFrom('operation')
    .selectAll()
    .where('id', '=', undo)
    .execute()
  t.match(recorded, [{ kind: 'operation.undo', undoes_id: id, reason: 'Wrong customer' }])
})

t.test('takes back one operation after the other, the newest first', async (t) => {
  const here = await world(t)
  const before = readState(here.db)
  const first = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Holding' }))
  const second = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Group' }))
  await undoOperation(here.db, here.actor, second, null)
  await undoOperation(here.db, here.actor, first, null)
  t.strictSame(readState(here.db), before)
})

t.test('does not take back twice what was taken back once', async (t) => {
  const here = await world(t)
  const id = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Holding' }))
  const undo = await undoOperation(here.db, here.actor, id, null)
  await t.rejects(undoOperation(here.db, here.actor, id, null), new RegExp(`operation ${undo}`))
})

t.test('takes back an undo too', async (t) => {
  const here = await world(t)
  const id = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Holding' }))
  const after = readState(here.db)
  const undo = await undoOperation(here.db, here.actor, id, null)
  await undoOperation(here.db, here.actor, undo, null)
  t.strictSame(readState(here.db), after)
})

t.test('names the later operations that touched the same rows, and changes nothing', async (t) => {
  const here = await world(t)
  const id = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Holding' }))
  const later = await perform(here, (tx) => updateTenant(tx, ACME, { name: 'Acme Group' }))
  await perform(here, (tx) => updateTenant(tx, RIVAL, { name: 'Unrelated' }))
  const before = readState(here.db)
  const undo = undoOperation(here.db, here.actor, id, null)
  await t.rejects(
    undo,
    new Conflict(`Later changes stand in the way: test.write by Alice Moore (operation ${later}).`),
  )
  t.match(await listObstacles(here.db, id), [{ operation_id: later, actor_name: 'Alice Moore' }])
  t.strictSame(readState(here.db), before)
})

t.test('does not take away what something newer stands on', async (t) => {
  const here = await world(t)
  let id = 0
  const made = await perform(here, async (tx) => {
    id = await createTenant(tx, ACME, paris)
  })
  const later = await perform(here, (tx) =>
    createTenant(tx, anyTenant(id), { ...paris, name: 'Louvre' }),
  )
  await t.rejects(
    undoOperation(here.db, here.actor, made, null),
    new RegExp(`test.write by Alice Moore \\(operation ${later}\\)`),
  )
})

t.test('does not bring back a name that something newer has taken', async (t) => {
  const here = await world(t)
  const deleted = await perform(here, (tx) => deleteTenant(tx, PROGRAM, ACME_LEGAL))
  await perform(here, (tx) => createTenant(tx, ACME, { ...paris, slug: 'acme-leeds-legal' }))
  await t.rejects(undoOperation(here.db, here.actor, deleted, null), /has taken a name/)
})

t.test('does not bring back a secret', async (t) => {
  const here = await world(t)
  await perform(here, (tx) => createToken(tx, here.actor, 'for a script'))
  const { id } = await everyTenant(here.db)
    .selectFrom('api_token')
    .select('id')
    .where('name', '=', 'for a script')
    .executeTakeFirstOrThrow()
  const revoked = await perform(here, (tx) => revokeToken(tx, here.actor.person_id, id))
  await t.rejects(undoOperation(here.db, here.actor, revoked, null), /secret/)
})

t.test('knows no operation that there is not', async (t) => {
  const here = await world(t)
  const { id } = await here.db
    .selectFrom('operation')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  await t.rejects(undoOperation(here.db, here.actor, id + 1, null), /There is no operation/)
})
