import { ACME, ACME_LEEDS, RIVAL } from '../support/world.ts'

const KEY = 'agent.check_in_interval_seconds'

export type Write = {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  url: string
  body?: object
  /** The fields that others may not send, and which this one takes. */
  takes?: string[]
}

/** Every write of the API, with something that it accepts. */
export const writes: Write[] = [
  {
    method: 'POST',
    path: '/people',
    url: '/people',
    body: { name: 'Zoe', email: 'zoe@acme.example', tenant_id: ACME },
  },
  { method: 'PATCH', path: '/people/{id}', url: '/people/1', body: { name: 'Alice M.' } },
  { method: 'DELETE', path: '/people/{id}', url: '/people/2' },
  { method: 'POST', path: '/people/{id}/invitations', url: '/people/1/invitations' },
  {
    method: 'POST',
    path: '/tokens',
    url: '/tokens',
    body: { name: 'Nightly', permissions: ['tenant.view'], expires_in_days: 30 },
  },
  { method: 'DELETE', path: '/tokens/{id}', url: '/tokens/2' },
  { method: 'POST', path: '/groups', url: '/groups', body: { name: 'Support', tenant_id: 2 } },
  { method: 'PATCH', path: '/groups/{id}', url: '/groups/1', body: { name: 'Helpdesk' } },
  {
    method: 'PUT',
    path: '/groups/{id}/members/{person_id}',
    url: '/groups/1/members/1',
  },
  {
    method: 'DELETE',
    path: '/groups/{id}/members/{person_id}',
    url: '/groups/1/members/1',
  },
  { method: 'DELETE', path: '/groups/{id}', url: '/groups/1' },
  {
    method: 'POST',
    path: '/assignments',
    url: '/assignments',
    body: { person_id: 1, tenant_id: ACME, role_id: 4 },
  },
  { method: 'DELETE', path: '/assignments/{id}', url: '/assignments/1' },
  {
    method: 'POST',
    path: '/operations/{id}/undo',
    url: '/operations/1/undo',
    body: { preview: true },
  },
  {
    method: 'POST',
    path: '/roles',
    url: '/roles',
    body: { name: 'Helpdesk', permissions: ['tenant.view'] },
  },
  { method: 'PATCH', path: '/roles/{id}', url: '/roles/5', body: { name: 'First line' } },
  { method: 'DELETE', path: '/roles/{id}', url: '/roles/5' },
  {
    method: 'POST',
    path: '/tenants/{id}/merges',
    url: `/tenants/${RIVAL}/merges`,
    body: { sources: [ACME_LEEDS], preview: true },
  },
  { method: 'POST', path: '/tenants', url: '/tenants', body: { name: 'Delta' } },
  { method: 'PATCH', path: '/tenants/{id}', url: `/tenants/${ACME}`, body: { active: false } },
  { method: 'DELETE', path: '/tenants/{id}', url: `/tenants/${RIVAL}` },
  {
    method: 'POST',
    path: '/computers',
    url: '/computers',
    body: { name: 'PC', tenant_id: ACME },
    takes: ['tenant_id'],
  },
  { method: 'PATCH', path: '/computers/{id}', url: '/computers/1', body: { name: 'PC 2' } },
  { method: 'DELETE', path: '/computers/{id}', url: '/computers/1' },
  { method: 'POST', path: '/computers/{id}/restoration', url: '/computers/1/restoration' },
  {
    method: 'POST',
    path: '/schedules',
    url: '/schedules',
    body: {
      name: 'Nightly',
      tenant_id: ACME,
      rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
      window_minutes: 240,
    },
    takes: ['tenant_id'],
  },
  {
    method: 'POST',
    path: '/schedules/forecast',
    url: '/schedules/forecast',
    body: {
      name: 'Another',
      tenant_id: ACME,
      rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
      window_minutes: 240,
    },
    takes: ['tenant_id'],
  },
  { method: 'PATCH', path: '/schedules/{id}', url: '/schedules/1', body: { name: 'Late' } },
  { method: 'POST', path: '/schedules/{id}/copies', url: '/schedules/1/copies' },
  {
    method: 'PUT',
    path: '/tenants/{id}/schedules/{schedule_id}',
    url: `/tenants/${ACME_LEEDS}/schedules/1`,
    body: { form: 'off' },
  },
  {
    method: 'DELETE',
    path: '/tenants/{id}/schedules/{schedule_id}',
    url: `/tenants/${ACME_LEEDS}/schedules/1`,
  },
  {
    method: 'POST',
    path: '/schedules/{id}/runs',
    url: '/schedules/1/runs',
    body: { reason: 'Now' },
  },
  {
    method: 'POST',
    path: '/sessions/{id}/cancellation',
    url: '/sessions/1/cancellation',
    body: { reason: 'Not now' },
  },
  {
    method: 'POST',
    path: '/schedules/{id}/runs/{run_id}/cancellation',
    url: '/schedules/1/runs/1/cancellation',
    body: { reason: 'Not now' },
  },
  { method: 'DELETE', path: '/schedules/{id}', url: '/schedules/1' },
  { method: 'POST', path: '/schedules/{id}/restoration', url: '/schedules/1/restoration' },
  {
    method: 'POST',
    path: '/computers/batch',
    url: '/computers/batch',
    body: { action: 'exclude', ids: [1] },
    takes: ['tenant_id'],
  },
  {
    method: 'POST',
    path: '/tags',
    url: '/tags',
    body: { name: 'Gold', tenant_id: 1 },
    takes: ['tenant_id'],
  },
  { method: 'PATCH', path: '/tags/{id}', url: '/tags/1', body: { color: 'red' } },
  { method: 'PUT', path: '/computers/{id}/tags/{tag_id}', url: '/computers/1/tags/1' },
  { method: 'DELETE', path: '/computers/{id}/tags/{tag_id}', url: '/computers/1/tags/1' },
  { method: 'PUT', path: '/people/{id}/tags/{tag_id}', url: '/people/1/tags/1' },
  { method: 'DELETE', path: '/people/{id}/tags/{tag_id}', url: '/people/1/tags/1' },
  {
    method: 'PUT',
    path: '/tenants/{id}/tags/{tag_id}',
    url: `/tenants/${ACME}/tags/1`,
    body: { covers_children: true },
  },
  { method: 'DELETE', path: '/tenants/{id}/tags/{tag_id}', url: `/tenants/${ACME}/tags/1` },
  { method: 'DELETE', path: '/tags/{id}', url: '/tags/1' },
  {
    method: 'POST',
    path: '/computer-groups',
    url: '/computer-groups',
    body: { name: 'Tills', tenant_id: ACME },
    takes: ['tenant_id'],
  },
  {
    method: 'PATCH',
    path: '/computer-groups/{id}',
    url: '/computer-groups/1',
    body: { filter: { kind: 'server' } },
  },
  { method: 'DELETE', path: '/computer-groups/{id}', url: '/computer-groups/1' },
  {
    method: 'PUT',
    path: '/tenants/{id}/preferences/{key}',
    url: `/tenants/root/preferences/${KEY}`,
    body: { value: 600, lock: 'fixed' },
  },
  {
    method: 'POST',
    path: '/tenants/{id}/exemptions',
    url: `/tenants/${ACME_LEEDS}/exemptions`,
    body: { key: KEY, lock_tenant_id: 1, reason: 'Kiosk' },
  },
  {
    method: 'DELETE',
    path: '/tenants/{id}/exemptions/{exemption_id}',
    url: `/tenants/${ACME_LEEDS}/exemptions/1`,
  },
  {
    method: 'DELETE',
    path: '/tenants/{id}/preferences/{key}',
    url: `/tenants/root/preferences/${KEY}`,
  },
]
