import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const everything: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}
/** What another colour scheme and another width can change. */
const looks: RunOptions = { runOnly: ['color-contrast', 'target-size', 'link-in-text-block'] }

/**
 * What axe finds in a page as it stands: all in light, and what colours and widths can change in
 * dark, on a phone. The page is left in light and at the width that it had.
 */
export async function examine(page: Page) {
  const size = page.viewportSize()!
  await page.evaluate(source)
  const found = await violations(page, everything)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ ...size, width: 390 })
  found.push(...(await violations(page, looks)).map((one) => `dark, on a phone: ${one}`))
  const sideways = await sidewaysScroll(page)
  if (sideways > 0) found.push(`on a phone the page scrolls sideways, by ${sideways} px`)
  await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

/** Only these are fetched from the browser: all that is as it should be takes longer than axe. */
async function violations(page: Page, options: RunOptions) {
  const wanted = JSON.stringify({ ...options, resultTypes: ['violations'] })
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(${wanted}).then(({ violations }) => violations)`,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  )
}

/** By how many CSS pixels the page can be scrolled sideways. */
export const sidewaysScroll = (page: Page) =>
  page.evaluate<number>(`scrollTo({ left: 10_000, behavior: 'instant' }), scrollX`)
