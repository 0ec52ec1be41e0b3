import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

const named = { name: 'Important', color: 'red', description: '' }
const tag = { ...named, tenant: 'All tenants' }

async function createTag({ alice }: World) {
  await alice.post('/tags', tag)
  return ''
}

/** Two tags, of which Acme carries the first. */
async function tagAcme(here: World) {
  await tagIt(here, await makeTag(here, 1, 'VIP'), { tenant: ACME })
  await makeTag(here, 1, 'Gold')
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
    prepare: tagAcme,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/tags`, { tag: '2', covers: '1' }),
  },
  'POST /tenants/:id/tags/removal': {
    operations: 1,
    prepare: tagAcme,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/tags/removal`, { tag: '1' }),
  },
}
