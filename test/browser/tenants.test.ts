import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { everyTenant } from '../../src/db/scope-guard.ts'
import t from 'tap'
import { browserTests } from '../support/browser.ts'
import { ACME, RIVAL } from '../support/world.ts'

const test = await browserTests(t)

const heading = (page: Page, name: string) => page.locator('h1:focus', { hasText: name }).waitFor()
/** The last of that name: what a page offers at its top, too, is at the end of its form. */
const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()
const figures = (page: Page) => page.locator('.job-counts dd').allTextContents()
const file = (csv: string) => ({
  name: 'places.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(csv),
})

test('a new tenant gets its parent from a field that suggests, by keyboard', async (t, site) => {
  const page = await site.visit()
  await page.goto('/tenants')
  await page.getByRole('link', { name: 'New', exact: true }).click()
  await heading(page, 'New tenant')
  await page.getByLabel('Name').fill('York')
  const parent = page.getByRole('combobox', { name: 'Parent' })
  await parent.fill('leed')
  await page.getByRole('option', { name: 'Leeds office' }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  t.equal(await parent.inputValue(), 'Acme / Leeds office')
  t.equal(await parent.getAttribute('aria-expanded'), 'false')
  await page.keyboard.press('Enter')
  await heading(page, 'York')
  await page.getByRole('main').getByRole('link', { name: 'Leeds office' }).first().click()
  await heading(page, 'Leeds office')
})

test('a click on the parent offers all, and the kind follows until it is touched', async (t, site) => {
  const page = await site.visit()
  await page.goto('/tenants/new')
  const parent = page.getByRole('combobox', { name: 'Parent' })
  const kind = page.getByLabel('Kind')
  const choose = async (name: string) => {
    await page.getByLabel('Name').focus()
    await parent.click()
    await page.getByRole('option', { name }).click()
  }
  await parent.click()
  await page.getByRole('option', { name: 'Rival' }).waitFor()
  t.equal(await page.evaluate('getSelection().toString()'), 'All tenants')
  await choose('Rival')
  t.equal(await kind.inputValue(), 'branch_office')
  await choose('Northwind MSP')
  t.equal(await kind.inputValue(), 'client')
  await kind.selectOption('location')
  await choose('Rival')
  t.equal(await kind.inputValue(), 'location')
})

test('an empty tenant is deleted from its own page', async (t, { visit, db }) => {
  const page = await visit()
  await page.goto(`/tenants/${RIVAL}/edit`)
  await press(page, 'Delete Rival')
  await press(page, 'Delete 1 tenant')
  await page.getByText('Done').waitFor()
  t.same(
    await everyTenant(db).selectFrom('tenant').select('id').where('id', '=', RIVAL).execute(),
    [],
  )
})

test('a form that is refused keeps what was typed', async (t, site) => {
  site.expected_statuses.add(422)
  const page = await site.visit()
  await page.goto('/tenants/new')
  await page.getByLabel('Description').fill('Kept')
  await page.getByLabel('Name').fill('acme')
  await press(page, 'Create tenant')
  await page.locator('#field-name:focus').waitFor()
  t.match(await page.title(), /^Error: /)
  t.equal(await page.getByLabel('Description').inputValue(), 'Kept')
  await page.getByLabel('Name').fill('Acme North')
  await press(page, 'Create tenant')
  await heading(page, 'Acme North')
})

test('of two who edit at once, the second sees both and loses nothing', async (t, site) => {
  site.expected_statuses.add(409)
  const [first, second] = [await site.visit(), await site.visit()]
  for (const page of [first, second]) await page.goto(`/tenants/${ACME}/edit`)
  await first.getByLabel('Name').fill('Acme Ltd')
  await press(first, 'Update')
  await heading(first, 'Acme Ltd')
  await second.getByLabel('Name').fill('Acme plc')
  await press(second, 'Update')
  await second.getByRole('row', { name: 'Name Acme Ltd Acme plc' }).waitFor()
  await press(second, 'Update')
  await heading(second, 'Acme plc')
  await second.getByRole('link', { name: 'History' }).last().click()
  await second.locator('li', { hasText: 'was Acme Ltd' }).first().waitFor()
})

test('many tenants are changed at once: preview, confirm, outcome', async (t, { visit, db }) => {
  const page = await visit()
  await page.goto('/tenants')
  await page.getByLabel('Select Rival').check()
  await page.getByLabel('Select Acme').check()
  await press(page, 'Set parent')
  await heading(page, 'Set the parent of 2 tenants')
  await page.getByRole('combobox', { name: 'New parent' }).fill('northwind')
  await press(page, 'Show what it does')
  await page.getByText('Parent: All tenants → Northwind MSP').first().waitFor()
  t.same(await figures(page), ['2', '0', '0'])
  await page.getByLabel('Reason').fill('Bought')
  await press(page, 'Set the parent of 2 tenants')
  await page.getByText('Done').waitFor()
  t.same(await figures(page), ['2', '0', '0'])
  const moved = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('parent_id', '=', 2)
    .execute()
  t.same(
    moved.map(({ id }) => id),
    [ACME, RIVAL],
  )
})

test('what cannot be deleted says why, and the rest goes', async (t, { visit, db }) => {
  const page = await visit()
  await page.goto('/tenants')
  for (const name of ['Acme', 'Rival']) await page.getByLabel(`Select ${name}`).check()
  await press(page, 'Delete')
  await page.getByRole('row', { name: 'Acme acme Not possible' }).waitFor()
  t.same(await figures(page), ['1', '0', '1'])
  await press(page, 'Delete 1 tenant')
  await page.getByText('Done').waitFor()
  const left = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('id', 'in', [ACME, RIVAL])
    .execute()
  t.same(left, [{ id: ACME }])
})

test('a file with bad lines says which; a good one is previewed and applied', async (t, {
  visit,
}) => {
  const page = await visit()
  await page.goto('/tenants/import')
  await page.getByLabel('CSV file').setInputFiles(file('name,kind\nYork,planet\n'))
  await press(page, 'Show what it does')
  await page.getByText('There is no kind "planet".').waitFor()
  t.same(await figures(page), ['0', '0', '0', '1'])
  await page.getByRole('link', { name: 'upload it again' }).click()
  await page.getByLabel('CSV file').setInputFiles(file('name,slug\nYork,york\nAcme Ltd,acme\n'))
  await press(page, 'Show what it does')
  await page.getByText('Nothing has been changed yet.').waitFor()
  t.same(await figures(page), ['1', '1', '0', '0'])
  await press(page, 'Import 2 tenants')
  await page.getByText('Done').waitFor()
  t.same(await figures(page), ['1', '1', '0'])
})

/** Progress goes by too fast for looking now and then: the page itself is to watch it. */
const REMEMBER_PROGRESS = `
  var progress = []
  new MutationObserver(() => {
    const count = document.querySelector('[data-job-count]')?.textContent
    if (count?.includes(' of ')) progress.push(count)
  }).observe(document.body, { subtree: true, childList: true })`

test('a long import shows its progress, and its outcome by itself', async (t, { visit }) => {
  const lines = Array.from({ length: 20_000 }, (_, number) => `Place ${number},acme`)
  const page = await visit()
  await page.goto('/tenants/import')
  await page.getByLabel('CSV file').setInputFiles(file(`name,parent\n${lines.join('\n')}`))
  await press(page, 'Show what it does')
  await page.evaluate(REMEMBER_PROGRESS)
  await press(page, 'Import 20,000 tenants')
  await page.getByText('Done').waitFor()
  t.same(await figures(page), ['20,000', '0', '0'])
  t.match(await page.evaluate<string[]>('progress'), [/^[\d,]+ of 20,000$/])
  await page.getByRole('link', { name: 'Back to the tenants' }).click()
  await page.getByText('20,005 tenants under management').waitFor()
})

test('the list is exported as a file', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/tenants?q=acme')
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export' }).click()
  const download = await downloading
  t.equal(download.suggestedFilename(), 'tenants-2026-11-24.csv')
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
  t.equal(lines.length, 4)
  t.match(lines[1], /^acme,|,acme,/)
})
