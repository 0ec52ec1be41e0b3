import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { Conflict, Invalid } from '../../src/errors.ts'
import { withRefusal } from '../../src/tenants/refusal.ts'
import { freshForm } from '../../src/web/form.ts'
import { ACME, world } from '../support/world.ts'

const form = freshForm({ name: 'York' })

t.test('puts the messages of a refusal at the fields of the form', async (t) => {
  const { values, errors } = withRefusal(form, new Invalid({ name: 'Taken.', parent_id: 'Full.' }))
  t.same(values, { name: 'York' })
  t.same(errors, { name: 'Taken.', parent: 'Full.' })
})

t.test('puts what somebody faster took at the field that names it', async (t) => {
  const { db, actor } = await world(t)
  const insert = async (name_key: string, slug: string) => {
    try {
      await operation(db, actor, 'tenant.create', (tx) =>
        tx
          .insertInto('tenant')
          .values({ parent_id: ACME, kind: 'client', name: 'X', sort_key: 'x', name_key, slug })
          .execute(),
      )
    } catch (error) {
      return Object.keys(withRefusal(form, error).errors)
    }
    return []
  }
  t.same(await insert('leeds office', 'free'), ['name'])
  t.same(await insert('free', 'rival'), ['slug'])
  t.same(await insert('free', 'free'), [])
})

t.test('throws on what is no refusal', async (t) => {
  for (const error of [new Conflict('later'), new Error('broken'), 'broken'])
    t.throws(() => withRefusal(form, error))
})
