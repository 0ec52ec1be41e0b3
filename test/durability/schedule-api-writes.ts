import { addComputer } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

const create = async (here: World) => String(await addSchedule(here, ACME))

async function createCovering(here: World) {
  await addComputer(here, ACME, { name: 'Reception' })
  return create(here)
}

async function createDeleted(here: World) {
  const id = await create(here)
  await here.api.delete(`/schedules/${id}`)
  return id
}

async function createRunning(here: World) {
  const id = await createCovering(here)
  await here.api.post(`/schedules/${id}/runs`, {})
  return id
}

const standing = (id: string) => `/tenants/${ACME_LEEDS}/schedules/${id}`

async function createOverridden(here: World) {
  const id = await create(here)
  await here.api.put(standing(id), { form: 'off' })
  return id
}

/** What programs send to change schedules, and what these do. */
export const scheduleApiWrites: Record<string, Write> = {
  'POST /api/v1/schedules/forecast': {
    operations: 0,
    send: ({ api }) =>
      api.post('/schedules/forecast', {
        name: 'Nightly',
        tenant_id: ACME,
        rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
        window_minutes: 240,
      }),
  },
  'POST /api/v1/schedules': {
    operations: 1,
    send: ({ api }) =>
      api.post('/schedules', {
        name: 'Nightly',
        tenant_id: ACME,
        rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
        window_minutes: 240,
      }),
  },
  'PATCH /api/v1/schedules/:id': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.patch(`/schedules/${id}`, { name: 'Late', state: 'disabled' }),
  },
  'DELETE /api/v1/schedules/:id': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.delete(`/schedules/${id}`),
  },
  'POST /api/v1/schedules/:id/restoration': {
    operations: 1,
    prepare: createDeleted,
    send: ({ api }, id) => api.post(`/schedules/${id}/restoration`),
  },
  'POST /api/v1/schedules/:id/copies': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.post(`/schedules/${id}/copies`),
  },
  'PUT /api/v1/tenants/:id/schedules/:schedule_id': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.put(standing(id), { form: 'off' }),
  },
  'DELETE /api/v1/tenants/:id/schedules/:schedule_id': {
    operations: 1,
    prepare: createOverridden,
    send: ({ api }, id) => api.delete(standing(id)),
  },
  'POST /api/v1/schedules/:id/runs': {
    operations: 1,
    prepare: createCovering,
    send: ({ api }, id) => api.post(`/schedules/${id}/runs`, {}),
  },
  'POST /api/v1/schedules/:id/runs/:run_id/cancellation': {
    operations: 1,
    prepare: createRunning,
    send: ({ api }, id) => api.post(`/schedules/${id}/runs/1/cancellation`, {}),
  },
  'POST /api/v1/sessions/:id/cancellation': {
    operations: 1,
    prepare: createRunning,
    send: ({ api }) => api.post('/sessions/1/cancellation', { reason: 'Not now' }),
  },
}
