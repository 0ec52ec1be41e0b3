import { ACME, RIVAL, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'

/** Merges a tenant that nobody else counts on into Acme, which so gets an alias. */
async function mergeByApi({ api }: World) {
  const source = await api.post('/tenants', { parent_id: 1, name: 'Acme North', kind: 'client' })
  await api.post(`/tenants/${ACME}/merges`, { sources: [source.json().id] })
  return ''
}

/** Requests that the routes of merging accept. */
export const mergingWrites: Record<string, Write> = {
  // What is to be merged is only noted, until it is confirmed.
  'POST /tenants/merges': {
    operations: 0,
    send: ({ alice }) => alice.post('/tenants/merges', { ids: `${RIVAL}` }),
  },
  'POST /tenants/:id/aliases/:alias_id/removal': {
    operations: 1,
    prepare: mergeByApi,
    send: ({ alice }) => alice.post(`/tenants/${ACME}/aliases/1/removal`),
  },
  'POST /api/v1/tenants/:id/merges': {
    operations: 1,
    send: ({ api }) => api.post(`/tenants/${ACME}/merges`, { sources: [RIVAL] }),
  },
}
