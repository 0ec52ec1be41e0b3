import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where Chromium is on this machine, if it is. */
export const findChromium = () => PLACES.find(existsSync)

/** A browser that does nothing by itself, with an empty profile. */
export const openBrowser = (executablePath: string, folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(join(folder, 'browser'), {
    executablePath,
    viewport: { width: 1280, height: 800 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
