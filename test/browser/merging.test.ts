import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { browserTests } from '../support/browser.ts'
import { addComputers } from '../support/computers.ts'
import { operation } from '../../src/db/operation.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, RIVAL } from '../support/world.ts'

const test = await browserTests(t)
const KEY = 'agent.check_in_interval_seconds'

test('what is confirmed is as wide as a phone, however long the names', async (t, site) => {
  await site.api.patch(`/tenants/${ACME}`, {
    name: 'Acme Holdings of the Northern Counties Limited',
  })
  const page = await site.visit({ width: 390 })
  await page.goto(`/tenants/${ACME}`)
  await page.getByRole('button', { name: 'Merge into…' }).click()
  await page.getByRole('combobox', { name: 'Destination' }).fill('Rival')
  await page.getByRole('button', { name: 'Show what it does' }).click()
  const confirm = page.getByRole('button', { name: /^Merge Acme Holdings/ })
  const { x, width } = (await confirm.boundingBox())!
  t.ok(x + width <= 390)
})

test('a tenant is merged from its page: chosen, previewed, confirmed by name', async (t, site) => {
  await addComputers(site, ACME, ['PC-1', 'PC-2'])
  await operation(site.db, site.actor, 'test.set', (tx) =>
    setAt(tx, ACME, KEY, { form: { value: 60 }, lock: null }),
  )
  const page = await site.visit()
  await page.goto(`/tenants/${ACME}`)
  await page.getByRole('button', { name: 'Merge into…' }).click()
  await page.getByRole('combobox', { name: 'Destination' }).fill('Rival')
  await page.getByRole('button', { name: 'Show what it does' }).click()
  await page.getByRole('heading', { name: 'Acme → Rival' }).waitFor()
  if (process.env.SHOTS) await page.screenshot({ path: '/tmp/merge-preview.png', fullPage: true })
  await page.getByLabel('Type Acme').fill('Acme')
  await page.getByRole('button', { name: 'Merge Acme into Rival' }).click()
  await page.getByRole('link', { name: 'Record' }).click()
  await page.getByRole('heading', { name: 'Merged into Rival' }).waitFor()
  if (process.env.SHOTS) await page.screenshot({ path: '/tmp/merge-record.png', fullPage: true })
  const computers = everyTenant(site.db).selectFrom('computer').select('id')
  t.equal((await computers.where('tenant_id', '=', RIVAL).execute()).length, 2)
})
