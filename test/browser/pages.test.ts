import type { Page } from 'playwright-core'
import t from 'tap'
import { examine, sidewaysScroll } from '../support/axe.ts'
import { browserTests } from '../support/browser.ts'
import { firstStart } from '../support/first-start.ts'
import { ACME, ACME_LEEDS, RIVAL } from '../support/world.ts'
import { furnish, HELD } from './furnished.ts'

const test = await browserTests(t)

/** Forms, and the button that sends them as they are, with something wrong in them. */
const forms: [address: string, button: string, field?: string, wrong?: string][] = [
  ['/tenants/new', 'Create tenant'],
  [`/tenants/${ACME}/edit`, 'Update', 'Name', ''],
  ['/tenants/import', 'Show what it does'],
  ['/account/password', 'Change password'],
  ['/account/tokens/new', 'Create token'],
  ['/single-sign-on/new', 'Add provider'],
  [`/tenants/${ACME}/preferences/agent.stale_after_days`, 'Update', 'Stale after', 'many'],
  [`/tenants/${RIVAL}/preferences/${HELD}/exemption`, 'Exempt'],
]

test('a form that is refused has the focus in its first wrong field', async (t, site) => {
  await furnish(site)
  const page = await site.visit()
  site.expected_statuses.add(422)
  for (const [address, button, field, wrong] of forms) {
    await page.goto(address)
    if (field) await page.getByRole('textbox', { name: field }).fill(wrong!)
    await sendForm(page, button)
    t.match(await page.title(), /^Error: /, address)
    t.same(await examine(page), [], address)
  }
})

/** Presses the button as it would be in a browser that leaves checking to the server. */
async function sendForm(page: Page, button: string) {
  await page.evaluate('for (const form of document.forms) form.noValidate = true')
  await page.locator('main').getByRole('button', { name: button, exact: true }).click()
  await page.locator('[aria-invalid="true"]:focus').waitFor()
}

test('what one sees without a session passes axe', async (t, site) => {
  for (const status of [404, 422]) site.expected_statuses.add(status)
  const page = await site.visit({ signed_in: false })
  await page.goto('/nowhere')
  t.same(await examine(page), [], 'an address that does not exist')
  await page.goto('/sign-in')
  t.same(await examine(page), [], 'sign-in')
  await sendForm(page, 'Sign in')
  t.same(await examine(page), [], 'sign-in refused')
})

test('what lies over a page passes axe', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('a')
  await page.locator('#palette [data-hit]').first().waitFor()
  t.same(await examine(page), [], 'the search')
  await page.goto('/tenants/new')
  await page.getByRole('combobox', { name: 'Parent' }).fill('a')
  await page.getByRole('option').first().waitFor()
  t.same(await examine(page), [], 'suggestions')
  const phone = await visit({ width: 390 })
  await phone.goto('/tenants')
  await phone.getByRole('button', { name: 'Menu' }).click()
  await phone.getByRole('link', { name: 'History' }).waitFor()
  t.same(await examine(phone), [], 'the menu')
})

test('set-up passes axe, and so does its form when it is refused', async (t, site) => {
  const first = await firstStart(t)
  const url = await first.app.listen({ host: '127.0.0.1', port: 0 })
  const page = await site.visit({ url, signed_in: false })
  site.expected_statuses.add(422)
  for (const address of ['/sign-in', first.path]) {
    await page.goto(address)
    t.same(await examine(page), [])
  }
  await sendForm(page, 'Set up and sign in')
  t.same(await examine(page), [])
})

test('the longest names without a space fit on a phone', async (t, site) => {
  const name = 'W'.repeat(200)
  await site.api.patch(`/tenants/${ACME}`, { name, description: 'W'.repeat(500) })
  await site.alice.post('/tenants/batches', { action: 'deactivate', ids: [String(ACME)] })
  const page = await site.visit({ width: 390 })
  const tenant = `/tenants/${ACME_LEEDS}`
  const key = 'maintenance.time_zone'
  await site.api.put(`/tenants/${ACME}/preferences/${key}`, {
    value: 'Europe/London',
    lock: 'fixed',
  })
  for (const address of [
    `/tenants?open=${ACME}`,
    '/tenants?q=lee',
    `/tenants/${ACME}`,
    ...['', '/edit', '/history', '/preferences', `/preferences/${key}`].map((end) => tenant + end),
    `${tenant}/preferences/${key}/exemption`,
    '/history/2',
    '/jobs/1',
    '/search?q=lee',
  ]) {
    await page.goto(address)
    t.equal(await sidewaysScroll(page), 0, address)
  }
})
