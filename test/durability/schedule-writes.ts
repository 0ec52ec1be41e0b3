import { addComputer } from '../support/computers.ts'
import { scheduleFields } from '../support/schedule-form.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

const create = async (here: World) => String(await addSchedule(here, ACME))

async function createCovering(here: World) {
  await addComputer(here, ACME, { name: 'Reception' })
  return create(here)
}

/** What a form sends to change schedules. */
export const scheduleWrites: Record<string, Write> = {
  'POST /schedules': {
    operations: 1,
    send: ({ alice }) => alice.post('/schedules', { ...scheduleFields, tenant: 'Acme' }),
  },
  'POST /schedules/:id/edit': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) =>
      alice.post(`/schedules/${id}/edit`, { ...scheduleFields, version: '1' }),
  },
  'POST /schedules/:id/state': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) => alice.post(`/schedules/${id}/state`, { state: 'disabled' }),
  },
  'POST /schedules/:id/copies': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) => alice.post(`/schedules/${id}/copies`),
  },
  'POST /schedules/:id/deletion': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) => alice.post(`/schedules/${id}/deletion`),
  },
  'POST /schedules/:id/runs': {
    operations: 1,
    prepare: createCovering,
    send: ({ alice }, id) => alice.post(`/schedules/${id}/runs`, { reason: 'Now' }),
  },
  // What is to be done is only noted, until it is started.
  'POST /schedules/batches': {
    operations: 0,
    prepare: create,
    send: ({ alice }, id) => alice.post('/schedules/batches', { action: 'disable', ids: id }),
  },
  'POST /tenants/:id/schedules/:schedule_id': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) =>
      alice.post(`/tenants/${ACME_LEEDS}/schedules/${id}`, { choice: 'off', version: '0' }),
  },
}
