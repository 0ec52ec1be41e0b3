import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { addGroup } from '../support/computer-groups.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

// What a schedule is for was deleted, or went away: its page says so, and so does the window.

const textOf = async ({ alice }: World, id: number) =>
  mainText((await alice.get(`/schedules/${id}`)).body)

async function succeed(answer: ReturnType<World['api']['post']>) {
  const { statusCode, body } = await answer
  if (statusCode >= 400) throw new Error(body)
}

async function undoLast({ api, db, actor }: World) {
  const [last] = (await api.get('/operations?limit=1')).json().operations
  return takeBack(db, actor, last.id, null)
}

/** Looks when the next window is due, and returns the last that was recorded. */
async function windowAt(w: World, day: string) {
  await lookAt(w, `${day}T22:00`)
  return (await listWindows(w)).at(-1)
}

t.test('a schedule whose tag was deleted says so, until that is undone', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const tag = await makeTag(w, ACME, 'Kiosk')
  await tagIt(w, tag, { computer: one! })
  const id = await addSchedule(w, ACME, { target: 'tag', target_tag_id: tag.id })
  await lookAt(w, START)
  await succeed(w.alice.post(`/tags/${tag.id}/deletion`))
  t.match(await textOf(w, id), /its tag was deleted\. It covers no computer until/)
  const reason = 'The tag that it is for has been deleted.'
  t.match(await windowAt(w, '2026-11-24'), { state: 'skipped', reason })
  await undoLast(w)
  t.match(await getSchedule(w.db, w.actor, id), { target_tag_id: tag.id })
  t.match(await windowAt(w, '2026-11-25'), { state: 'open' })
  t.match(await listSessions(w), [{ computer_id: one }])
})

t.test('a group that schedules are for stays; one of a deleted schedule goes', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const group = await addGroup(w, ACME, {}, 'Tills')
  const id = await addSchedule(w, ACME, { target: 'group', target_group_id: group })
  await lookAt(w, START)
  t.equal((await w.api.delete(`/computer-groups/${group}`)).statusCode, 409)
  await succeed(w.api.delete(`/schedules/${id}`))
  await succeed(w.api.delete(`/computer-groups/${group}`))
  await succeed(w.api.post(`/schedules/${id}/restoration`))
  await succeed(w.api.patch(`/schedules/${id}`, { state: 'enabled' }))
  t.match(await textOf(w, id), /its group was deleted\. It covers no computer until/)
  const reason = 'The group that it is for has been deleted.'
  t.match(await windowAt(w, '2026-11-24'), { state: 'skipped', reason })
})

t.test('the deletion of a group is undone with what was for it', async (t) => {
  const w = await world(t)
  const group = await addGroup(w, ACME, {}, 'Tills')
  const id = await addSchedule(w, ACME, { target: 'group', target_group_id: group })
  await succeed(w.api.delete(`/schedules/${id}`))
  await succeed(w.api.delete(`/computer-groups/${group}`))
  await undoLast(w)
  await succeed(w.api.post(`/schedules/${id}/restoration`))
  t.match(await getSchedule(w.db, w.actor, id), { target_group_id: group })
  t.match(await textOf(w, id), /Computers in the group Tills/)
})

t.test('chosen computers that were deleted or went away are marked as such', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME_LEEDS, ['ONE', 'TWO', 'THREE'])
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: ids })
  await succeed(w.api.delete(`/computers/${ids[0]}`))
  await succeed(
    w.api.post('/computers/batch', {
      action: 'change_tenant',
      ids: [ids[1]],
      tenant_id: RIVAL,
    }),
  )
  t.match(
    await textOf(w, id),
    /1 computer now Chosen ONE \(deleted\) , TWO \(now at Rival, out of reach\) , THREE Det/,
  )
})

t.test('a window says when the chosen computers were deleted, until they are back', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: [one!] })
  await lookAt(w, START)
  await succeed(w.api.delete(`/computers/${one}`))
  t.match(await textOf(w, id), /computers that it is for have been deleted\. It covers no computer/)
  const reason = 'The computers that it is for have been deleted.'
  t.match(await windowAt(w, '2026-11-24'), { state: 'skipped', reason })
  await succeed(w.api.post(`/computers/${one}/restoration`))
  t.match(await windowAt(w, '2026-11-25'), { state: 'open' })
})

t.test('a window says when what it is for went elsewhere', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const tag = await makeTag(w, ACME, 'Kiosk')
  await addSchedule(w, ACME, { target: 'computers', computer_ids: [one!] })
  const tagged = await addSchedule(w, ACME_LEEDS, { target: 'tag', target_tag_id: tag.id })
  await lookAt(w, START)
  await succeed(
    w.api.post('/computers/batch', { action: 'change_tenant', ids: [one], tenant_id: RIVAL }),
  )
  await succeed(w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL }))
  t.match(await textOf(w, tagged), /the tag of another tenant\. It covers no computer/)
  await lookAt(w, '2026-11-24T22:00')
  t.match(await listWindows(w), [
    {
      state: 'skipped',
      reason: 'The computers that it is for are at tenants that it does not reach.',
    },
    {
      state: 'skipped',
      reason: 'The tag that it is for is not of this tenant, nor of one above it.',
    },
  ])
})
