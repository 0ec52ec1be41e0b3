import { operation } from '../../src/db/operation.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { addComputers } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

/** Opens the first window there is, with the first session. */
async function openWindow(here: World) {
  await addComputers(here, ACME, ['Reception'])
  const id = await addSchedule(here, ACME)
  await operation(here.db, here.actor, 'schedule.run', (tx) => runNow(tx, here.actor, id, ''))
  return '1'
}

async function makeFeed({ alice }: World) {
  await alice.post(`/tenants/${ACME}/calendar/feeds`, {})
  return '1'
}

/** What is written about maintenance that runs. */
export const maintenanceWrites: Record<string, Write> = {
  'POST /windows/:id/cancellation': {
    operations: 1,
    prepare: openWindow,
    send: ({ alice }, id) => alice.post(`/windows/${id}/cancellation`, { reason: 'Storm' }),
  },
  'POST /sessions/batches': {
    operations: 0,
    prepare: openWindow,
    send: ({ alice }, id) => alice.post('/sessions/batches', { action: 'cancel', ids: id }),
  },
  'POST /tenants/:id/calendar/feeds': {
    operations: 1,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/calendar/feeds`, {}),
  },
  'POST /tenants/:id/calendar/feeds/:feed_id/revocation': {
    operations: 1,
    prepare: makeFeed,
    send: ({ alice }, id) => alice.post(`/tenants/${ACME}/calendar/feeds/${id}/revocation`, {}),
  },
  'POST /sessions/:id/cancellation': {
    operations: 1,
    prepare: openWindow,
    send: ({ alice }, id) => alice.post(`/sessions/${id}/cancellation`, { reason: 'In use' }),
  },
}
