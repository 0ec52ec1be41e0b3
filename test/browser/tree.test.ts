import type { Page } from 'playwright-core'
import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { browserTests, type Site } from '../support/browser.ts'
import { ACME, ACME_LEEDS, RIVAL } from '../support/world.ts'

const test = await browserTests(t)

const row = (page: Page, name: string) => page.getByRole('row', { name })
const focused = (page: Page, name: string) => page.locator('tr:focus', { hasText: name }).waitFor()
const openIn = (page: Page) => new URL(page.url()).searchParams.get('open')
const names = (page: Page) => page.locator('tbody a.name').allTextContents()

/** Branches of Rival, "Site 01" and so on. */
const addSites = ({ db, actor }: Site, count: number) =>
  operation(db, actor, 'test.sites', async (tx) => {
    for (let number = 1; number <= count; number++) {
      const name = `Site ${String(number).padStart(2, '0')}`
      await createTenant(tx, RIVAL, { name, kind: 'branch_office', description: '' })
    }
  })

test('opens branches by click, keeps them in the address, and comes back', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants')
  await page.getByRole('link', { name: 'Open Acme' }).click()
  await page.getByRole('link', { name: 'Open Leeds office' }).click()
  await row(page, 'Legal').waitFor()
  t.equal(openIn(page), `${ACME}.${ACME_LEEDS}`)
  await page.reload()
  await row(page, 'Legal').getByRole('link', { name: 'Legal' }).click()
  await page.locator('h1:focus', { hasText: 'Legal' }).waitFor()
  await page.goBack()
  await row(page, 'Legal').waitFor()
  t.equal(openIn(page), `${ACME}.${ACME_LEEDS}`)

  await page.getByRole('link', { name: 'Close Acme' }).click()
  await row(page, 'Leeds office').waitFor({ state: 'detached' })
  t.same(await names(page), ['Acme', 'Northwind MSP', 'Rival'])
})

test('walks the tree with the arrow keys, Home and End', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants')
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
  await row(page, 'Acme').focus()
  await press('ArrowRight')
  await row(page, 'Leeds office').waitFor()
  await press('ArrowRight')
  await focused(page, 'Leeds office')
  await press('ArrowRight')
  await row(page, 'Legal').waitFor()
  await press('End')
  await focused(page, 'Rival')
  await press('ArrowUp', 'ArrowUp')
  await focused(page, 'Legal')
  await press('ArrowLeft')
  await focused(page, 'Leeds office')
  await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft')
  t.same(await names(page), ['Acme', 'Northwind MSP', 'Rival'])
  await press('ArrowDown', 'Home', 'Enter')
  await page.waitForURL(`**/tenants/${ACME}`)
})

test('searches as one types, and shows each match in its path', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants')
  await page.getByLabel('Find by name or slug').pressSequentially('lega')
  await page.waitForURL('**/tenants?q=lega')
  const match = row(page, 'Legal')
  await match.waitFor()
  t.equal(await match.locator('mark').textContent(), 'Lega')
  t.same(await match.locator('.way a').allTextContents(), ['Acme', 'Leeds office'])
  await page.getByLabel('Find by name or slug').fill('zzz')
  await page.getByText('No tenant matches.').waitFor()
  await page.getByRole('link', { name: 'Show all tenants' }).click()
  await row(page, 'Northwind MSP').waitFor()
  t.equal(await page.getByLabel('Find by name or slug').inputValue(), '')
})

test('filters and sorts', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants')
  await page.locator('thead').getByRole('link', { name: 'Name' }).click()
  await page.waitForURL('**/tenants?sort=-name')
  await page.locator('th[aria-sort="descending"]').waitFor()
  t.same(await names(page), ['Rival', 'Northwind MSP', 'Acme'])
  await page.getByLabel('Kind', { exact: true }).selectOption('department')
  await page.waitForURL('**/tenants?kind=department')
  await row(page, 'Acme / Leeds office / Legal').waitFor()
  t.same(await names(page), ['Legal'])
  await page.getByLabel('Has overrides').check()
  await page.getByText('No tenant matches.').waitFor()
})

test('shows more of a long branch, and goes on there with the focus', async (t, site) => {
  await addSites(site, 60)
  const page = await site.visit()
  await page.goto(`/tenants?open=${RIVAL}`)
  t.equal(await page.locator('tr[aria-level="2"]').count(), 51)
  await page.getByRole('link', { name: 'Show more of Rival' }).click()
  await focused(page, 'Site 51')
  t.equal(await page.locator('tr[aria-level="2"]').count(), 60)
  t.equal(await row(page, 'Site 60').getAttribute('aria-posinset'), '60')
})

test('selects rows one by one, in ranges, by key, and all that match', async (t, site) => {
  await addSites(site, 6)
  const page = await site.visit()
  await page.goto(`/tenants?open=${RIVAL}`)
  const bar = page.getByRole('form', { name: 'Batch actions' })
  t.notOk(await bar.isVisible())
  await page.getByLabel('Select Site 02').check()
  await page.getByLabel('Select Site 05').click({ modifiers: ['Shift'] })
  await bar.getByText('4 tenants selected').waitFor()
  await row(page, 'Site 06').focus()
  await page.keyboard.press('Space')
  await bar.getByText('5 tenants selected').waitFor()
  t.equal(await page.locator('tr[aria-selected="true"]').count(), 5)
  await page.getByLabel('All 11 tenants').check()
  await bar.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('heading', { name: 'Deactivate 11 tenants' }).waitFor()
})
