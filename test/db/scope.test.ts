import t from 'tap'
import { type Kysely, sql } from 'kysely'
import { openDatabase } from '../../src/db/connection.ts'
import { preparedInScope } from '../../src/db/prepared.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import type { Schema } from '../../src/db/schema.ts'
import {
  type Scope,
  WHOLE_TREE,
  branchOf,
  filterByTop,
  inScope,
  inScopeByTop,
  ofTenant,
} from '../../src/db/scope.ts'
import { everyTenant, scopeGuard } from '../../src/db/scope-guard.ts'
import { anyTenant } from '../support/cast.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, RIVAL, world } from '../support/world.ts'

async function guarded(t: Parameters<typeof world>[0]) {
  const { path } = await world(t)
  const db = openDatabase(path)
  t.teardown(() => db.close())
  return (db as unknown as Kysely<Schema>).withPlugin(scopeGuard)
}

const ACME_ONLY: Scope = { allow: [branchOf('/1/3/')], deny: [] }
const ACME_BUT_LEEDS: Scope = { allow: [branchOf('/1/3/')], deny: [branchOf('/1/3/4/')] }

const namesIn = preparedInScope((db, scope: Scope, { least }: { least: number }) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where(inScope(scope, 'tenant.path'))
    .where('id', '>=', least)
    .orderBy('id'),
)

t.test('a scope admits what is allowed above and not denied above', async (t) => {
  const db = await guarded(t)
  const ids = async (scope: Scope, least = 1) =>
    (await namesIn(db, scope, { least })).map(({ id }) => id)
  t.same(await ids(WHOLE_TREE), [1, NORTHWIND, ACME, ACME_LEEDS, ACME_LEGAL, RIVAL])
  t.same(await ids(ACME_ONLY), [ACME, ACME_LEEDS, ACME_LEGAL])
  t.same(await ids(ACME_ONLY, ACME_LEEDS), [ACME_LEEDS, ACME_LEGAL])
  t.same(await ids(ACME_BUT_LEEDS), [ACME])
  t.same(await ids({ allow: [branchOf('/1/6/'), branchOf('/1/3/4/')], deny: [] }), [
    ACME_LEEDS,
    ACME_LEGAL,
    RIVAL,
  ])
  t.same(await ids({ allow: [], deny: [] }), [])
})

t.test('a query that is confined to a tenant finds what is of that tenant alone', async (t) => {
  const db = await guarded(t)
  const people = (id: number) =>
    db
      .selectFrom('person')
      .select('name')
      .where(ofTenant('person.tenant_id', anyTenant(id)))
      .execute()
  t.same(await people(NORTHWIND), [{ name: 'Alice Moore' }])
  t.same(await people(ACME), [])
})

t.test('T7: a query that nothing confines does not run', async (t) => {
  const db = await guarded(t)
  const open = [
    () => db.selectFrom('person').selectAll(),
    () => db.selectFrom('person as p').select('p.id').where('p.tenant_id', '=', ACME),
    () =>
      db.selectFrom('session').innerJoin('person', 'person.id', 'session.person_id').selectAll(),
    () =>
      db
        .selectFrom('tenant')
        .innerJoin('person', 'person.id', 'tenant.id')
        .where(inScope(ACME_ONLY, 'tenant.path'))
        .selectAll('person'),
    () =>
      db
        .selectFrom('person')
        .where((eb) => eb.or([inScope(ACME_ONLY, 'person.tenant_id'), eb('id', '=', 1)]))
        .selectAll(),
    () =>
      db
        .with('p', (cte) => cte.selectFrom('person').selectAll())
        .selectFrom('p')
        .selectAll(),
    () => db.selectFrom('role').select((eb) => eb.selectFrom('person').select('id').as('id')),
    () => db.selectFrom('role').select(sql`(select name from person)`.as('name')),
    // The join asks it of the tenant only: everybody would be found, of most without a tenant.
    () =>
      db
        .selectFrom('person')
        .leftJoin('tenant', (join) =>
          join.onRef('tenant.id', '=', 'person.tenant_id').on(inScope(ACME_ONLY, 'tenant.path')),
        )
        .selectAll('person'),
    () => db.selectFrom('person').where(inScope(ACME_ONLY, 'person.role_id')).selectAll(),
    () =>
      db
        .selectFrom('person')
        .where(ofTenant('person.id', anyTenant(ACME)))
        .selectAll(),
    () =>
      db
        .selectFrom('tenant')
        .where(ofTenant('tenant.id', anyTenant(ACME)))
        .select((eb) => eb.selectFrom('person as tenant').select('tenant.id').as('id')),
    () => db.deleteFrom('exemption').where('id', '=', 1),
    () => db.updateTable('person').set({ name: 'x' }).where('id', '=', 1),
  ]
  for (const query of open)
    await t.rejects(async () => query().execute(), { message: /confines|names the table/ })
})

t.test('T7: what is confined runs, and so does what has the same tenant as that', async (t) => {
  const db = await guarded(t)
  const acme = anyTenant(ACME)
  const confined = [
    () => db.selectFrom('person').where(inScope(ACME_ONLY, 'person.tenant_id')).selectAll(),
    () => db.selectFrom('person as p').where(ofTenant('p.tenant_id', acme)).selectAll(),
    () =>
      db
        .selectFrom('person')
        .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
        .where(inScope(ACME_ONLY, 'tenant.path'))
        .selectAll('person'),
    () =>
      db
        .selectFrom('tenant')
        .where(ofTenant('tenant.id', acme))
        .select((eb) =>
          eb
            .selectFrom('person')
            .whereRef('person.tenant_id', '=', 'tenant.id')
            .select((count) => count.fn.countAll().as('n'))
            .as('people'),
        ),
    () => db.selectFrom('role').selectAll(),
  ]
  for (const query of confined) await t.resolves(async () => void (await query().execute()))
  await t.resolves(everyTenant(db).selectFrom('person').selectAll().execute())
})

t.test('T7: what a person asks to see is no bound on what they may see', async (t) => {
  const db = await guarded(t)
  const everybody = () => db.selectFrom('person').select('person.id')
  const filter = filterByTop({ allow: [branchOf('/1/3/')], deny: [] }, 'person')
  await t.rejects(async () => everybody().where(filter).execute(), /nothing confines "person"/)
  await t.resolves(everybody().where(filter).where(inScopeByTop(WHOLE_TREE, 'person')).execute())
})

t.test(
  'T7: an insert that changes what is there keeps to the tenant, or does not run',
  async (t) => {
    const { db: whole, actor } = await world(t)
    const adding = (tx: Tx) =>
      tx.insertInto('tag').values({
        id: 1,
        tenant_id: anyTenant(ACME),
        name: 'VIP',
        name_key: 'vip',
        color: 'blue',
        description: '',
      })
    const run = (write: (tx: Tx) => Promise<unknown>) => operation(whole, actor, 'test.tag', write)
    const name = { name: 'Other' }
    const open = [
      (tx: Tx) =>
        adding(tx)
          .onConflict((oc) => oc.column('id').doUpdateSet(name))
          .execute(),
      (tx: Tx) => adding(tx).orReplace().execute(),
    ]
    for (const write of open) await t.rejects(run(write), /nothing confines what an insert/)
    const confined = [
      (tx: Tx) => adding(tx).execute(),
      (tx: Tx) =>
        adding(tx)
          .onConflict((oc) => oc.doNothing())
          .execute(),
      (tx: Tx) =>
        adding(tx)
          .onConflict((oc) => oc.columns(['tenant_id', 'name_key']).doUpdateSet(name))
          .execute(),
      (tx: Tx) =>
        adding(tx)
          .onConflict((oc) =>
            oc
              .column('id')
              .doUpdateSet(name)
              .where(ofTenant('tag.tenant_id', anyTenant(ACME))),
          )
          .execute(),
    ]
    for (const write of confined) await t.resolves(run(write))
  },
)
