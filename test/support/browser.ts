import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { findChromium, launchChromium } from './chromium.ts'
import { world, type World, type WorldOptions } from './world.ts'

type Visit = Pick<BrowserContextOptions, 'colorScheme' | 'javaScriptEnabled'> & {
  /** Whether Alice's session is in the browser; it is, unless said otherwise. */
  signed_in?: boolean
  /** Width of the window in CSS pixels; 1280, or 390 for that of a phone. */
  width?: number
  /** The server, when it is not that of the world. */
  url?: string
}

/** A world that listens, and a way to visit it. */
export type Site = World & {
  url: string
  /** Opens a page in a browser without history, cookies or cache but the session. */
  visit(options?: Visit): Promise<Page>
  /** Statuses of 400 and above that the test means to see. */
  expected_statuses: Set<number>
}

/**
 * Starts a browser for the tests of a file, and returns what declares one of them. Each fails, at
 * its end, for whatever the browser complained about: errors of scripts, reports of the content
 * security policy, requests that failed, dialogs. Without Chromium they are skipped, except in CI.
 */
export async function browserTests(t: Test, options: WorldOptions = {}) {
  const chromium = findChromium()
  if (!chromium && process.env.CI) throw new Error('There is no Chromium for the browser tests.')
  const skip = chromium ? false : 'there is no Chromium here'
  const browser = chromium ? await launchChromium(chromium) : null
  t.teardown(() => browser?.close())
  return (name: string, journey: (t: Test, site: Site) => Promise<void>) =>
    t.test(name, { skip }, async (t) => {
      const w = await world(t, options)
      const complaints: string[] = []
      const expected_statuses = new Set<number>()
      const url = await w.app.listen({ host: '127.0.0.1', port: 0 })
      const visit = async (options: Visit = {}) => {
        const page = await openPage(browser!, { url, ...options }, w.session)
        listen(page, complaints, expected_statuses)
        return page
      }
      try {
        await journey(t, { ...w, url, visit, expected_statuses })
      } finally {
        for (const context of browser!.contexts()) await context.close()
        t.same(complaints, [], 'the browser has nothing to complain about')
      }
    })
}

/** Long enough for a machine that has much else to do. */
const PATIENCE_MS = 15_000

async function openPage(browser: Browser, visit: Visit & { url: string }, session: string) {
  const { signed_in = true, width = 1280, url, ...options } = visit
  const context = await browser.newContext({
    ...options,
    baseURL: url,
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(PATIENCE_MS)
  if (signed_in) await context.addCookies([{ name: 'session', value: session, url }])
  await context.addInitScript(REPORT_VIOLATIONS)
  return context.newPage()
}

const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample))`

function listen(page: Page, complaints: string[], expected: Set<number>) {
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack}`))
  page.on('console', (message) => {
    const is_bad = message.type() === 'error' || message.type() === 'warning'
    // Of statuses it is told below, by the response.
    if (is_bad && !message.text().startsWith('Failed to load resource: the server responded'))
      complaints.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400 && !expected.has(status)) complaints.push(`${status} ${response.url()}`)
  })
  page.on('requestfailed', (request) => {
    // What was asked for and is no longer wanted is given up: a search while one goes on typing.
    const reason = request.failure()?.errorText
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${reason} ${request.url()}`)
  })
  page.on('dialog', async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
}
