import { markStale } from '../../src/computers/staleness.ts'
import type { Site } from '../support/browser.ts'
import { addComputer, sync } from '../support/computers.ts'
import { draftImport } from '../support/jobs.ts'
import { addSchedule } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL } from '../support/world.ts'

export const HELD = 'agent.check_in_interval_seconds'

const CSV =
  'slug,name,parent,kind\nacme,Acme Ltd,,client\nrival,Rival,,client\nyork,York,acme,location\n'

/**
 * Puts something of every kind into a world, so that each page has all that it can show; returns
 * the addresses of jobs in their different states.
 */
export async function furnish(site: Site) {
  const { alice, api } = site
  const preferences = {
    '/tenants/root': {
      [HELD]: { value: 300, lock: 'fixed' },
      'agent.stale_after_days': { value: 30 },
    },
    [`/tenants/${ACME}`]: {
      'maintenance.time_zone': { value: 'Europe/London' },
      'agent.stale_after_days': { value: 40, lock: { min: 10, max: 60 } },
      'maintenance.business_days': { add: ['sat'], remove: ['mon'] },
    },
    [`/tenants/${ACME_LEEDS}`]: {
      'maintenance.time_zone': { value: 'Europe/London' },
      'maintenance.session_email_bcc': { add: ['a@acme.example'], remove: [] },
    },
  }
  for (const [tenant, entries] of Object.entries(preferences))
    for (const [key, entry] of Object.entries(entries))
      await api.put(`${tenant}/preferences/${key}`, entry)
  await api.post(`/tenants/${ACME_LEEDS}/exemptions`, {
    key: HELD,
    lock_tenant_id: 1,
    reason: 'Slow line',
    ticket: 'INC-2041',
    expires_at: '2026-12-01T00:00:00.000Z',
  })
  await api.patch(`/tenants/${RIVAL}`, { active: false, description: 'One of the oldest.' })
  await api.patch(`/tenants/${ACME_LEEDS}`, { blocks_inheritance: true })
  await furnishComputers(site)
  await furnishSchedules(site)
  await alice.post('/account/tokens', { name: 'Nightly report', days: '90' })
  await alice.post('/single-sign-on', PROVIDER)
  return furnishJobs(alice)
}

const PROVIDER = {
  name: 'Entra ID',
  tenant: 'All tenants',
  slug: 'entra',
  issuer: 'https://id.example',
  client_id: 'tenantry',
}

/** One computer of each tab, one that is excluded, and an agent that waits for a decision. */
async function furnishComputers(site: Site) {
  const { api, db, clock } = site
  const hardware = { manufacturer: 'Dell', serial_number: 'SAME-1', model: 'OptiPlex 7010' }
  const [reception] = [
    await addComputer(site, ACME, { name: 'Reception', ...hardware }),
    await addComputer(site, ACME_LEEDS, { name: 'Warehouse', ...hardware, kind: 'server' }),
  ]
  const gone = await addComputer(site, ACME, { name: 'Gone' })
  await api.patch(`/computers/${reception}`, { state: 'excluded' })
  await api.delete(`/computers/${gone}`)
  const agent = { tenant_id: ACME, operating_system: 'Windows 11 Pro', last_seen_at: clock.now }
  await sync(site, [
    { ...agent, external_key: '1', name: 'ACME-LT-1' },
    { ...agent, external_key: '2', name: 'ACME-LT-2', last_seen_at: '2026-01-01T00:00:00.000Z' },
    { ...agent, external_key: '3', name: 'ACME-LT-3', ...hardware },
  ])
  await markStale(db)
  await furnishGroups(site)
}

/** A group with members, and one whose filter names a tenant that is gone. */
async function furnishGroups({ api }: Site) {
  await api.post('/computer-groups', { name: 'Acme', tenant_id: ACME })
  const { id } = (await api.post('/tenants', { name: 'Short-lived' })).json()
  await api.post('/computer-groups', { name: 'Gone', tenant_id: 1, filter: { tenant_id: id } })
  await api.delete(`/tenants/${id}`)
}

/**
 * A schedule with a decision below it, one that lost its target, one that is locked, and one for
 * chosen computers, of which a window is open.
 */
async function furnishSchedules(site: Site) {
  const { alice } = site
  const id = await addSchedule(site, ACME)
  await alice.post(`/tenants/${ACME_LEEDS}/schedules/${id}`, { choice: 'off', version: '0' })
  const { id: tag } = await makeTag(site, ACME, 'Till')
  await addSchedule(site, ACME, { name: 'Tills', target: 'tag', target_tag_id: tag })
  await alice.post(`/tags/${tag}/deletion`)
  await addSchedule(site, ACME, { name: 'Locked', locked: true })
  const till = await addComputer(site, ACME, { name: 'Till' })
  const few = await addSchedule(site, ACME, {
    name: 'Few',
    target: 'computers',
    computer_ids: [till],
  })
  await alice.post(`/schedules/${few}/runs`, { reason: 'Urgent' })
}

async function furnishJobs(alice: Site['alice']) {
  const batch = async (action: string, ids: number[]) =>
    String(
      (await alice.post('/tenants/batches', { action, ids: ids.map(String) })).headers.location,
    )
  const done = await batch('deactivate', [ACME_LEEDS, RIVAL])
  await alice.post(`${done}/start`)
  const cancelled = await batch('activate', [RIVAL])
  await alice.post(`${cancelled}/cancel`)
  return [
    done,
    cancelled,
    await batch('delete', [ACME, ACME_LEEDS, RIVAL]),
    await batch('set_parent', [RIVAL]),
    await batch('set_kind', [RIVAL]),
    await draftImport(alice, CSV),
    await draftImport(alice, 'name,kind\n,planet\nx,\n'),
  ]
}
