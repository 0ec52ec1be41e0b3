import type { Page } from 'playwright-core'
import t from 'tap'
import { examine, sidewaysScroll } from '../support/axe.ts'
import { browserTests, type Site } from '../support/browser.ts'
import { codeAt, secondsAfter } from '../support/factors.ts'
import { claimTry } from '../../src/access/throttle.ts'
import { ALICE_PASSWORD, START } from '../support/world.ts'

const test = await browserTests(t)
const EMAIL = 'alice@northwind.example'

/** Passkeys are bound to a host by its name. */
const byName = ({ url }: Site) => url.replace('127.0.0.1', 'localhost')

/** A device that has a passkey's chip in it, and whose owner always shows a finger. */
async function plugIn(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function addPasskey(page: Page, name: string) {
  await page.goto('/account/security')
  await page.getByRole('link', { name: 'Add a passkey' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Add passkey' }).click()
}

async function signOut(page: Page) {
  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.waitForURL('**/sign-in')
}

async function typePassword(page: Page) {
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(ALICE_PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('one adds a passkey, signs in with it, and shows once more who one is', async (t, site) => {
  const page = await site.visit({ url: byName(site) })
  await plugIn(page)
  await addPasskey(page, 'Laptop')
  await page.getByText('The passkey was added.').waitFor()
  await page.getByText('Laptop', { exact: true }).waitFor()

  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: 'Tenants' }).waitFor()

  site.clock.now = secondsAfter(START, 16 * 60)
  await page.goto('/account/tokens')
  await page.getByRole('link', { name: 'New token' }).click()
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'New API token' }).waitFor()
})

test('a device makes one passkey for a person, and says so', async (t, site) => {
  const page = await site.visit({ url: byName(site) })
  await plugIn(page)
  await addPasskey(page, 'Laptop')
  await page.getByText('The passkey was added.').waitFor()
  await addPasskey(page, 'Laptop again')
  await page.getByText('This device has a passkey for you already.').waitFor()
  t.equal((await site.db.selectFrom('passkey').select('id').execute()).length, 1)
})

test('T34: the owner enters by passkey while strangers guess the password', async (t, site) => {
  const page = await site.visit({ url: byName(site) })
  await plugIn(page)
  await addPasskey(page, 'Laptop')
  await page.getByText('The passkey was added.').waitFor()
  await signOut(page)
  await page.context().clearCookies()
  for (let number = 0; number < 10_000; number++)
    await claimTry(site.db, { account_key: EMAIL, address: `192.0.2.${number % 1000}` })
  site.expected_statuses.add(429)
  await page.goto('/sign-in')
  await typePassword(page)
  await page.getByText('Too many tries').waitFor()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: 'Tenants' }).waitFor()
})

test('a browser without a passkey says so, and the password is still there', async (t, site) => {
  const page = await site.visit({ signed_in: false })
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('Passkeys need HTTPS and a host name').waitFor()
  await typePassword(page)
  await page.getByRole('heading', { name: 'Tenants' }).waitFor()
})

test('one sets up an app by its key, and signs in with its code', async (t, site) => {
  const page = await site.visit()
  await page.goto('/account/security')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  t.same(await examine(page), [])
  const key = (await page.locator('#totp-key').textContent())!
  await page.getByRole('textbox', { name: 'Code' }).fill(codeAt(key, site.clock.now))
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('Keep these recovery codes now.').waitFor()
  t.equal(await page.locator('#recovery-codes span').count(), 10)
  await page.locator('.notice:focus', { hasText: 'Keep these recovery codes now.' }).waitFor()
  t.same(await examine(page), [])
  await signOut(page)
  await typePassword(page)
  await page.getByRole('heading', { name: 'Second step' }).waitFor()
  t.same(await examine(page), [])
  await page
    .getByRole('textbox', { name: 'Code' })
    .fill(codeAt(key, secondsAfter(site.clock.now, 30)))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Tenants' }).waitFor()
})

test('without scripts a code does what a passkey does with them', async (t, site) => {
  const page = await site.visit({ javaScriptEnabled: false, signed_in: false })
  await page.goto('/sign-in')
  t.notOk(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible())
  await typePassword(page)
  await page.getByRole('link', { name: 'Alice Moore' }).click()
  await page.getByRole('link', { name: 'Security' }).click()
  await page.getByRole('button', { name: 'Set up' }).click()
  const key = (await page.locator('#totp-key').textContent())!
  await page.getByRole('textbox', { name: 'Code' }).fill(codeAt(key, site.clock.now))
  await page.getByRole('button', { name: 'Turn on' }).click()
  t.equal(await page.locator('#recovery-codes span').count(), 10)
})

test('the pages about who one is fit on a phone, in light and dark', async (t, site) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await site.visit({ url: byName(site), width: 390, colorScheme })
    await plugIn(page)
    for (const address of ['/account/passkeys/new', '/account/security', '/verify']) {
      await page.goto(address)
      t.equal(await sidewaysScroll(page), 0, address)
      t.same(await examine(page), [], `${address}, ${colorScheme}`)
    }
  }
})
