import { canary } from '../support/canaries.ts'
import { addUser } from '../support/cast.ts'
import { ACME, RIVAL, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

async function addDana(here: World) {
  const { person_id } = await addUser(here, RIVAL, 'Dana', 'viewer')
  return String(person_id)
}

const assigned = {
  who: `dana@${canary(RIVAL)}.example`,
  tenant: 'Acme',
  effect: 'allow',
  role: '4',
  lasts: 'day',
  reason: 'Looks in',
}

async function assign(here: World) {
  const person_id = Number(await addDana(here))
  const sent = { person_id, tenant_id: ACME, role_id: 4 }
  return String((await here.api.post('/assignments', sent)).json().id)
}

const helpdesk = { name: 'Helpdesk', description: '', permissions: ['tenant.view'] }

async function createRole({ api }: World) {
  const created = await api.post('/roles', { name: 'Helpdesk', permissions: ['tenant.view'] })
  return String(created.json().id)
}

async function createGroup({ alice }: World) {
  const support = { name: 'Support', description: '', tenant: 'Northwind MSP' }
  const created = await alice.post('/groups', support)
  return String(created.headers.location)
}

async function createMember(here: World) {
  const group = await createGroup(here)
  await here.alice.post(`${group}/members`, { email: here.actor.email })
  return group
}

async function ask(here: World) {
  const { browser } = await addUser(here, RIVAL, 'Dana', 'viewer')
  await browser.post('/access-requests', { asked_for: 'acme', message: 'Please' })
  return '/access-requests/1'
}

/** The writes that say who may do what. */
export const accessWrites: Record<string, Write> = {
  'POST /assignments': {
    operations: 1,
    prepare: addDana,
    send: ({ alice }) => alice.post('/assignments', assigned),
  },
  'POST /tenants/:id/access/:assignment_id/withdrawal': {
    operations: 1,
    prepare: assign,
    send: ({ alice }, id) => alice.post(`/tenants/${ACME}/access/${id}/withdrawal`),
  },
  'POST /roles': {
    operations: 1,
    send: ({ alice }) => alice.post('/roles', helpdesk),
  },
  'POST /roles/:id': {
    operations: 1,
    prepare: createRole,
    send: ({ alice }, id) => alice.post(`/roles/${id}`, { ...helpdesk, version: '1' }),
  },
  'POST /roles/:id/deletion': {
    operations: 1,
    prepare: createRole,
    send: ({ alice }, id) => alice.post(`/roles/${id}/deletion`),
  },
  'POST /groups': {
    operations: 1,
    send: ({ alice }) =>
      alice.post('/groups', { name: 'Support', description: '', tenant: 'Acme' }),
  },
  'POST /groups/:id': {
    operations: 1,
    prepare: createGroup,
    send: ({ alice }, group) => alice.post(group, { name: 'Help', description: '', version: '1' }),
  },
  'POST /groups/:id/members': {
    operations: 1,
    prepare: createGroup,
    send: ({ alice, actor }, group) => alice.post(`${group}/members`, { email: actor.email }),
  },
  'POST /groups/:id/members/:person_id/removal': {
    operations: 1,
    prepare: createMember,
    send: ({ alice, actor }, group) => alice.post(`${group}/members/${actor.person_id}/removal`),
  },
  'POST /groups/:id/deletion': {
    operations: 1,
    prepare: createMember,
    send: ({ alice }, group) => alice.post(`${group}/deletion`),
  },
  'POST /access-requests': {
    operations: 1,
    send: ({ alice }) => alice.post('/access-requests', { asked_for: 'acme', message: '' }),
  },
  'POST /access-requests/:id/grant': {
    operations: 1,
    prepare: ask,
    send: ({ alice }, request) => alice.post(`${request}/grant`, { role: '4', lasts: 'day' }),
  },
  'POST /access-requests/:id/denial': {
    operations: 1,
    prepare: ask,
    send: ({ alice }, request) => alice.post(`${request}/denial`, { reason: 'No need' }),
  },
  'POST /notifications/reading': {
    operations: 0,
    send: ({ alice }) => alice.post('/notifications/reading', { last: '1' }),
  },

  'POST /api/v1/assignments': {
    operations: 1,
    prepare: addDana,
    send: ({ api }, person_id) =>
      api.post('/assignments', { person_id: Number(person_id), tenant_id: ACME, role_id: 4 }),
  },
  'DELETE /api/v1/assignments/:id': {
    operations: 1,
    prepare: assign,
    send: ({ api }, id) => api.delete(`/assignments/${id}`),
  },
  'POST /api/v1/groups': {
    operations: 1,
    send: ({ api }) => api.post('/groups', { name: 'Support', tenant_id: ACME }),
  },
  'PATCH /api/v1/groups/:id': {
    operations: 1,
    prepare: createGroup,
    send: ({ api }, group) => api.patch(group, { name: 'Help' }),
  },
  'PUT /api/v1/groups/:id/members/:person_id': {
    operations: 1,
    prepare: createGroup,
    send: ({ api, actor }, group) => api.put(`${group}/members/${actor.person_id}`),
  },
  'DELETE /api/v1/groups/:id/members/:person_id': {
    operations: 1,
    prepare: createMember,
    send: ({ api, actor }, group) => api.delete(`${group}/members/${actor.person_id}`),
  },
  'DELETE /api/v1/groups/:id': {
    operations: 1,
    prepare: createMember,
    send: ({ api }, group) => api.delete(group),
  },
  'POST /api/v1/roles': {
    operations: 1,
    send: ({ api }) => api.post('/roles', { name: 'Helpdesk', permissions: ['tenant.view'] }),
  },
  'PATCH /api/v1/roles/:id': {
    operations: 1,
    prepare: createRole,
    send: ({ api }, id) => api.patch(`/roles/${id}`, { name: 'First line' }),
  },
  'DELETE /api/v1/roles/:id': {
    operations: 1,
    prepare: createRole,
    send: ({ api }, id) => api.delete(`/roles/${id}`),
  },
}
