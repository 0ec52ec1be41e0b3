import type { BrowserContext, CDPSession } from 'playwright-core'

/** What it took to load a page. */
export type Loading = {
  /** As sent, heads included. */
  bytes: number
  requests: number
  /** From the navigation until the page is drawn and its scripts have run, in ms. */
  interactive_ms: number
  layout_shift: number
  long_tasks: number
}

/** Loads a page in a tab of its own; with `cached` as a reader who has been here before. */
export async function load(
  context: BrowserContext,
  url: string,
  { cached }: { cached: boolean },
): Promise<Loading> {
  const page = await context.newPage()
  try {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    if (!cached) await devtools.send('Network.clearBrowserCache')
    const sent = countSent(devtools)
    const response = await page.goto(url, { waitUntil: 'networkidle' })
    if (response?.status() !== 200) throw new Error(`${url} answered ${response?.status()}`)
    return { ...sent, ...(await page.evaluate(readTimings)) }
  } finally {
    await page.close()
  }
}

function countSent(devtools: CDPSession) {
  const sent = { bytes: 0, requests: 0 }
  const cached = new Set<string>()
  devtools.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId))
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (cached.has(requestId) || encodedDataLength === 0) return
    sent.requests++
    sent.bytes += encodedDataLength
  })
  return sent
}

/** Runs in the page. What was seen before this asks is told to it as well (`buffered`). */
async function readTimings() {
  const entriesOf = (type: 'layout-shift' | 'longtask') =>
    new Promise<PerformanceEntry[]>((resolve) => {
      const observer = new PerformanceObserver((list) => finish(list.getEntries()))
      const finish = (entries: PerformanceEntry[]) => {
        observer.disconnect()
        resolve(entries)
      }
      observer.observe({ type: type as never, buffered: true })
      setTimeout(() => finish(observer.takeRecords()), 100)
    })
  const [navigation] = performance.getEntriesByType('navigation' as never)
  const [painted] = performance.getEntriesByName('first-contentful-paint')
  const { domContentLoadedEventEnd } = navigation as unknown as {
    domContentLoadedEventEnd: number
  }
  const shifts = (await entriesOf('layout-shift')) as (PerformanceEntry & { value?: number })[]
  return {
    interactive_ms: Math.max(domContentLoadedEventEnd, painted!.startTime),
    layout_shift: shifts.reduce((sum, shift) => sum + (shift.value ?? 0), 0),
    long_tasks: (await entriesOf('longtask')).length,
  }
}
