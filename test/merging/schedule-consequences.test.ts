import t from 'tap'
import { addUser } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { textOf } from '../support/html.ts'
import { lookAt } from '../support/maintenance.ts'
import { draftMerge } from '../support/merging.ts'
import { addSchedule, override } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

// What the preview of a merge says of schedules.

async function previewed({ alice }: World, id: number, fields: Record<string, string> = {}) {
  const job = await draftMerge(alice, [id], 'Rival', fields)
  return textOf((await alice.get(job)).body)
}

t.test('the preview says which schedules come along, and for whom else they are', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  await addSchedule(w, RIVAL)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await addComputers(w, RIVAL, ['THREE', 'FOUR', 'FIVE'])
  const page = await previewed(w, ACME)
  t.match(page, /Schedule Nightly .*Becomes Nightly \(Acme\)/)
  t.match(page, /Schedules for what arrives 0 schedules less, 1 more\./)
  t.match(page, /Maintained anew by Nightly \(Rival\), 2 computers/)
  t.match(page, /Schedules for what is at Rival already 0 schedules less, 1 more\./)
  t.match(page, /Maintained anew by Nightly \(Acme\) \(Rival\), 3 computers/)
})

t.test('the preview says which sessions a merge ends', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T09:30' }] })
  await addComputers(w, ACME_LEEDS, ['ONE', 'TWO'])
  for (const at of [START, '2026-11-24T09:30']) await lookAt(w, at)
  const page = await previewed(w, ACME_LEEDS)
  t.match(page, /No longer maintained by Nightly \(Acme\), 2 computers/)
  t.match(page, /Open now Nightly \(Acme\), until .*: 2 sessions that have not started are skipped/)
})

t.test('what the destination decides about an inherited schedule counts', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, 1)
  await override(w, ACME, id, 'off')
  await addComputers(w, ACME, ['ONE'])
  const page = await previewed(w, ACME)
  t.match(page, /for what arrives 0 schedules less, 1 more\./)
  const choice = /schedule-override:\d+/.exec(
    (await w.alice.get(await draftMerge(w.alice, [ACME], 'Rival'))).body,
  )![0]
  const taken = await previewed(w, ACME, { [choice]: 'source' })
  t.match(taken, /for what arrives The same schedules as now\./)
})

t.test('a merge that has nothing to do with schedules says nothing of them', async (t) => {
  const w = await world(t)
  await addUser(w, ACME, 'Ada', 'technician')
  t.notMatch(await previewed(w, ACME), /Schedules for/)
})
