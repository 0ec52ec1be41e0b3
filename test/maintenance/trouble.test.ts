import t, { type Test } from 'tap'
import { operation, system } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { type Log, look, scheduler } from '../../src/maintenance/scheduler.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, START, type World, world } from '../support/world.ts'

const DUE = '2026-11-24T22:00:00.000Z'

/** A world with some schedules of one computer, and what the scheduler says of them. */
async function manySchedules(t: Test) {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const ids: number[] = []
  for (const name of ['A', 'B', 'C', 'D', 'E']) ids.push(await addSchedule(w, ACME, { name }))
  const failed: number[] = []
  const log: Log = { moved() {}, trouble: (_, id) => failed.push(id ?? 0) }
  const lookAt = async (now: string) => {
    failed.length = 0
    w.clock.now = now
    await look(w.db, { log })
    return failed
  }
  return { w, ids, lookAt, log }
}

const write = ({ db, actor }: World, id: number, values: { rules?: string; options?: string }) =>
  operation(db, actor, 'test.change', (tx) =>
    everyTenantTx(tx).updateTable('schedule').set(values).where('id', '=', id).execute(),
  )

const setZone = ({ db }: World, id: number, zone: string) =>
  system(db, (tx) =>
    tx.updateTable('next_window').set({ zone }).where('schedule_id', '=', id).execute(),
  )

const opened = async (w: World) => (await listWindows(w)).map(({ schedule_id }) => schedule_id)

t.test('a schedule that cannot be planned holds up no other', async (t) => {
  const { w, ids, lookAt } = await manySchedules(t)
  const broken = ids[2]!
  await write(w, broken, { rules: '[{"rrule":"FREQ=SOMETIMES","start":"2026-11-24T22:00"}]' })
  t.same(await lookAt(START), [broken])
  t.same(await lookAt(DUE), [broken])
  t.same(
    await opened(w),
    ids.filter((id) => id !== broken),
  )
})

t.test('windows that cannot be opened hold up no other, and are tried again', async (t) => {
  const { w, ids, lookAt } = await manySchedules(t)
  const [, second, , fourth] = ids as [number, number, number, number, number]
  await lookAt(START)
  await setZone(w, second, 'Mars/Base')
  await write(w, fourth, { options: '{' })
  t.same(await lookAt(DUE), [second, fourth])
  t.equal((await listSessions(w)).length, 3)
  t.same(await lookAt('2026-11-24T22:00:01.000Z'), [second, fourth])
  await setZone(w, second, 'UTC')
  await write(w, fourth, { options: '{}' })
  t.same(await lookAt('2026-11-24T22:00:02.000Z'), [])
  t.same((await opened(w)).sort(), ids)
})

t.test('the scheduler tells of what it cannot open, and opens the rest', async (t) => {
  const { w, ids, log } = await manySchedules(t)
  await look(w.db, { log })
  await setZone(w, ids[0]!, 'Mars/Base')
  w.clock.now = DUE
  const told = Promise.withResolvers<number | undefined>()
  const working = scheduler(w.db, { moved() {}, trouble: (_, id) => told.resolve(id) })
  // The scheduler alone keeps no process alive.
  const alive = setInterval(() => {}, 1000)
  working.start()
  t.equal(await told.promise, ids[0])
  await working.stop()
  clearInterval(alive)
  t.same(await opened(w), ids.slice(1))
})
