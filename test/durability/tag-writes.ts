import { addComputer } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

const named = { name: 'Important', color: 'red', description: '' }
const tag = { ...named, tenant: 'All tenants' }

async function createTag({ alice }: World) {
  await alice.post('/tags', tag)
  return ''
}

/** Two tags, of which Acme, a computer there and Alice carry the first. */
async function tagAll(here: World) {
  const tag = await makeTag(here, 1, 'VIP')
  await makeTag(here, 1, 'Gold')
  await tagIt(here, tag, { tenant: ACME })
  await tagIt(here, tag, { computer: await addComputer(here, ACME, { name: 'Reception' }) })
  await tagIt(here, tag, { person: 1 })
  return ''
}

/** The writes of tags, and of those on tenants. */
export const tagWrites: Record<string, Write> = {
  'POST /tags': { operations: 1, send: ({ alice }) => alice.post('/tags', tag) },
  'POST /tags/:id/edit': {
    operations: 1,
    prepare: createTag,
    send: ({ alice }) =>
      alice.post('/tags/1/edit', { ...named, description: 'Very', version: '1' }),
  },
  'POST /tags/:id/deletion': {
    operations: 1,
    prepare: createTag,
    send: ({ alice }) => alice.post('/tags/1/deletion'),
  },
  'POST /tenants/:id/tags': {
    operations: 1,
    prepare: tagAll,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/tags`, { tag: '2', covers: '1' }),
  },
  'POST /tenants/:id/tags/removal': {
    operations: 1,
    prepare: tagAll,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/tags/removal`, { tag: '1' }),
  },
  'POST /api/v1/tags': {
    operations: 1,
    send: ({ api }) => api.post('/tags', { name: 'VIP', tenant_id: ACME }),
  },
  'PATCH /api/v1/tags/:id': {
    operations: 1,
    prepare: createTag,
    send: ({ api }) => api.patch('/tags/1', { color: 'blue' }),
  },
  'DELETE /api/v1/tags/:id': {
    operations: 1,
    prepare: createTag,
    send: ({ api }) => api.delete('/tags/1'),
  },
  'PUT /api/v1/tenants/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.put(`/tenants/${ACME}/tags/2`, { covers_children: true }),
  },
  'DELETE /api/v1/tenants/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.delete(`/tenants/${ACME}/tags/1`),
  },
  'PUT /api/v1/computers/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.put('/computers/1/tags/2'),
  },
  'DELETE /api/v1/computers/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.delete('/computers/1/tags/1'),
  },
  'PUT /api/v1/people/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.put('/people/1/tags/2'),
  },
  'DELETE /api/v1/people/:id/tags/:tag_id': {
    operations: 1,
    prepare: tagAll,
    send: ({ api }) => api.delete('/people/1/tags/1'),
  },
}
