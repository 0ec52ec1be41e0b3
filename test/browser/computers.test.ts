import type { Page } from 'playwright-core'
import t from 'tap'
import { browserTests } from '../support/browser.ts'
import { addComputer, addComputers, sync } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS } from '../support/world.ts'

const test = await browserTests(t)

const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()
const figures = (page: Page) => page.locator('.job-counts dd').allTextContents()

test('selected computers change their tenant: preview, progress, outcome, and back', async (t, site) => {
  const [first] = await addComputers(site, ACME, ['ACME-1', 'ACME-2', 'ACME-3'])
  const page = await site.visit()
  await page.goto('/computers')
  for (const name of ['ACME-1', 'ACME-2']) await page.getByLabel(`Select ${name}`).check()
  await page.getByRole('status').getByText('2 computers selected').waitFor()
  await press(page, 'Change tenant')
  const tenant = page.getByRole('combobox', { name: 'New tenant' })
  await tenant.fill('rival')
  await page.getByRole('option', { name: 'Rival' }).click()
  await press(page, 'Show what it does')
  await page.getByText('Nothing has been changed yet.').waitFor()
  await press(page, 'Change the tenant of 2 computers')
  await page.getByText('Done').first().waitFor()
  t.same(await figures(page), ['2', '0', '0'])
  await page.goto(`/computers/${first}/history`)
  await page.getByRole('link', { name: 'Moved computer ACME-1' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Undo' }).click()
  await press(page, 'Undo')
  await page.locator('h1:focus', { hasText: 'Took back' }).waitFor()
  t.match((await site.api.get(`/computers/${first}`)).json(), { tenant_id: ACME })
})

test('shows tags in the list, and every batch action within its window', async (t, site) => {
  const [id] = await addComputers(site, ACME, ['A-RATHER-LONG-NAME-01'])
  await tagIt(site, await makeTag(site, ACME, 'Key machine'), { computer: id! })
  for (const width of [1280, 390]) {
    const page = await site.visit({ width })
    await page.goto('/computers')
    const tag = page.getByRole('row').getByText('Key machine')
    const cell = await tag.locator('xpath=ancestor::th').boundingBox()
    const badge = await tag.boundingBox()
    t.ok(badge!.x + badge!.width <= cell!.x + cell!.width, `the tag is in its cell at ${width}`)
    await page.getByLabel('Select A-RATHER-LONG-NAME-01').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.locator('h1', { hasText: 'Delete 1 computer' }).waitFor()
  }
})

test('somebody decides on which computer an agent is', async (t, site) => {
  const hardware = { manufacturer: 'Dell', serial_number: 'SAME-1' }
  const front = await addComputer(site, ACME, { name: 'Front desk', ...hardware })
  await addComputer(site, ACME_LEEDS, { name: 'Warehouse', ...hardware })
  const report = { external_key: '1', tenant_id: ACME, name: 'ACME-LT', ...hardware }
  await sync(site, [{ ...report, last_seen_at: site.clock.now }])
  const page = await site.visit()
  await page.goto('/computers')
  await page.getByRole('link', { name: 'Decide' }).click()
  await page.getByRole('main').getByRole('link', { name: 'ACME-LT' }).click()
  await page.getByRole('radio', { name: 'Front desk' }).check()
  await press(page, 'Decide')
  await page.getByRole('status').getByText('ACME-LT').first().waitFor()
  await page.goto(`/computers/${front}`)
  await page.getByText('MeshCentral').first().waitFor()
  await page.goto('/computers/undecided')
  await page.getByText('Every agent is on one computer.').waitFor()
})

const file = (csv: string) => ({
  name: 'computers.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(csv),
})

test('computers come in by a file that is previewed first', async (t, site) => {
  const head = 'name,tenant,serial_number\nNEW-1,acme,SN-1\n'
  const page = await site.visit()
  await page.goto('/computers/import')
  await page.getByLabel('CSV file').setInputFiles(file(`${head}NEW-2,nowhere,SN-2\n`))
  await press(page, 'Show what it does')
  await page.getByText('no tenant').first().waitFor()
  t.same(await figures(page), ['1', '0', '0', '1'])
  await page.getByRole('link', { name: 'upload it again' }).click()
  await page.getByLabel('CSV file').setInputFiles(file(head))
  await press(page, 'Show what it does')
  await press(page, 'Import 1 computer')
  await page.getByText('Done').first().waitFor()
  await page.goto('/computers?q=new-1')
  await page.getByRole('link', { name: 'NEW-1' }).waitFor()
})

test('what is filtered is saved as a group, whose members are found again', async (t, site) => {
  await addComputers(site, ACME, ['Till one', 'Till two', 'Office'])
  const page = await site.visit()
  await page.goto('/computers')
  await page.getByLabel('Find by name, serial number or person').fill('till')
  await page.getByRole('link', { name: 'Save as group' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Tills')
  await press(page, 'Create group')
  await page.locator('h1', { hasText: 'Tills' }).waitFor()
  const names = () =>
    page
      .getByRole('row')
      .getByRole('link', { name: /Till|Office/ })
      .allTextContents()
  t.same(await names(), ['Till one', 'Till two'])
  await page.getByLabel('Find by name, serial number or person').fill('two')
  await page.getByText('1 match').waitFor()
  t.same(await names(), ['Till two'])
})
