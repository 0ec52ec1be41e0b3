import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { operation } from '../../src/db/operation.ts'
import { addGroup, members } from '../support/computer-groups.ts'
import { addComputer } from '../support/computers.ts'
import { merge } from '../support/merging.ts'
import { personRow } from '../support/person.ts'
import { readState } from '../support/rows.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

const addPerson = ({ db, actor }: World) =>
  operation(db, actor, 'test.person', async (tx) => {
    const added = tx.insertInto('person').values(personRow(ACME, 'Ann', 'ann@acme.example'))
    return (await added.returning('id').executeTakeFirstOrThrow()).id
  })

for (const [what, twin] of [
  ['moved', null],
  ['became one with another', 'vip'],
] as const)
  t.test(`an undo gives back tags that ${what} to whatever carried them`, async (t) => {
    const w = await world(t)
    const tag = await makeTag(w, ACME, 'VIP')
    if (twin) await makeTag(w, RIVAL, twin)
    await tagIt(w, tag, { computer: await addComputer(w, ACME, { name: 'PC-1' }) })
    await tagIt(w, tag, { person: await addPerson(w) })
    await tagIt(w, tag, { tenant: ACME })
    const before = readState(w.db)
    const { operation_id } = await merge(w, [ACME], RIVAL)
    await takeBack(w.db, w.actor, operation_id, null)
    t.same(readState(w.db), before)
  })

t.test('groups that ask for a tag go on to, when it becomes one with another', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, ACME, 'VIP')
  await makeTag(w, RIVAL, 'vip')
  await tagIt(w, tag, { computer: await addComputer(w, ACME, { name: 'PC-1' }) })
  const groups = [
    await addGroup(w, ACME, { tag_id: tag.id }, 'Theirs'),
    await addGroup(w, 1, { tag_id: tag.id }, 'Above'),
  ]
  const { operation_id } = await merge(w, [ACME], RIVAL)
  for (const id of groups) t.same(await members(w, id), ['PC-1'])
  await takeBack(w.db, w.actor, operation_id, null)
  for (const id of groups) t.same(await members(w, id), ['PC-1'])
})
