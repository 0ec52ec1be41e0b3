import t from 'tap'
import { textOf } from '../support/html.ts'
import { foresee, merge } from '../support/merging.ts'
import { personRow } from '../support/person.ts'
import { operation } from '../../src/db/operation.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const CHECK_IN = 'agent.check_in_interval_seconds'

const set = ({ db, actor }: World, id: number, value: number) =>
  operation(db, actor, 'test.set', (tx) => setAt(tx, id, CHECK_IN, { form: { value }, lock: null }))

const recordOf = async ({ alice }: World, id: number) =>
  textOf((await alice.get(`/merges/${id}`)).body)

t.test('the record says what was done, not what could have been chosen', async (t) => {
  const w = await world(t)
  await set(w, ACME, 60)
  const { id } = await merge(w, [ACME], RIVAL)
  const record = await recordOf(w, id)
  t.match(record, /Preferences 1 Gone with the source/)
  t.match(record, /Child tenants \d+ Moved, with all below/)
  t.notMatch(record, /unless/)
})

t.test('where somebody chose otherwise, the record says that', async (t) => {
  const w = await world(t)
  await set(w, ACME, 60)
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  const conflict = conflicts.find(({ id }) => id.startsWith('preference:'))
  const { id } = await merge(w, [ACME], RIVAL, { choices: { [conflict!.id]: 'source' } })
  t.match(await recordOf(w, id), /Preferences 1 Set at the destination/)
})

t.test('where several sources went different ways, the record counts each way', async (t) => {
  const w = await world(t)
  await set(w, ACME, 60)
  await set(w, ACME_LEEDS, 90)
  const { conflicts } = await foresee(w, [ACME, ACME_LEEDS], RIVAL)
  const taken = conflicts.find(({ id }) => id.startsWith('preference:'))
  const choices = { [taken!.id]: 'source' }
  const { id } = await merge(w, [ACME, ACME_LEEDS], RIVAL, { choices })
  const words = /Preferences 2 1 set at the destination; 1 gone with the source/
  t.match(await recordOf(w, id), words)
})

t.test('the record tells of people who were united', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'test.person', async (tx) => {
    for (const tenant of [ACME, RIVAL])
      await tx
        .insertInto('person')
        .values(personRow(tenant, 'Ann', 'ann@x.example'))
        .execute()
  })
  const { id } = await merge(w, [ACME], RIVAL)
  t.match(await recordOf(w, id), /United with somebody of the same address/)
})
