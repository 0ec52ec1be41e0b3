import type { Page } from 'playwright-core'
import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { load } from '../../bench/loading.ts'
import { browserTests } from '../support/browser.ts'
import { firstStart } from '../support/first-start.ts'
import { ACME_LEGAL, ALICE_PASSWORD } from '../support/world.ts'

const test = await browserTests(t)

const heading = (page: Page, name: string) => page.locator('h1:focus', { hasText: name }).waitFor()
const isDark = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.classList.contains("dark")')

test('the set-up link leads to the first tenant, signed in', async (t, { visit }) => {
  const first = await firstStart(t)
  const url = await first.app.listen({ host: '127.0.0.1', port: 0 })
  const page = await visit({ url, signed_in: false })
  await page.goto(first.path)
  await page.getByLabel('Organisation').fill('Harbour Managed IT')
  await page.getByLabel('Your name').fill('Priya Raman')
  await page.getByLabel('E-mail address').fill('priya@harbour.example')
  await page.getByLabel('Password').fill('violet harbour seventeen lanterns')
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await page.waitForURL('**/tenants')
  await page.getByRole('row', { name: 'Harbour Managed IT' }).waitFor()
  await page.getByRole('link', { name: 'Priya Raman' }).waitFor()
})

test('one signs in, comes to the page that was asked for, and signs out', async (t, site) => {
  site.expected_statuses.add(422)
  const page = await site.visit({ signed_in: false })
  await page.goto(`/tenants/${ACME_LEGAL}`)
  await page.getByLabel('E-mail address').fill('alice@northwind.example')
  await page.getByLabel('Password').fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  t.equal(await page.getByLabel('E-mail address').inputValue(), 'alice@northwind.example')
  await page.getByLabel('Password').fill(ALICE_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Legal', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Alice Moore' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.waitForURL('**/sign-in**')
  await page.goto('/tenants')
  await page.waitForURL('**/sign-in**')
})

test('Ctrl-K finds tenants and pages: type, arrows, Enter', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/account')
  await page.keyboard.press('Control+k')
  const field = page.getByRole('dialog').getByRole('textbox')
  await page.locator('#palette [data-hit]').first().waitFor()
  await page.keyboard.type('acme')
  const hits = page.locator('#palette [data-hit]')
  await hits.filter({ hasText: 'Legal' }).waitFor()
  await page.keyboard.press('ArrowDown')
  t.ok(await hits.first().evaluate((hit) => hit.matches(':focus')))
  await page.keyboard.press('ArrowUp')
  t.ok(await field.evaluate((input) => input.matches(':focus')))
  await field.fill('lega')
  await page.keyboard.press('Enter')
  await heading(page, 'Legal')
  t.notOk(await page.getByRole('dialog').isVisible())
  await page.keyboard.press('Control+k')
  await field.fill('nobody')
  await page.keyboard.press('Enter')
  await heading(page, 'Search')
  await page.getByRole('link', { name: 'Search' }).click()
  await field.waitFor()
  await page.keyboard.press('Escape')
  await field.waitFor({ state: 'hidden' })
})

test('dark or light is chosen once, and holds on every page', async (t, { visit }) => {
  const page = await visit({ colorScheme: 'dark' })
  await page.goto('/tenants')
  t.equal(await isDark(page), true)
  await page.getByRole('button', { name: 'Light or dark' }).click()
  t.equal(await isDark(page), false)
  await page.goto('/account')
  t.equal(await isDark(page), false)
})

test('on a phone the menu opens the navigation, and the heading gets the focus', async (t, {
  visit,
}) => {
  const page = await visit({ width: 390 })
  await page.goto('/tenants')
  const history = page.getByRole('link', { name: 'History' })
  t.notOk(await history.isVisible())
  await page.getByRole('button', { name: 'Menu' }).click()
  await history.click()
  await heading(page, 'History')
  t.notOk(await page.locator('#nav').isVisible())
})

test('the first page is light, and stays where it was drawn', async (t, { visit, url }) => {
  const page = await visit()
  const first = await load(page.context(), `${url}/tenants?open=3.4`, { cached: false })
  t.ok(first.requests <= 6, `${first.requests} requests`)
  t.ok(first.bytes <= 70_000, `${first.bytes} bytes`)
  t.equal(first.layout_shift, 0)
  t.ok(first.long_tasks <= 2, `${first.long_tasks} long tasks, on a machine that may be busy`)
})

test('T11: what is hostile in names stays text wherever it is shown', async (t, site) => {
  const names = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    'javascript:alert(1)',
    '\u202Etxt.exe',
    '🦉'.repeat(100),
  ]
  const page = await site.visit()
  for (const name of names) {
    await operation(site.db, site.actor, 'test.hostile', (tx) =>
      updateTenant(tx, ACME_LEGAL, { name, description: name }),
    )
    for (const address of ['', '/edit', '/history', '/preferences'])
      await page.goto(`/tenants/${ACME_LEGAL}${address}`)
    await page.goto(`/tenants?open=3.4&q=${encodeURIComponent(name.slice(0, 20))}`)
    await page.locator(`#t${ACME_LEGAL}`).waitFor()
    t.equal(await page.locator(`#t${ACME_LEGAL} .name`).textContent(), name)
    await page.keyboard.press('Control+k')
    await page.keyboard.insertText(name.slice(0, 20))
    await page.locator('#palette [data-hit]', { hasText: name }).first().waitFor()
    t.equal(
      await page.locator('img, script:not([src]), [onerror], a[href^="javascript:"]').count(),
      0,
    )
  }
})

test('a new token is copied with one button, and revoked with two', async (t, { visit }) => {
  const page = await visit()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/account/tokens')
  await page.getByRole('link', { name: 'New token' }).click()
  await page.getByLabel('What it is for').fill('Nightly')
  await page.getByRole('button', { name: 'Create token' }).click()
  const secret = await page.locator('#new-secret').textContent()
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('status').getByText('Copied.').waitFor()
  t.equal(await page.evaluate('navigator.clipboard.readText()'), secret)

  await page.getByLabel('Revoke Nightly').click()
  await page.getByRole('button', { name: 'Revoke Nightly' }).click()
  await page.getByText('The token was revoked.').waitFor()
})

test('a double press on Create makes one person, and shows them', async (t, { visit }) => {
  const page = await visit()
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
  await page.goto('/people/new')
  await page.getByLabel('Name').fill('Petra Vogel')
  await page.getByLabel('E-mail').fill('petra@northwind.example')
  await page.getByRole('combobox', { name: 'Tenant', exact: true }).fill('Acme')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Create person' }).dblclick()
  await heading(page, 'Petra Vogel')
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: 'Update' }).waitFor()
  t.equal(sent.length, 1)
})
