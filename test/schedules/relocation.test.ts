import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { paced } from '../../src/pace.ts'
import { setScheduleState } from '../../src/schedules/commands.ts'
import { schedulesOfMovedComputers } from '../../src/schedules/relocation.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, world } from '../support/world.ts'

t.test('says which schedules computers lose and gain when they move', async (t) => {
  const w = await world(t)
  await addSchedule(w, 1, { name: 'Everywhere' })
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  const off = await addSchedule(w, RIVAL, { name: 'Off' })
  await operation(w.db, w.actor, 'schedule.disable', (tx) =>
    setScheduleState(tx, w.actor, off, 'disabled'),
  )
  const computers = [{ tenant_id: ACME }, { tenant_id: ACME_LEEDS }]
  const move = { computers, tenant_id: RIVAL }
  t.match(await schedulesOfMovedComputers.foresee(w.db, w.actor, move, paced()), {
    note: '1 schedule less, 1 more.',
    rows: [
      { name: 'No longer maintained by', lines: ['Of Acme, 2 computers'] },
      { name: 'Maintained anew by', lines: ['Of Rival, 2 computers'] },
    ],
  })
  const within = { computers: [{ tenant_id: ACME }], tenant_id: ACME_LEEDS }
  t.equal(await schedulesOfMovedComputers.foresee(w.db, w.actor, within, paced()), null)
})
