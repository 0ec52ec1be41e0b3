import type { Page } from 'playwright-core'
import t from 'tap'
import { examine } from '../support/axe.ts'
import { browserTests } from '../support/browser.ts'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { ACME, ACME_LEEDS, type World } from '../support/world.ts'

const test = await browserTests(t)

const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()
const panel = (page: Page, name: string) => page.getByRole('region', { name })

const KEY = 'agent.check_in_interval_seconds'

/** Two computers of Acme, where something is set, people work and a name is taken. */
async function prepare(w: World) {
  await addCast(w)
  await w.api.put(`/tenants/${ACME}/preferences/${KEY}`, { value: 600 })
  await addComputer(w, ACME, { name: 'Reception', person: 'Bob Technician' })
  await addComputers(w, ACME, ['Desk'])
  await addComputers(w, 6, ['desk'])
}

test('computers are moved with the consequences seen, and moved back', async (t, site) => {
  await prepare(site)
  const page = await site.visit()
  await page.goto('/computers?tenant=acme')
  for (const name of ['Desk', 'Reception'])
    await page.getByRole('row', { name }).getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Change tenant' }).click()
  await page.getByRole('combobox', { name: 'New tenant' }).fill('rival')
  await page.getByRole('option', { name: 'Rival' }).click()
  await press(page, 'Show what it does')
  await panel(page, 'Preferences in effect').getByText('for 2 computers').waitFor()
  await panel(page, 'Who may see them').getByText('Bob Technician, Dana Reader (Acme)').waitFor()
  await panel(page, 'Same names').getByText('1 there already').waitFor()
  await panel(page, 'Primary persons').getByText('Bob Technician').waitFor()
  t.same(await examine(page), [])
  await press(page, 'Change the tenant of 2 computers')
  await page.getByRole('link', { name: 'Undo', exact: true }).click()
  await press(page, 'Undo')
  await page.getByText('Taken back').first().waitFor()
  t.equal((await site.api.get('/computers/1')).json().tenant_id, ACME)
})

test('a tenant gets another parent once it was seen what follows', async (t, site) => {
  await prepare(site)
  site.expected_statuses.add(422)
  const page = await site.visit()
  await page.goto(`/tenants/${ACME_LEEDS}/edit`)
  const parent = page.getByRole('combobox', { name: 'Parent' })
  await parent.fill('rival')
  await page.getByRole('option', { name: 'Rival' }).click()
  await press(page, 'Update')
  await panel(page, 'Preferences in effect').getByText('for 2 tenants').waitFor()
  t.equal((await site.api.get(`/tenants/${ACME_LEEDS}`)).json().parent_id, ACME)
  t.same(await examine(page), [])
  await press(page, 'Update')
  await page.locator('h1', { hasText: 'Leeds office' }).waitFor()
  await page.waitForURL(`/tenants/${ACME_LEEDS}`)
  t.equal((await site.api.get(`/tenants/${ACME_LEEDS}`)).json().parent_id, 6)
})
