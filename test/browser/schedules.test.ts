import t from 'tap'
import { examine } from '../support/axe.ts'
import { browserTests } from '../support/browser.ts'
import { addComputer } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS } from '../support/world.ts'

const test = await browserTests(t)

test('from a new weekly schedule to a child that switches it off, and back', async (t, site) => {
  await addComputer(site, ACME_LEEDS, { name: 'Till' })
  const page = await site.visit()
  await page.goto(`/tenants/${ACME}/schedules`)
  await page.getByRole('link', { name: 'New schedule' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Patching')
  await page.getByLabel('Repeats').selectOption('Weekly')
  await page.getByRole('checkbox', { name: 'Saturday' }).check()
  await page.getByText('Every Saturday at 22:00 for 4 hours').waitFor()
  await page.locator('main').getByRole('button', { name: 'Create schedule' }).last().click()
  await page.getByRole('heading', { name: 'Patching' }).waitFor()
  t.match(await page.locator('main').innerText(), /All computers · 1 computer/)

  await page.goto(`/tenants/${ACME_LEEDS}/schedules`)
  await page.getByRole('link', { name: 'Patching' }).click()
  await page.getByRole('radio', { name: /Switched off/ }).check()
  await page.locator('main').getByRole('button', { name: 'Update' }).last().click()
  await page.getByText('Decided here').first().waitFor()

  const { id } = await site.db
    .selectFrom('operation')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  await page.goto(`/history/${id}`)
  await page.getByRole('link', { name: 'Undo' }).click()
  await page.locator('main').getByRole('button', { name: 'Undo' }).click()
  await page.waitForURL(/history\/\d+$/)
  await page.goto(`/tenants/${ACME_LEEDS}/schedules`)
  t.match(await page.locator('main').innerText(), /In effect\s+Inherited · Acme/)
})

test('times are added and removed without a script', async (t, { visit }) => {
  const page = await visit({ javaScriptEnabled: false })
  await page.goto('/schedules/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Twice')
  await page.getByRole('button', { name: 'Add times' }).click()
  await page.getByRole('group', { name: 'Times 2' }).getByLabel('Opens at').fill('03:00')
  await page.getByRole('group', { name: 'Times 1' }).getByRole('button').click()
  t.equal(await page.getByLabel('Opens at').inputValue(), '03:00')
  t.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Twice')
})

test('Enter in a field of the form creates the schedule', async (t, { visit }) => {
  const page = await visit()
  await page.goto('/schedules/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('By the keyboard')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'By the keyboard' }).waitFor()
  t.match(page.url(), /\/schedules\/\d+$/)
})

test('the form passes axe, whatever is chosen, and fits on a phone', async (t, site) => {
  const id = await addSchedule(site, ACME)
  for (const width of [1280, 390]) {
    const page = await site.visit({ width })
    await page.goto(`/schedules/${id}/edit`)
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    for (const kind of [
      'once',
      'weekly',
      'monthly_day',
      'monthly_weekday',
      'patch_tuesday',
      'custom',
    ]) {
      await page.getByLabel('Repeats').selectOption(kind)
      t.same(await examine(page), [], `${kind} at ${width}`)
    }
  }
})

test('computers are chosen by typing, shown as chips, and taken away again', async (t, site) => {
  await addComputer(site, ACME, { name: 'Reception' })
  await addComputer(site, ACME_LEEDS, { name: 'Till' })
  const page = await site.visit()
  await page.goto(`/schedules/new?tenant=${ACME}`)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Few')
  await page.getByRole('combobox', { name: 'Computers', exact: true }).selectOption('computers')
  const field = page.getByRole('combobox', { name: 'Chosen computers' })
  await field.fill('till')
  await page.getByRole('option', { name: 'Till Leeds office' }).click()
  await field.fill('Reception')
  await field.press('Enter')
  const chips = page.getByRole('list', { name: 'Chosen computers' }).getByRole('listitem')
  t.same(await chips.allInnerTexts(), ['Till #2', 'Reception'])
  t.same(await examine(page), [])
  await page.getByRole('button', { name: 'Remove Reception' }).click()
  await page.locator('main').getByRole('button', { name: 'Create schedule' }).last().click()
  await page.getByRole('heading', { name: 'Few' }).waitFor()
  t.match(await page.locator('main').innerText(), /Chosen computers · 1 computer now/)
})

test('without a script computers are written, and a button shows the forecast', async (t, site) => {
  await addComputer(site, ACME, { name: 'Reception' })
  const page = await site.visit({ javaScriptEnabled: false })
  await page.goto(`/schedules/new?tenant=${ACME}`)
  await page.getByRole('combobox', { name: 'Computers', exact: true }).selectOption('computers')
  await page.getByRole('textbox', { name: 'Chosen computers' }).fill('Reception')
  await page.getByRole('button', { name: 'Show forecast' }).click()
  t.equal(await page.getByRole('rowheader').count(), 20)
  t.equal(await page.getByRole('cell', { name: '1 computer', exact: true }).count(), 20)
  t.equal(await page.getByRole('textbox', { name: 'Chosen computers' }).inputValue(), 'Reception')
})

test('the forecast follows the form, and the form says what skipping does', async (t, site) => {
  const id = await addSchedule(site, ACME)
  const page = await site.visit()
  await page.goto(`/schedules/${id}/edit`)
  await page.getByRole('button', { name: 'Show forecast' }).click()
  await page.getByRole('rowheader').first().waitFor()
  await page.getByLabel('Opens at').fill('03:15')
  await page.getByRole('cell', { name: /3:15/ }).first().waitFor()
  t.match(page.url(), /\/edit$/)
  const warning = page.getByText('only one of them runs')
  t.equal(await warning.isVisible(), false)
  await page.getByLabel('Missed windows').selectOption('all')
  await warning.waitFor()
  await page.getByLabel('When the window before').selectOption('queue')
  t.equal(await warning.isVisible(), false)
})

test('what can be done with many schedules is in reach, also on a phone', async (t, site) => {
  await addSchedule(site, ACME, { name: 'One' })
  await addSchedule(site, ACME_LEEDS, { name: 'Two' })
  for (const width of [1280, 390]) {
    const page = await site.visit({ width })
    for (const action of ['Duplicate', 'Cancel windows']) {
      await page.goto('/schedules')
      await page.getByLabel('Select One').check()
      await page.getByLabel('Select Two').check()
      await page.getByRole('button', { name: action, exact: true }).click()
      await page.locator('h1', { hasText: action }).waitFor()
      t.match(await page.locator('h1').innerText(), /2 schedules$/)
    }
  }
})
