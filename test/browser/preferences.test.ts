import type { Page } from 'playwright-core'
import t from 'tap'
import { browserTests } from '../support/browser.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL } from '../support/world.ts'

const test = await browserTests(t)

const LABEL = 'Reboot prompt timeout'
const KEY = 'maintenance.reboot_prompt_timeout_minutes'
const row = (page: Page) => page.locator(`[id="${KEY}"]`)
const preferences = (id: number | 'root') => `/tenants/${id}/preferences`
const update = (page: Page) => page.getByRole('button', { name: 'Update' }).click()
const act = (page: Page, name: string) => row(page).getByRole('link', { name }).click()

test('a preference is overridden at a tenant, explained, and reset', async (t, { visit }) => {
  const page = await visit()
  await page.goto(preferences(ACME_LEGAL))
  await act(page, 'Override')
  await page.getByRole('textbox', { name: LABEL }).fill('45')
  await page.getByLabel('Reason').fill('Long meetings')
  await update(page)
  await row(page).getByText('Set here').waitFor()
  t.equal(await row(page).locator('.value').textContent(), '45 minutes')
  await row(page).getByText('Why').click()
  await row(page).locator('.chain .won', { hasText: 'Legal 45 minutes' }).waitFor()
  await page.getByRole('link', { name: 'History' }).last().click()
  await page.getByText('Reason: Long meetings').waitFor()
  await page.goBack()
  await act(page, 'Reset')
  await update(page)
  await row(page).getByText('Factory').first().waitFor()
})

test('before a change above others, the page says what it does to them', async (t, site) => {
  await site.api.put(`${preferences(ACME_LEGAL)}/${KEY}`, { value: 45 })
  const page = await site.visit()
  await page.goto(preferences(ACME))
  await act(page, 'Override')
  await page.getByRole('textbox', { name: LABEL }).clear()
  await page.keyboard.type('30')
  const impact = page.getByRole('status', { name: 'What this changes' })
  await impact.getByText('This changes the value of 2 tenants.').waitFor()
  t.match(await impact.textContent(), '1 tenant keeps a value set further down')
  await impact.getByText('Show all').click()
  await impact.getByRole('link', { name: 'Legal' }).waitFor()
  await update(page)
  await row(page).getByText('Set here').waitFor()
  await page.goto(preferences(ACME_LEEDS))
  await row(page).getByRole('link', { name: 'Acme' }).first().waitFor()
})

test('a lock holds below, until an exemption lets one tenant out', async (t, { visit }) => {
  const page = await visit()
  await page.goto(preferences(ACME))
  await act(page, 'Lock')
  await page.getByRole('textbox', { name: LABEL }).fill('30')
  await page.getByLabel('not override it').check()
  await page.getByText('This changes the value of 3 tenants.').waitFor()
  await update(page)
  await row(page).getByText('locks all below').waitFor()

  await page.goto(preferences(ACME_LEGAL))
  await row(page).getByText('Locked').first().waitFor()
  t.equal(await row(page).getByRole('link', { name: 'Override' }).count(), 0)
  await act(page, 'Exempt')
  await page.getByLabel('Why').fill('Kiosk')
  await page.getByRole('button', { name: 'Exempt' }).click()
  await page.getByRole('region', { name: 'Exemptions' }).getByText('Kiosk').waitFor()
  await row(page).getByRole('link', { name: 'Override' }).waitFor()
})

test('as of an earlier moment the page shows what was in effect then', async (t, site) => {
  site.clock.now = '2026-11-24T09:40:00.000Z'
  await site.api.put(`${preferences(ACME)}/${KEY}`, { value: 45 })
  const page = await site.visit()
  await page.goto(preferences(ACME))
  t.equal(await row(page).locator('.value').textContent(), '45 minutes')
  await page.getByLabel('As of (UTC)').fill('2026-11-24T09:30')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('Read-only.').waitFor()
  t.not(await row(page).locator('.value').textContent(), '45 minutes')
  t.equal(await page.getByRole('link', { name: 'Override' }).count(), 0)
  await page.getByRole('link', { name: 'Back to now' }).click()
  await row(page).getByText('45 minutes').first().waitFor()
})

test('what fits no longer is said at the field, with what was typed', async (t, site) => {
  site.expected_statuses.add(422)
  const page = await site.visit()
  await page.goto(preferences(ACME_LEGAL))
  await act(page, 'Override')
  const field = page.getByRole('textbox', { name: LABEL })
  await field.fill('soon')
  await update(page)
  await page.locator('#field-value:focus').waitFor()
  t.equal(await field.inputValue(), 'soon')
})
