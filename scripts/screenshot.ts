import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import { findChromium, launchChromium } from '../test/support/chromium.ts'

// Makes `docs/screenshot.png`, the picture in the README, of the program as it runs on the
// demonstration: a tenant's preferences, and why one of them is so.

const TENANT = 'Fertigung'
const PREFERENCE = 'Time zone'

process.chdir(join(import.meta.dirname, '..'))
const folder = mkdtempSync(join(tmpdir(), 'tenantry-screenshot-'))
const env = {
  ...process.env,
  TENANTRY_DATA: folder,
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'warn',
}
const program = [process.execPath, 'src/start.js'] as const
const chromium = findChromium()
if (!chromium) throw new Error('There is no Chromium to take the picture with.')

const said = execFileSync(program[0], [program[1], 'demo'], { env, encoding: 'utf8' })
const [, email, password] = /Sign in as (\S+) with the password (\S+)/.exec(said)!
const server = spawn(program[0], [program[1]], { env, stdio: ['ignore', 'pipe', 'inherit'] })
const browser = await launchChromium(chromium)
try {
  const [greeting] = await once(createInterface(server.stdout), 'line')
  const baseURL = / at (\S+)/.exec(String(greeting))![1]!
  const viewport = { width: 1280, height: 860 }
  const page = await browser.newPage({
    baseURL,
    viewport,
    colorScheme: 'light',
    locale: 'en-GB',
    // Nothing is caught halfway.
    reducedMotion: 'reduce',
  })
  await signIn(page)
  await openWhy(page)
  await page.screenshot({ path: 'docs/screenshot.png' })
} finally {
  await browser.close()
  server.kill()
  await once(server, 'exit')
  rmSync(folder, { recursive: true })
}

async function signIn(page: Page) {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill(email!)
  await page.getByLabel('Password').fill(password!)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/tenants')
}

async function openWhy(page: Page) {
  await page.goto(`/search?q=${TENANT}`)
  await page.getByRole('main').getByRole('link', { name: TENANT }).click()
  await page.getByRole('link', { name: 'Preferences', exact: true }).first().click()
  const row = page.locator('.pref', { hasText: PREFERENCE }).first()
  await row.getByText('Why').click()
  await row.locator('.chain .won').waitFor()
}
