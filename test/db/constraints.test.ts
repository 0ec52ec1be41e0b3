import t from 'tap'
import { takenColumns } from '../../src/db/constraints.ts'
import { operation } from '../../src/db/operation.ts'
import { ACME, world, type World } from '../support/world.ts'

const row = { parent_id: ACME, kind: 'client', name: 'X', sort_key: 'x' } as const

const failure = ({ db, actor }: World, columns: { name_key: string; slug: string }) =>
  operation(db, actor, 'tenant.create', (tx) =>
    tx
      .insertInto('tenant')
      .values({ ...row, ...columns })
      .execute(),
  ).then(
    () => undefined,
    (error: unknown) => error,
  )

t.test('tells which columns a write found taken', async (t) => {
  const w = await world(t)
  const of = async (name_key: string, slug: string) =>
    takenColumns(await failure(w, { name_key, slug }))
  t.same(await of('free', 'rival'), ['slug'])
  t.same(await of('leeds office', 'free'), ['parent_id', 'name_key'])
})

t.test('says nothing of other failures', async (t) => {
  const w = await world(t)
  t.equal(takenColumns(await failure(w, { name_key: 'free', slug: '' })), undefined)
  t.equal(takenColumns(new Error('UNIQUE constraint failed: tenant.slug')), undefined)
  t.equal(takenColumns('UNIQUE'), undefined)
})
