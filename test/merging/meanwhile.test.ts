import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { anyTenant } from '../support/cast.ts'
import { textOf } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { draftMerge } from '../support/merging.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

// What others do between the preview of a merge and its end.

const names = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('tenant').select('name').orderBy('id').execute()).map(
    ({ name }) => name,
  )

t.test('of two merges that cross and are confirmed at once, one is done', async (t) => {
  const w = await world(t)
  const [one, other] = [
    await draftMerge(w.alice, [ACME], 'Rival'),
    await draftMerge(w.alice, [RIVAL], 'Acme'),
  ]
  const pages = await Promise.all([
    confirmJob(w.alice, one, { name: 'Acme', reason: '' }),
    confirmJob(w.alice, other, { name: 'Rival', reason: '' }),
  ])
  t.equal(pages.filter((page) => /does not exist any more/.test(textOf(page))).length, 1)
  const left = await names(w)
  t.equal(left.filter((name) => ['Acme', 'Rival'].includes(name)).length, 1)
})

t.test('of two crossing merges asked for by the API at once, one is done', async (t) => {
  const w = await world(t)
  const answers = await Promise.all([
    w.api.post(`/tenants/${RIVAL}/merges`, { sources: [ACME] }),
    w.api.post(`/tenants/${ACME}/merges`, { sources: [RIVAL] }),
  ])
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal((await names(w)).filter((name) => ['Acme', 'Rival'].includes(name)).length, 1)
})

t.test('a destination that was deleted meanwhile stops it', async (t) => {
  const w = await world(t)
  const job = await draftMerge(w.alice, [ACME], 'Rival')
  await operation(w.db, w.actor, 'tenant.delete', (tx) =>
    deleteTenant(tx, w.actor, anyTenant(RIVAL)),
  )
  const page = await confirmJob(w.alice, job, { name: 'Acme', reason: '' })
  t.match(textOf(page), /The destination does not exist any more/)
  t.ok((await names(w)).includes('Acme'))
})

t.test('a destination that came to be below the source meanwhile stops it', async (t) => {
  const w = await world(t)
  const job = await draftMerge(w.alice, [ACME], 'Rival')
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(RIVAL), { parent_id: anyTenant(ACME_LEEDS) }),
  )
  const page = await confirmJob(w.alice, job, { name: 'Acme', reason: '' })
  t.match(textOf(page), /which is below it/)
  t.ok((await names(w)).includes('Acme'))
})
