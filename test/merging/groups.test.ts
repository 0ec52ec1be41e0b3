import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { currentActor } from '../../src/access/current-actor.ts'
import { addUser, anyTenant } from '../support/cast.ts'
import { addGroup, members } from '../support/computer-groups.ts'
import { addComputers } from '../support/computers.ts'
import { foresee, merge } from '../support/merging.ts'
import { readState } from '../support/rows.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

// Groups of computers whose filter names what is merged.

const WHAT = 'Groups of computers elsewhere that name it'

t.test('a group elsewhere that names the source names the destination, and back', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC'])
  const id = await addGroup(w, 1, { tenant_id: ACME, without_children: true })
  const before = readState(w.db)
  t.match((await foresee(w, [ACME], RIVAL)).counts, [
    { what: 'Computers' },
    { what: WHAT, number: 1 },
  ])
  const { operation_id } = await merge(w, [ACME], RIVAL)
  t.strictSame(await members(w, id), ['PC'])
  t.match((await w.api.get(`/computer-groups/${id}`)).json(), {
    problem: null,
    filter: { tenant_id: RIVAL, without_children: true },
  })
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test('a group of one source that names another one follows, and back', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME_LEEDS, ['PC'])
  const tag = await makeTag(w, ACME_LEEDS, 'Tills')
  await makeTag(w, RIVAL, 'tills')
  await tagIt(w, tag, { tenant: ACME_LEEDS })
  const by_tenant = await addGroup(w, ACME, { tenant_id: ACME_LEEDS }, 'By tenant')
  const by_tag = await addGroup(w, ACME, { tag_id: tag.id }, 'By tag')
  const before = readState(w.db)
  const { operation_id } = await merge(w, [ACME, ACME_LEEDS], RIVAL)
  for (const id of [by_tenant, by_tag])
    t.match((await w.api.get(`/computer-groups/${id}`)).json(), { tenant_id: RIVAL, problem: null })
  t.strictSame(await members(w, by_tenant), ['PC'])
  await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
})

t.test('a group that names a tag which becomes one with another names that', async (t) => {
  const w = await world(t)
  const [mine, theirs] = [await makeTag(w, ACME, 'Tills'), await makeTag(w, RIVAL, 'tills')]
  const id = await addGroup(w, 1, { tag_id: mine.id })
  await merge(w, [ACME], RIVAL)
  t.match((await w.api.get(`/computer-groups/${id}`)).json().filter, { tag_id: theirs.id })
})

t.test('a group that whoever merges may not change stays, and says why it is empty', async (t) => {
  const w = await world(t)
  const { person_id } = await addUser(w, ACME, 'Ada', 'administrator')
  const id = await addGroup(w, 1, { tenant_id: ACME_LEEDS })
  const actor = await currentActor(w.db, w.db.now(), { ...w.actor, person_id })
  const { counts } = await merge({ ...w, actor }, [ACME_LEEDS], ACME)
  t.notOk(
    counts.some(({ what }) => what.includes(WHAT)),
    'of what they do not see, nothing is told',
  )
  t.match((await w.api.get(`/computer-groups/${id}`)).json().problem, /has been deleted/)
})

t.test('a group that does not reach the destination stays, and the preview says so', async (t) => {
  const w = await world(t)
  const { id: partner } = (await w.api.post('/tenants', { name: 'Partner' })).json()
  await operation(w.db, w.actor, 'test.move', (tx) =>
    updateTenant(tx, anyTenant(ACME), { parent_id: anyTenant(partner) }),
  )
  const id = await addGroup(w, partner, { tenant_id: ACME })
  const { counts } = await foresee(w, [ACME], RIVAL)
  const left = counts.find(({ what }) => what.startsWith(WHAT))
  t.match(left, { number: 1, becomes: /no members any more/ })
  await merge(w, [ACME], RIVAL)
  t.match((await w.api.get(`/computer-groups/${id}`)).json().problem, /has been deleted/)
})
