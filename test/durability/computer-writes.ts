import { addComputer, sync } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { upload } from '../support/jobs.ts'
import { ACME, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

const facts = {
  name: 'Reception',
  kind: 'workstation',
  serial_number: 'QX-1',
  manufacturer: '',
  model: '',
  hardware_uuid: '',
  operating_system: '',
  person: '',
}

const create = async (here: World) => String(await addComputer(here, ACME, { name: 'Reception' }))

/** A computer that carries the first of two tags. */
async function createTagged(here: World) {
  const id = await create(here)
  const tag = await makeTag(here, ACME, 'VIP')
  await makeTag(here, ACME, 'Gold')
  await tagIt(here, tag, { computer: Number(id) })
  return id
}

async function createDeleted(here: World) {
  const id = await create(here)
  await here.api.delete(`/computers/${id}`)
  return id
}

const hardware = { manufacturer: 'Dell', serial_number: 'SAME-1' }

/** One agent whose hardware two computers have; returns its id. */
async function createUndecided(here: World) {
  for (const name of ['One', 'Two']) await addComputer(here, ACME, { name, ...hardware })
  await sync(here, [{ external_key: '1', tenant_id: ACME, name: 'Which', ...hardware }])
  return '1'
}

const groupFields = {
  name: 'Tills',
  description: '',
  state: 'present',
  q: '',
  filter_tenant: '',
  tag: '',
  kind: '',
  platform: '',
  seen: '',
  maintenance: '',
}

async function createGroup({ api }: World) {
  const { id } = (await api.post('/computer-groups', { name: 'Tills', tenant_id: ACME })).json()
  return String(id)
}

/** The writes of computers. */
export const computerWrites: Record<string, Write> = {
  'POST /computers': {
    operations: 1,
    send: ({ alice }) => alice.post('/computers', { ...facts, tenant: 'Acme' }),
  },
  'POST /computers/:id/edit': {
    operations: 1,
    prepare: create,
    send: ({ alice }, id) => alice.post(`/computers/${id}/edit`, { ...facts, version: '1' }),
  },
  'POST /computers/:id/tags': {
    operations: 1,
    prepare: createTagged,
    send: ({ alice }, id) => alice.post(`/computers/${id}/tags`, { tag: '2' }),
  },
  'POST /computers/:id/tags/removal': {
    operations: 1,
    prepare: createTagged,
    send: ({ alice }, id) => alice.post(`/computers/${id}/tags/removal`, { tag: '1' }),
  },
  'POST /computers/:id/removal': {
    operations: 1,
    prepare: createDeleted,
    send: ({ alice }, id) => alice.post(`/computers/${id}/removal`, { name: 'Reception' }),
  },
  'POST /computers/undecided/:id': {
    operations: 1,
    prepare: createUndecided,
    send: ({ alice }, id) => alice.post(`/computers/undecided/${id}`, { computer: 'new' }),
  },
  // What is to be done is only noted, until it is started.
  'POST /computers/batches': {
    operations: 0,
    prepare: create,
    send: ({ alice }, id) => alice.post('/computers/batches', { action: 'exclude', ids: id }),
  },
  'POST /computers/import': {
    operations: 0,
    send: ({ alice }) => upload(alice, '/computers/import', 'name,tenant\nPC,acme\n'),
  },
  'POST /computers/groups': {
    operations: 1,
    send: ({ alice }) => alice.post('/computers/groups', { ...groupFields, tenant: 'Acme' }),
  },
  'POST /computers/groups/:id/edit': {
    operations: 1,
    prepare: createGroup,
    send: ({ alice }, id) =>
      alice.post(`/computers/groups/${id}/edit`, { ...groupFields, q: 'till', version: '1' }),
  },
  'POST /computers/groups/:id/deletion': {
    operations: 1,
    prepare: createGroup,
    send: ({ alice }, id) => alice.post(`/computers/groups/${id}/deletion`),
  },
  'POST /api/v1/computer-groups': {
    operations: 1,
    send: ({ api }) => api.post('/computer-groups', { name: 'Tills', tenant_id: ACME }),
  },
  'PATCH /api/v1/computer-groups/:id': {
    operations: 1,
    prepare: createGroup,
    send: ({ api }, id) => api.patch(`/computer-groups/${id}`, { filter: { kind: 'server' } }),
  },
  'DELETE /api/v1/computer-groups/:id': {
    operations: 1,
    prepare: createGroup,
    send: ({ api }, id) => api.delete(`/computer-groups/${id}`),
  },
  'POST /api/v1/computers': {
    operations: 1,
    send: ({ api }) => api.post('/computers', { name: 'Reception', tenant_id: ACME }),
  },
  'PATCH /api/v1/computers/:id': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.patch(`/computers/${id}`, { model: 'T14' }),
  },
  'DELETE /api/v1/computers/:id': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.delete(`/computers/${id}`),
  },
  'POST /api/v1/computers/:id/restoration': {
    operations: 1,
    prepare: createDeleted,
    send: ({ api }, id) => api.post(`/computers/${id}/restoration`),
  },
  'POST /api/v1/computers/batch': {
    operations: 1,
    prepare: create,
    send: ({ api }, id) => api.post('/computers/batch', { action: 'exclude', ids: [Number(id)] }),
  },
}
