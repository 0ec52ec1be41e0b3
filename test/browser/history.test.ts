import type { Page } from 'playwright-core'
import t from 'tap'
import { browserTests } from '../support/browser.ts'
import { ACME, ACME_LEEDS } from '../support/world.ts'

const test = await browserTests(t)

const heading = (page: Page, name: string) => page.locator('h1:focus', { hasText: name }).waitFor()
const link = (page: Page, name: string) =>
  page.getByRole('main').getByRole('link', { name, exact: true }).click()
const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()

test('a change is found in the history, undone after a look, and done again', async (t, site) => {
  await site.api.patch(`/tenants/${ACME_LEEDS}`, { name: 'York office' })
  const page = await site.visit()
  await page.goto('/history')
  const who = page.getByRole('combobox', { name: 'Who' })
  await who.fill('moore')
  await page.getByRole('option', { name: 'Alice Moore' }).click()
  await press(page, 'Filter')
  await page.getByRole('link', { name: 'Changed tenant York office' }).click()
  await heading(page, 'Changed tenant')
  await link(page, 'Undo')
  await heading(page, 'Undo: Changed tenant')
  await page.getByText('York office → now Leeds office').waitFor()
  await page.getByLabel('Reason').fill('Ticket 12')
  await press(page, 'Undo')
  await heading(page, 'Took back an earlier change')
  await page.getByText('Reason: Ticket 12').waitFor()
  const name = async () => (await site.api.get(`/tenants/${ACME_LEEDS}`)).json().name as string
  t.equal(await name(), 'Leeds office')
  await link(page, 'Redo')
  await press(page, 'Redo')
  await page.getByText('Leeds office → now York office').waitFor()
  t.equal(await name(), 'York office')
})

test('what stands in the way of an undo is named, and leads on', async (t, site) => {
  await site.api.patch(`/tenants/${ACME_LEEDS}`, { name: 'York office' })
  const { operations } = (await site.api.get('/operations?limit=1')).json()
  await site.api.patch(`/tenants/${ACME_LEEDS}`, { name: 'Hull office' })
  const page = await site.visit()
  await page.goto(`/history/${operations[0].id}/undo`)
  await page.getByRole('alert').getByText('A later operation has changed the same').waitFor()
  t.equal(await page.getByRole('button', { name: 'Undo', exact: true }).count(), 0)
  await page.getByRole('region', { name: 'What stands in the way' }).getByRole('link').click()
  await heading(page, 'Changed tenant')
  await page.getByText('York office → now Hull office').waitFor()
})

test('two moments of a tenant are compared, with why', async (t, site) => {
  const preference = `/tenants/${ACME}/preferences/agent.stale_after_days`
  site.clock.now = '2026-11-24T09:05:00.000Z'
  await site.api.put(preference, { value: 45 })
  site.clock.now = '2026-11-24T09:10:00.000Z'
  const page = await site.visit()
  await page.goto(`/tenants/${ACME_LEEDS}/history`)
  await link(page, 'Compare two moments')
  await page.getByLabel('What was in effect on (UTC)').fill('2026-11-24T09:01')
  await press(page, 'Compare')
  const row = page.getByRole('row', { name: 'Stale after' })
  await row.waitFor()
  t.match(await row.textContent(), /30 days.*45 days.*Acme/s)
  await row.getByRole('link', { name: /^Why/ }).last().click()
  await page.waitForURL(/preferences#agent\.stale_after_days$/)
})
