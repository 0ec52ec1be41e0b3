import type { Dataset } from '../databases.ts'
import type { Bench } from '../bench.ts'
import { type Figure, figure, median } from '../figure.ts'
import { type Round, startGenerator } from '../rounds.ts'
import { type Server, startFloor, startTenantry } from '../server.ts'

const CONNECTIONS = 20

const BROWSERS = 'gzip, deflate, br, zstd'

/** How the pages are told from others, and how many rows they have. */
const ROWS = { tenants: [/ id="t\d+"/g, 50], preferences: [/<details class="why"/g, 30] } as const

/** A page that is asked for, again and again, and the floor's answer of the same size. */
export type Subject = {
  server: Server
  path: string
  headers: Record<string, string>
  /** Of the body, as it is sent. */
  bytes: number
  /** Each round beside the round of the floor just before it. */
  rounds: { page: Round; floor: Round }[]
}

/** How much the two pages cost that are looked at most: as browsers ask for them, and plain. */
export async function* pages({ scale, dataset }: Bench): AsyncGenerator<Figure> {
  const small = await dataset(scale.small)
  const large = await dataset(scale.large)
  const floor = await startFloor()
  const [server, larger] = [await startTenantry(small), await startTenantry(large)]
  try {
    const tenants = await subject('tenants', server, small, BROWSERS)
    const plain_tenants = await subject('tenants', server, small, 'identity')
    const many = await subject('tenants', larger, large, BROWSERS)
    const preferences = await subject('preferences', server, small, BROWSERS)
    const plain_preferences = await subject('preferences', server, small, 'identity')
    const subjects = [tenants, plain_tenants, many, preferences, plain_preferences]
    await measure(subjects, floor, scale)

    yield* describe('Tenants page', tenants, { share: 5, cpu: 20, p99: 40 })
    yield* describe('Tenants page, plain', plain_tenants, { share: 5, cpu: 20, p99: 40 })
    yield* describe(`Tenants page of ${scale.large}`, many, { p99: 40 })
    const times = cpuMsOf(many) / cpuMsOf(tenants)
    yield figure(`CPU at ${scale.large}`, times, `× that at ${scale.small}`, { at_most: 1.5 })
    yield* describe('Preferences page', preferences, { share: 5, cpu: 18 })
    yield* describe('Preferences page, plain', plain_preferences, { share: 5, cpu: 18 })
  } finally {
    for (const one of [floor, server, larger]) await one.stop()
  }
}

const cpuMsOf = (subject: Subject) => medianOf(subject, ({ page }) => page.cpu_ms_per_request)

/** Sees that the page is the one that is meant, and how many bytes it is. */
function subject(
  page: keyof typeof ROWS,
  server: Server,
  { session, deep_id }: Dataset,
  encoding: string,
) {
  const path = page === 'tenants' ? '/tenants' : `/tenants/${deep_id}/preferences`
  return subjectAt(path, ROWS[page], server, session, encoding)
}

/** A page at an address that has so many rows of this look, or any at all. Throws where not. */
export async function subjectAt(
  path: string,
  [row, rows]: readonly [RegExp, number | 'some'],
  server: Server,
  session: string,
  encoding = BROWSERS,
): Promise<Subject> {
  const headers = {
    accept: 'text/html',
    'accept-encoding': encoding,
    'sec-fetch-site': 'same-origin',
    cookie: `session=${session}`,
  }
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
  const found = (await response.text()).match(row)?.length ?? 0
  if (rows === 'some' ? found === 0 : found !== rows)
    throw new Error(`${path} has ${found} rows in place of ${rows}`)
  const bytes = Number(response.headers.get('content-length'))
  return { server, path, headers, bytes, rounds: [] }
}

/** Asks the floor and the page by turns, so that what disturbs one disturbs the other. */
export async function measure(
  subjects: Subject[],
  floor: Server,
  { repeats, warm_up_rounds, round_seconds }: Bench['scale'],
) {
  const generator = startGenerator()
  for (let round = -warm_up_rounds; round < repeats; round++)
    for (const { server, path, headers, bytes, rounds } of subjects) {
      const load = { headers, connections: CONNECTIONS, seconds: round_seconds }
      const bare = await generator.measure(floor, { ...load, path: `/${bytes}` })
      const page = await generator.measure(server, { ...load, path })
      if (round >= 0) rounds.push({ page, floor: bare })
    }
  generator.stop()
}

type Promised = { share?: number; cpu?: number; p99?: number }

export function* describe(name: string, subject: Subject, promised: Promised): Generator<Figure> {
  const { bytes } = subject
  const of = (read: (round: Subject['rounds'][number]) => number) => medianOf(subject, read)
  const share = of(
    ({ page, floor }) => (100 * page.requests_per_second) / floor.requests_per_second,
  )
  const details = {
    bytes,
    requests_per_second: of(({ page }) => page.requests_per_second),
    floor_requests_per_second: of(({ floor }) => floor.requests_per_second),
    generator_share: of(({ page }) => page.generator_share),
    floor_generator_share: of(({ floor }) => floor.generator_share),
  }
  yield figure(`${name}: speed`, share, '% of the floor', atLeast(promised.share), details)
  const cpu = of(({ page, floor }) => page.cpu_ms_per_request / floor.cpu_ms_per_request)
  yield figure(`${name}: CPU`, cpu, '× the floor', atMost(promised.cpu), {
    cpu_ms: of(({ page }) => page.cpu_ms_per_request),
    floor_cpu_ms: of(({ floor }) => floor.cpu_ms_per_request),
  })
  const p99 = of(({ page }) => page.p99)
  yield figure(`${name}: p99`, p99, 'ms', atMost(promised.p99), { p50: of(({ page }) => page.p50) })
}

const atLeast = (value?: number) => (value === undefined ? null : { at_least: value })
const atMost = (value?: number) => (value === undefined ? null : { at_most: value })

const medianOf = ({ rounds }: Subject, read: (round: Subject['rounds'][number]) => number) =>
  median(rounds.map(read))
