import { textOf } from './html.ts'
import type { World } from './world.ts'

type Browser = World['alice']

/** Sends a file as the form of a page does. */
export function upload(
  browser: Browser,
  url: string,
  content: string | Buffer,
  name = 'tenants.csv',
) {
  const boundary = 'tenantry-test-boundary'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`
  return browser.send({
    method: 'POST',
    url,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      Buffer.from(head),
      Buffer.from(content),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  })
}

/** Uploads tenants and returns the address of the draft. */
export async function draftImport(browser: Browser, csv: string | Buffer) {
  const response = await upload(browser, '/tenants/import', csv)
  return String(response.headers.location)
}

/** The page of what a CSV file would do. */
export async function previewImport(browser: Browser, csv: string | Buffer) {
  return foreseen(browser, await draftImport(browser, csv))
}

/** The page of a draft, once it is worked out what it would do. */
export async function foreseen(browser: Browser, job: string) {
  const { body } = await browser.get(job)
  if (!body.includes('data-job=')) return body
  await browser.get(`${job}/events`)
  return (await browser.get(job)).body
}

/** Confirms a draft, waits until the job has ended, and returns its page. */
export async function confirmJob(
  browser: Browser,
  job: string,
  fields: Record<string, string> = {},
) {
  await browser.post(`${job}/start`, fields)
  await browser.get(`${job}/events`)
  return (await browser.get(job)).body
}

/** Imports tenants from a CSV file, by the pages; returns the page of the outcome. */
export const importCsv = async (browser: Browser, csv: string | Buffer) =>
  confirmJob(browser, await draftImport(browser, csv))

/** The figures of a preview or an outcome, in the order of the page. */
export const figures = (html: string) =>
  [...html.matchAll(/<dd>([\d,]+)<\/dd>/g)].map(([, figure]) => Number(figure!.replace(',', '')))

/** The bad lines of a preview: number and reason. */
export const badLines = (html: string) =>
  [
    ...(/<summary>Bad lines[\s\S]*?<\/table>/.exec(html)?.[0] ?? '').matchAll(
      /<tr>(<td.*?<\/td><td.*?<\/td>)/g,
    ),
  ].map(([, row]) => textOf(row!))
