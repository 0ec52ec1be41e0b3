import { CompiledQuery } from 'kysely'
import t from 'tap'
import { operation, preview, system } from '../../src/db/operation.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { readState } from '../support/rows.ts'
import { ACME, START, world } from '../support/world.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'

const paris = { name: 'Paris', kind: 'location', description: '' } as const

const lastOperation = ({ db }: Pick<Awaited<ReturnType<typeof world>>, 'db'>) =>
  db.selectFrom('operation').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()

t.test('records who, when, what kind and why', async (t) => {
  const { db, actor } = await world(t)
  const what = { kind: 'tenant.create', reason: 'They moved to France' }
  await operation(db, actor, what, (tx) => createTenant(tx, ACME, paris))
  t.match(await lastOperation({ db }), {
    at: START,
    kind: 'tenant.create',
    reason: 'They moved to France',
    actor_id: actor.person_id,
    actor_name: 'Alice Moore',
    change_count: 1,
    hash: /^[0-9a-f]{64}$/,
  })
})

t.test('refuses to write a business table outside an operation', async (t) => {
  const { db } = await world(t)
  const before = readState(db)
  const rename = system(db, (tx) =>
    everyTenantTx(tx).updateTable('tenant').set({ name: 'Hacked' }).execute(),
  )
  await t.rejects(rename, /a write outside an operation/)
  t.strictSame(readState(db), before)
})

t.test('gives those who read a database that cannot be written', async (t) => {
  const { db } = await world(t)
  const write = db.executeQuery(CompiledQuery.raw(`update tenant set name = 'Hacked'`))
  await t.rejects(write, { code: 'SQLITE_READONLY' })
})

t.test('keeps nothing of what fails half-way', async (t) => {
  const { db, actor } = await world(t)
  const before = [readState(db), await lastOperation({ db })]
  const failing = operation(db, actor, 'tenant.create', async (tx) => {
    await createTenant(tx, ACME, paris)
    throw new Error('the lights went out')
  })
  await t.rejects(failing, /the lights went out/)
  t.strictSame([readState(db), await lastOperation({ db })], before)
})

t.test('shows in a preview what would be, and keeps nothing of it', async (t) => {
  const { db, actor } = await world(t)
  const before = [readState(db), await lastOperation({ db })]
  const seen = await preview(db, actor, async (tx) => {
    await updateTenant(tx, ACME, { name: 'Acme Holding' })
    return everyTenant(tx)
      .selectFrom('tenant')
      .select('name')
      .where('id', '=', ACME)
      .executeTakeFirst()
  })
  t.strictSame(seen, { name: 'Acme Holding' })
  t.strictSame([readState(db), await lastOperation({ db })], before)
})

t.test('passes on what a preview throws', async (t) => {
  const { db, actor } = await world(t)
  const looking = preview(db, actor, (tx) => updateTenant(tx, anyTenant(4711), { name: 'Nobody' }))
  await t.rejects(looking, /There is no tenant 4711/)
})

t.test('runs operations one after the other, and lets readers see only what is done', async (t) => {
  const { db, actor } = await world(t)
  const rename = (name: string) =>
    operation(db, actor, 'tenant.update', async (tx) => {
      const { name: former } = await everyTenant(tx)
        .selectFrom('tenant')
        .select('name')
        .where('id', '=', ACME)
        .executeTakeFirstOrThrow()
      await new Promise(setImmediate)
      await updateTenant(tx, ACME, { name: `${former} ${name}` })
    })
  const both = Promise.all([rename('One'), rename('Two')])
  const read = everyTenant(db).selectFrom('tenant').select('name').where('id', '=', ACME)
  t.strictSame(await read.executeTakeFirst(), { name: 'Acme' })
  await both
  t.strictSame(await read.executeTakeFirst(), { name: 'Acme One Two' })
})

t.test('never dates an operation before the one that it follows', async (t) => {
  const { db, actor, clock } = await world(t)
  clock.now = '2020-01-01T00:00:00.000Z'
  await operation(db, actor, 'tenant.create', (tx) => createTenant(tx, ACME, paris))
  t.equal((await lastOperation({ db })).at, START)
})
