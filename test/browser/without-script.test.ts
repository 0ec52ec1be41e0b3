import type { Page } from 'playwright-core'
import { everyTenant } from '../../src/db/scope-guard.ts'
import t from 'tap'
import { browserTests } from '../support/browser.ts'
import { ACME, ACME_LEGAL, ALICE_PASSWORD } from '../support/world.ts'

const test = await browserTests(t)

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name }).waitFor()
/** The last of that name: what a page offers at its top, too, is at the end of its form. */
const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()

test('without scripts one signs in, opens branches, searches and sorts', async (t, { visit }) => {
  const page = await visit({ javaScriptEnabled: false, signed_in: false })
  await page.goto('/tenants')
  await page.getByLabel('E-mail address').fill('alice@northwind.example')
  await page.getByLabel('Password').fill(ALICE_PASSWORD)
  await press(page, 'Sign in')
  await page.getByRole('link', { name: 'Open Acme' }).click()
  await page.getByRole('link', { name: 'Open Leeds office' }).click()
  await page.getByRole('row', { name: 'Legal' }).waitFor()
  await page.locator('thead').getByRole('link', { name: 'Name' }).click()
  t.same(await page.locator('tbody a.name').allTextContents(), [
    'Rival',
    'Northwind MSP',
    'Acme',
    'Leeds office',
    'Legal',
  ])
  await page.getByLabel('Find by name or slug').fill('lega')
  await press(page, 'Find')
  await page.getByRole('row', { name: 'Acme / Leeds office / Legal' }).waitFor()
  await page.getByRole('link', { name: 'Search' }).click()
  await heading(page, 'Search')
})

test('without scripts tenants are made and changed', async (t, site) => {
  const page = await site.visit({ javaScriptEnabled: false })
  site.expected_statuses.add(422)
  await page.goto('/tenants/new')
  await press(page, 'Create tenant')
  await page.getByText('Enter a name').waitFor()
  await page.getByLabel('Name').fill('York')
  await page.getByRole('combobox', { name: 'Parent' }).fill('acme')
  await press(page, 'Create tenant')
  await heading(page, 'York')
  t.equal(await page.getByRole('navigation', { name: 'Path' }).getByText('Acme').count(), 1)
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Description').fill('By the river')
  await press(page, 'Update')
  await page.getByText('By the river').first().waitFor()
})

test('without scripts a preference is changed, and its impact seen first', async (t, { visit }) => {
  const page = await visit({ javaScriptEnabled: false })
  await page.goto(`/tenants/${ACME}/preferences`)
  await page.getByRole('link', { name: 'Override Stale after' }).click()
  await page.getByRole('textbox', { name: 'Stale after' }).fill('45')
  await press(page, 'Show what changes')
  await page.getByText('This changes the value of 3 tenants.').waitFor()
  await press(page, 'Update')
  await page.goto(`/tenants/${ACME_LEGAL}/preferences`)
  const row = page.locator('[id="agent.stale_after_days"]')
  t.equal(await row.locator('.value').textContent(), '45 days')
  await row.getByText('Why').click()
  await row.locator('.chain .won', { hasText: 'Acme 45 days' }).waitFor()
})

test('without scripts many are changed at once, and a file is imported', async (t, {
  visit,
  db,
}) => {
  const page = await visit({ javaScriptEnabled: false })
  await page.goto('/tenants')
  for (const name of ['Acme', 'Rival']) await page.getByLabel(`Select ${name}`).check()
  await press(page, 'Deactivate')
  await page.getByText('Nothing has been changed yet.').waitFor()
  await press(page, 'Deactivate 2 tenants')
  await page.getByText('Done').first().waitFor()
  await page.goto('/tenants/import')
  await page.getByLabel('Or paste the lines here').fill('name,parent\nYork,acme\n')
  await press(page, 'Show what it does')
  await press(page, 'Import 1 tenant')
  await page.getByText('Done').first().waitFor()
  const rows = await everyTenant(db)
    .selectFrom('tenant')
    .select(['name', 'active'])
    .orderBy('id')
    .execute()
  t.same(
    rows.filter(({ active }) => !active).map(({ name }) => name),
    ['Acme', 'Rival'],
  )
  t.equal(rows.at(-1)?.name, 'York')
})
