import t from 'tap'
import { examine } from '../support/axe.ts'
import { browserTests } from '../support/browser.ts'
import { addCast, roles } from '../support/cast.ts'
import { ACME, RIVAL } from '../support/world.ts'

const test = await browserTests(t)

test('the pages of access pass axe when there is something on them', async (t, site) => {
  const { bob, dana, vera } = await addCast(site)
  const give = (fields: object) => site.api.post('/assignments', fields)
  const deny = { role_id: null, effect: 'deny', reason: 'A conflict of interest' }
  await give({ person_id: vera.person_id, tenant_id: ACME, ...deny })
  const expires_at = '2026-11-25T09:00:00Z'
  await give({ person_id: dana.person_id, tenant_id: 1, role_id: roles.technician, expires_at })
  await site.alice.post('/groups', { name: 'Support', description: 'First line', tenant: 'Acme' })
  await give({ group_id: 1, tenant_id: ACME, role_id: roles.technician })
  await site.alice.post('/groups/1/members', { email: site.actor.email })
  await bob.browser.post('/access-requests', { asked_for: 'rival', message: 'Ticket 7' })
  const page = await site.visit()
  for (const address of [
    `/tenants/${ACME}/access`,
    `/people/${dana.person_id}/access`,
    `/people/${vera.person_id}/access`,
    '/groups/1',
    '/roles/3',
    '/access-requests',
    '/access-requests/1',
    '/notifications',
    '/access-report',
  ]) {
    await page.goto(address)
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    t.same(await examine(page), [], address)
  }
})

test('access is given and withdrawn by pointing and typing', async (t, site) => {
  const { dana } = await addCast(site)
  const sees = async () =>
    (await dana.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode === 200
  const page = await site.visit()
  await page.goto(`/tenants/${RIVAL}/access`)
  await page.getByRole('link', { name: 'Give or deny access' }).click()
  await page.getByRole('combobox', { name: 'Who' }).fill('dana')
  await page.getByRole('option', { name: /Dana Reader/ }).click()
  await page.getByLabel('Role').selectOption({ label: 'Viewer' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('It is given.').waitFor()
  t.ok(await sees())
  await page.locator('#given summary').click()
  await page.getByRole('button', { name: 'Withdraw it from Dana Reader' }).click()
  await page.getByText('It is withdrawn.', { exact: true }).waitFor()
  t.notOk(await sees())
})
