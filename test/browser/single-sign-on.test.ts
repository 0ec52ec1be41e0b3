import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { addProvider, link } from '../access/oidc/cast.ts'
import { browserTests, type Site } from '../support/browser.ts'
import { CLIENT, identityProvider } from '../support/identity-provider.ts'

const test = await browserTests(t, { app: { allow_private_issuers: true } })

/** A real provider that sends people back to the site. */
const providerFor = (t: Test, { url }: Site) =>
  identityProvider(t, [`${url}/sign-in/oidc/callback/northwind`])

/** Fills in the page of the provider on which one signs in. */
async function signInThere(page: Page, account: string) {
  await page.getByLabel('Account').fill(account)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('an administrator adds a provider, links it, and signs in with it', async (t, site) => {
  const { issuer } = await providerFor(t, site)
  const page = await site.visit()
  await page.goto('/tenants')
  await page.getByRole('link', { name: 'Single sign-on' }).click()
  await page.getByRole('link', { name: 'New provider' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Northwind ID')
  await page.getByLabel('Short name').fill('northwind')
  await page.getByLabel('Issuer').fill(issuer)
  await page.getByLabel('Client id').fill(CLIENT.client_id)
  await page.getByLabel('Client secret').fill(CLIENT.client_secret)
  await page.getByRole('button', { name: 'Add provider' }).click()
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('It answers and describes itself').waitFor()

  await page.goto('/account/single-sign-on')
  await page.getByRole('button', { name: 'Link Northwind ID' }).click()
  await signInThere(page, 'alice')
  await page.getByText('never used').waitFor()
  t.equal(new URL(page.url()).pathname, '/account/single-sign-on')

  const other = await site.visit({ signed_in: false })
  await other.goto('/account')
  await other.getByRole('link', { name: 'Continue with Northwind ID' }).click()
  await signInThere(other, 'alice')
  await other.getByRole('heading', { name: 'Alice Moore' }).waitFor()
  t.equal(new URL(other.url()).pathname, '/account')
})

test('an account that nobody has linked is turned away', async (t, site) => {
  const { issuer } = await providerFor(t, site)
  await addProvider(site, { issuer })
  site.expected_statuses.add(422)
  const page = await site.visit({ signed_in: false })
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Continue with northwind id' }).click()
  await signInThere(page, 'alice@northwind.example')
  await page.getByRole('heading', { name: 'That did not work' }).waitFor()
  await page.getByRole('link', { name: 'Back to signing in' }).click()
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
})

test('the provider asks anew before something dangerous', async (t, site) => {
  const { issuer } = await providerFor(t, site)
  await link(site, await addProvider(site, { issuer }), 'alice')
  const page = await site.visit({ signed_in: false })
  await page.goto('/sign-in?next=/account')
  await page.getByRole('link', { name: 'Continue with northwind id' }).click()
  await signInThere(page, 'alice')
  await page.getByRole('heading', { name: 'Alice Moore' }).waitFor()

  site.clock.now = '2026-11-24T09:20:00.000Z'
  await page.getByRole('link', { name: 'Single sign-on' }).first().click()
  await page.goto('/single-sign-on/new')
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
  await page.getByRole('link', { name: 'Continue with northwind id' }).click()
  await signInThere(page, 'alice')
  await page.getByRole('heading', { name: 'New provider' }).waitFor()
  t.equal(new URL(page.url()).pathname, '/single-sign-on/new')
})

test('a provider that is disabled is offered nowhere', async (t, site) => {
  const { issuer } = await providerFor(t, site)
  await addProvider(site, { issuer })
  const page = await site.visit()
  await page.goto('/single-sign-on')
  await page.getByRole('link', { name: 'northwind id' }).click()
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByText('Nobody can sign in with it now.').waitFor()
  const other = await site.visit({ signed_in: false })
  await other.goto('/sign-in')
  await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  t.equal(await other.getByRole('link', { name: /Continue with/ }).count(), 0)
})
