import t from 'tap'
import { matrix } from '../access/matrix.ts'
import { examine } from '../support/axe.ts'
import { browserTests, type Site } from '../support/browser.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { ACME, ACME_LEEDS, RIVAL } from '../support/world.ts'
import { furnish, HELD } from './furnished.ts'

const declared = collectRoutes()
const test = await browserTests(t)

/** What there is to see of a page besides the address that the access matrix asks for. */
const more: Record<string, string[]> = {
  'GET /tenants': [`?open=${ACME}.${ACME_LEEDS}`, '?q=le', '?q=nothing', `?branch=${RIVAL}`].map(
    (state) => `/tenants${state}`,
  ),
  'GET /tenants/:id': ['/tenants/root', `/tenants/${RIVAL}`],
  'GET /tenants/:id/preferences': [
    'root/preferences',
    '4/preferences',
    '4/preferences?as_of=2026-11-24T09:00',
  ].map((state) => `/tenants/${state}`),
  'GET /tenants/:id/preferences/:key': [
    'maintenance.business_hours_start',
    'maintenance.business_days',
    'maintenance.session_email_bcc',
    'maintenance.reboot_preference',
    'agent.stale_after_days',
    'agent.automatic_update',
    HELD,
  ].map((key) => `/tenants/${ACME}/preferences/${key}`),
  'GET /tenants/:id/preferences/:key/exemption': [`/tenants/${ACME}/preferences/${HELD}/exemption`],
  'GET /single-sign-on/:id': ['/single-sign-on/1'],
  'GET /single-sign-on/:id/edit': ['/single-sign-on/1/edit'],
  'GET /computers': ['tab=new', 'tab=stale', 'tab=deleted', 'q=rec', 'q=xyz', 'tenant=nowhere'].map(
    (state) => `/computers?${state}`,
  ),
  'GET /computers/:id': ['/computers/1', '/computers/3', '/computers/4'],
  'GET /computers/:id/preferences': ['/computers/1/preferences'],
  'GET /computers/:id/history': ['/computers/1/history'],
  'GET /computers/:id/edit': ['/computers/1/edit'],
  'GET /computers/:id/removal': ['/computers/3/removal'],
  'GET /computers/groups': ['/computers/groups?q=nothing'],
  'GET /computers/groups/new': ['/computers/groups/new?from=1'],
  'GET /computers/groups/:id': ['/computers/groups/1', '/computers/groups/2'],
  'GET /computers/groups/:id/history': ['/computers/groups/1/history'],
  'GET /computers/groups/:id/edit': ['/computers/groups/1/edit', '/computers/groups/2/edit'],
  'GET /computers/groups/:id/deletion': ['/computers/groups/1/deletion'],
  'GET /computers/undecided/:id': ['/computers/undecided/3'],
  'GET /schedules': ['tab=disabled', 'q=night', 'q=xyz', 'tenant=nowhere'].map(
    (state) => `/schedules?${state}`,
  ),
  'GET /schedules/:id': ['/schedules/1', '/schedules/2'],
  'GET /schedules/:id/windows': ['/schedules/1/windows', '/schedules/3/windows'],
  'GET /schedules/:id/history': ['/schedules/1/history'],
  'GET /schedules/:id/edit': [1, 2, 4].map((id) => `/schedules/${id}/edit`),
  'GET /schedules/:id/forecast': ['/schedules/1/forecast'],
  'GET /schedules/:id/sessions': ['/schedules/4/sessions'],
  'GET /sessions': ['?window=1', '?tenant=nowhere'].map((state) => `/sessions${state}`),
  'GET /sessions/:id': ['/sessions/1'],
  'GET /windows/:id': ['/windows/1'],
  'GET /computers/:id/maintenance': ['/computers/3/maintenance'],
  'GET /tenants/:id/calendar': [`/tenants/${ACME}/calendar?week=`],
  'GET /schedules/:id/deletion': ['/schedules/1/deletion'],
  'GET /schedules/:id/runs/new': ['/schedules/1/runs/new', '/schedules/2/runs/new'],
  'GET /tenants/:id/schedules': [`/tenants/${ACME_LEEDS}/schedules`],
  'GET /tenants/:id/schedules/:schedule_id': [1, 3].map(
    (id) => `/tenants/${ACME_LEEDS}/schedules/${id}`,
  ),
  'GET /search': ['/search?q=le', '/search?q=nothing'],
}

/** Every address of a route for people that answers with a whole page, in every state above. */
async function pageAddresses({ alice }: Site, jobs: string[]) {
  const addresses = new Set(['/nowhere', ...jobs])
  for (const { name, method, url, credential } of declared()) {
    if (method !== 'GET' || credential !== 'session' || url.startsWith('/public/')) continue
    const sample = matrix[name]?.address ?? sampleAddress(url)
    for (const address of [sample, ...(more[name] ?? [])]) {
      const { headers, body } = await alice.get(address)
      const is_page = String(headers['content-type']).startsWith('text/html')
      if (is_page && body.startsWith('<!doctype html>')) addresses.add(address)
    }
  }
  return addresses
}

test('axe finds nothing on any page, and none scrolls sideways on a phone', async (t, site) => {
  const addresses = await pageAddresses(site, await furnish(site))
  t.ok(addresses.size > 30)
  const page = await site.visit()
  for (const status of [404, 409, 410, 422]) site.expected_statuses.add(status)
  for (const address of addresses) {
    await page.goto(address)
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    t.same(await examine(page), [], address)
  }
})
