import { accessWrites } from './access-writes.ts'
import { computerWrites } from './computer-writes.ts'
import { scheduleApiWrites } from './schedule-api-writes.ts'
import { scheduleWrites } from './schedule-writes.ts'
import { maintenanceWrites } from './maintenance-writes.ts'
import { mergingWrites } from './merging-writes.ts'
import { accountWrites, type Write } from './account-writes.ts'
import { upload } from '../support/jobs.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World } from '../support/world.ts'
import { signOnWrites } from './sign-on-writes.ts'
import { tagWrites } from './tag-writes.ts'

const KEY = 'agent.check_in_interval_seconds'
const PREFERENCE = `/tenants/${ACME}/preferences/${KEY}`
const LEGAL_PREFERENCE = `/tenants/${ACME_LEGAL}/preferences/${KEY}`

const exemption = {
  key: KEY,
  lock_tenant_id: ACME,
  reason: 'Kiosk',
  ticket: 'T-7',
  expires_at: '2026-12-24T09:00:00.000Z',
}

async function lock({ api }: World) {
  await api.put(PREFERENCE, { value: 600, lock: 'fixed' })
  return ''
}

/** The id of an operation that can be taken back. */
async function lockedByOperation(here: World) {
  await lock(here)
  const { id } = await here.db
    .selectFrom('operation')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  return String(id)
}

async function exempt(here: World) {
  await lock(here)
  const granted = await here.api.post(`/tenants/${ACME_LEGAL}/exemptions`, exemption)
  return String(granted.json().id)
}

/** Selects a tenant for something to be done with it, and returns the address of the draft. */
const draft = (action: string) => async (here: World) => {
  const answer = await here.alice.post('/tenants/batches', { action, ids: String(RIVAL) })
  return String(answer.headers.location)
}

const edited = {
  version: '1',
  name: 'York office',
  parent: 'Acme',
  kind: 'branch_office',
  slug: 'acme-leeds',
  description: '',
  active: 'on',
}

const person = { name: 'Zoe', email: 'zoe@acme.example', role: '3', tenant: 'Acme' }
const named = { name: 'Important', color: 'red', description: '' }
const tag = { ...named, tenant: 'All tenants' }

async function createPerson({ alice }: World) {
  const { headers } = await alice.post('/people', person)
  return String(headers.location).split('/').pop()!
}

/**
 * One request for each route that may write, which it accepts, and how many operations come of it.
 * A route that is missing here fails the test, so whoever adds a route adds its line.
 */
export const writes: Record<string, Write> = {
  ...accountWrites,
  ...signOnWrites,
  ...accessWrites,
  ...computerWrites,
  ...scheduleWrites,
  ...maintenanceWrites,
  ...mergingWrites,
  ...scheduleApiWrites,

  'POST /people': {
    operations: 1,
    send: ({ alice }) => alice.post('/people', person),
  },
  'POST /people/batches': {
    operations: 0,
    prepare: createPerson,
    send: ({ alice }, ids) => alice.post('/people/batches', { action: 'deactivate', ids }),
  },
  'POST /people/import': {
    operations: 0,
    send: ({ alice }) => upload(alice, '/people/import', 'email,name\na@b.example,Ann\n'),
  },
  'POST /people/:id/edit': {
    operations: 1,
    prepare: createPerson,
    send: ({ alice }, id) =>
      alice.post(`/people/${id}/edit`, { ...person, name: 'Zoe B', version: '1' }),
  },
  'POST /people/:id/deactivation': {
    operations: 1,
    prepare: createPerson,
    send: ({ alice }, id) => alice.post(`/people/${id}/deactivation`),
  },
  'POST /people/:id/activation': {
    operations: 1,
    prepare: async (here) => {
      const id = await createPerson(here)
      await here.alice.post(`/people/${id}/deactivation`)
      return id
    },
    send: ({ alice }, id) => alice.post(`/people/${id}/activation`),
  },
  'POST /people/:id/deletion': {
    operations: 1,
    prepare: createPerson,
    send: ({ alice }, id) => alice.post(`/people/${id}/deletion`),
  },
  'POST /people/:id/invitations': {
    operations: 1,
    prepare: createPerson,
    send: ({ alice }, id) => alice.post(`/people/${id}/invitations`),
  },
  'POST /invitations/:secret': {
    operations: 1,
    prepare: async (here) => {
      const { body } = await here.alice.post(`/people/${await createPerson(here)}/invitations`)
      return /\/invitations\/[\w-]+/.exec(body)![0]
    },
    send: ({ anonymous }, path) =>
      anonymous.post(path, { password: 'purple tractor window seven' }),
  },
  'POST /people/:id/tags': {
    operations: 1,
    prepare: async (here) => {
      await here.alice.post('/tags', tag)
      return createPerson(here)
    },
    send: ({ alice }, id) => alice.post(`/people/${id}/tags`, { tag: '1' }),
  },
  'POST /people/:id/tags/removal': {
    operations: 1,
    prepare: async (here) => {
      await here.alice.post('/tags', tag)
      const id = await createPerson(here)
      await here.alice.post(`/people/${id}/tags`, { tag: '1' })
      return id
    },
    send: ({ alice }, id) => alice.post(`/people/${id}/tags/removal`, { tag: '1' }),
  },
  ...tagWrites,
  'POST /tenants': {
    operations: 1,
    send: ({ alice }) =>
      alice.post('/tenants', {
        name: 'Paris',
        parent: 'Acme',
        kind: 'location',
        slug: '',
        description: '',
      }),
  },
  'POST /tenants/:id/edit': {
    operations: 1,
    send: ({ alice }) => alice.post(`/tenants/${ACME_LEEDS}/edit`, edited),
  },
  // What is to be done is only noted, until it is started.
  'POST /tenants/batches': {
    operations: 0,
    send: ({ alice }) => alice.post('/tenants/batches', { action: 'deactivate', ids: `${RIVAL}` }),
  },
  'POST /tenants/import': {
    operations: 0,
    send: ({ alice }) => upload(alice, '/tenants/import', 'name\nParis\n'),
  },
  'POST /jobs/:id/draft': {
    operations: 0,
    prepare: draft('set_parent'),
    send: ({ alice }, job) => alice.post(`${job}/draft`, { parent: 'Acme' }),
  },
  'POST /jobs/:id/start': {
    operations: 1,
    prepare: draft('deactivate'),
    async send({ alice }, job) {
      const answer = await alice.post(`${job}/start`, { reason: '' })
      await alice.get(`${job}/events`)
      return answer
    },
  },
  'POST /jobs/:id/cancel': {
    operations: 0,
    prepare: draft('deactivate'),
    send: ({ alice }, job) => alice.post(`${job}/cancel`),
  },

  'POST /tenants/:id/preferences/:key': {
    operations: 1,
    send: ({ alice }) =>
      alice.post(LEGAL_PREFERENCE, { choice: 'own', value: '60', lock: 'none', version: '0' }),
  },
  'POST /tenants/:id/preferences/:key/exemption': {
    operations: 1,
    prepare: lock,
    send: ({ alice }) =>
      alice.post(`${LEGAL_PREFERENCE}/exemption`, { reason: 'Kiosk', ticket: '', lasts: '7' }),
  },
  'POST /tenants/:id/exemptions/:exemption_id/withdrawal': {
    operations: 1,
    prepare: exempt,
    send: ({ alice }, id) => alice.post(`/tenants/${ACME_LEGAL}/exemptions/${id}/withdrawal`),
  },

  'POST /history/:id/undo': {
    operations: 1,
    prepare: lockedByOperation,
    send: ({ alice }, id) => alice.post(`/history/${id}/undo`, { reason: '' }),
  },
  'POST /api/v1/operations/:id/undo': {
    operations: 1,
    prepare: lockedByOperation,
    send: ({ api }, id) => api.post(`/operations/${id}/undo`, {}),
  },

  'POST /tenants/:id/inheritance': {
    operations: 1,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/inheritance`, { blocks: 'on' }),
  },

  'POST /api/v1/people': {
    operations: 1,
    send: ({ api }) =>
      api.post('/people', { name: 'Zoe', email: 'zoe@acme.example', tenant_id: ACME }),
  },
  'PATCH /api/v1/people/:id': {
    operations: 1,
    prepare: createPerson,
    send: ({ api }, id) => api.patch(`/people/${id}`, { role_id: null }),
  },
  'POST /api/v1/people/:id/invitations': {
    operations: 1,
    prepare: createPerson,
    send: ({ api }, id) => api.post(`/people/${id}/invitations`),
  },
  'DELETE /api/v1/people/:id': {
    operations: 1,
    prepare: createPerson,
    send: ({ api }, id) => api.delete(`/people/${id}`),
  },
  'POST /api/v1/tenants': {
    operations: 1,
    send: ({ api }) => api.post('/tenants', { name: 'Paris', parent_id: ACME }),
  },
  'PATCH /api/v1/tenants/:id': {
    operations: 1,
    send: ({ api }) => api.patch(`/tenants/${RIVAL}`, { blocks_inheritance: true }),
  },
  'DELETE /api/v1/tenants/:id': {
    operations: 1,
    send: ({ api }) => api.delete(`/tenants/${RIVAL}`),
  },
  'PUT /api/v1/tenants/:id/preferences/:key': {
    operations: 1,
    send: ({ api }) => api.put(PREFERENCE, { value: 600 }),
  },
  'DELETE /api/v1/tenants/:id/preferences/:key': {
    operations: 1,
    prepare: lock,
    send: ({ api }) => api.delete(PREFERENCE),
  },
  'POST /api/v1/tenants/:id/exemptions': {
    operations: 1,
    prepare: lock,
    send: ({ api }) => api.post(`/tenants/${ACME_LEGAL}/exemptions`, exemption),
  },
  'DELETE /api/v1/tenants/:id/exemptions/:exemption_id': {
    operations: 1,
    prepare: exempt,
    send: ({ api }, id) => api.delete(`/tenants/${ACME_LEGAL}/exemptions/${id}`),
  },
}
