import { gzipSync } from 'node:zlib'
import type { BrowserContext } from 'playwright-core'
import { findChromium, launchChromium } from '../../test/support/chromium.ts'
import type { Bench } from '../bench.ts'
import type { Dataset } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { type Loading, load } from '../loading.ts'
import { type Floor, type Server, startFloor, startTenantry } from '../server.ts'

/** What a browser has to do for the first page, and for those after it. */
export async function* firstLoad({ scale, dataset }: Bench): AsyncGenerator<Figure> {
  const chromium = findChromium()
  if (!chromium) return console.error('There is no Chromium: pages are not loaded.')
  const data = await dataset(scale.small)
  const [server, floor] = [await startTenantry(data), await startFloor()]
  const browser = await launchChromium(chromium)
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const { session: value } = data
    await context.addCookies([{ name: 'session', value, domain: '127.0.0.1', path: '/' }])
    await giveStaticPage(floor, server, data)
    yield* measureFirst(context, server, floor, scale)
    yield* measureLater(context, server, data)
  } finally {
    await browser.close()
    for (const one of [server, floor]) await one.stop()
  }
}

/** The Tenants page with all that belongs to it in one file, in which no script runs. */
async function giveStaticPage(floor: Floor, { port }: Server, { session }: Dataset) {
  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { cookie: `session=${session}` },
    })
    return response.text()
  }
  let page = await read('/tenants')
  for (const [tag, path] of page.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)) {
    const style = await read(path!)
    page = page.replace(tag, () => `<style>${style}</style>`)
  }
  for (const [tag, path] of page.matchAll(/<script src="([^"]+)"[^>]*><\/script>/g)) {
    const script = (await read(path!)).replaceAll('</script', '')
    page = page.replace(tag, () => `<script type="text/plain">${script}</script>`)
  }
  const sprite = /[^"]*\/icons\.svg/.exec(page)![0]
  page = page.replaceAll(`${sprite}#`, '#')
  const icons = await read(sprite)
  page = page.replace(/<body[^>]*>/, (tag) => `${tag}<div hidden>${icons}</div>`)
  const base64 = gzipSync(page).toString('base64')
  await floor.give({ path: '/', content_encoding: 'gzip', base64 })
}

async function* measureFirst(
  browser: BrowserContext,
  server: Server,
  floor: Floor,
  { repeats }: Bench['scale'],
): AsyncGenerator<Figure> {
  const own: Loading[] = []
  const bare: Loading[] = []
  for (let turn = -1; turn < repeats; turn++) {
    const fixed = await load(browser, `http://127.0.0.1:${floor.port}/`, { cached: false })
    const page = await load(browser, `http://127.0.0.1:${server.port}/tenants`, { cached: false })
    if (turn < 0) continue
    bare.push(fixed)
    own.push(page)
  }
  const of = (loadings: Loading[], what: keyof Loading) =>
    median(loadings.map((loading) => loading[what]))
  const ratio = median(own.map((page, turn) => page.interactive_ms / bare[turn]!.interactive_ms))
  yield figure('First load: size', of(own, 'bytes') / 1000, 'kB', { at_most: 70 })
  yield figure('First load: requests', of(own, 'requests'), '', { at_most: 6 })
  yield figure(
    'First load: interactive',
    ratio,
    '× a static page',
    { at_most: 1.5 },
    {
      interactive_ms: of(own, 'interactive_ms'),
      static_ms: of(bare, 'interactive_ms'),
      static_kb: of(bare, 'bytes') / 1000,
    },
  )
  yield figure('First load: layout shift', of(own, 'layout_shift'), '', { at_most: 0 })
  yield figure(
    'First load: long tasks',
    of(own, 'long_tasks'),
    '',
    { at_most: 0 },
    {
      static: of(bare, 'long_tasks'),
    },
  )
}

async function* measureLater(
  browser: BrowserContext,
  { port }: Server,
  { deep_id }: Dataset,
): AsyncGenerator<Figure> {
  const pages = {
    Tenants: '/tenants',
    'a tenant': `/tenants/${deep_id}`,
    Preferences: `/tenants/${deep_id}/preferences`,
  }
  for (const [name, path] of Object.entries(pages)) {
    const { bytes, requests } = await load(browser, `http://127.0.0.1:${port}${path}`, {
      cached: true,
    })
    yield figure(`Later page, ${name}`, bytes / 1000, 'kB', { at_most: 15 }, { requests })
  }
}
