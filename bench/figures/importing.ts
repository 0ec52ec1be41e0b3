import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { importTenants } from '../../src/tenants/csv/import.ts'
import type { Bench } from '../bench.ts'
import { startDataset, withDatabase } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { organisations } from '../organisations.ts'

const RESOLUTION_MS = 1

/** How long an import into an empty database takes, and how long it keeps others waiting. */
export async function* importing({ scale, folder }: Bench): AsyncGenerator<Figure> {
  const some = await importRepeatedly(
    join(folder, 'import'),
    scale.small,
    Math.min(scale.repeats, 3),
  )
  yield figure(
    `Import of ${scale.small}`,
    some.seconds,
    's',
    { at_most: 1.5 },
    {
      longest_delay_ms: some.longest_delay_ms,
    },
  )
  const many = await importRepeatedly(join(folder, 'import-many'), scale.medium, 1)
  yield figure(`Import of ${scale.medium}`, many.seconds, 's', null)
  yield figure(
    `Import of ${scale.medium}: longest delay of others`,
    many.longest_delay_ms,
    'ms',
    { at_most: 50 },
    { p99: many.p99_delay_ms },
  )
}

async function importRepeatedly(directory: string, size: number, repeats: number) {
  const csv = toCsv(size)
  const runs: Awaited<ReturnType<typeof importOnce>>[] = []
  for (let turn = 0; turn < repeats; turn++)
    runs.push(await importOnce(`${directory}-${turn}`, csv, size))
  const of = (read: (run: (typeof runs)[number]) => number) => median(runs.map(read))
  return {
    seconds: of((run) => run.seconds),
    longest_delay_ms: of((run) => run.longest_delay_ms),
    p99_delay_ms: of((run) => run.p99_delay_ms),
  }
}

async function importOnce(directory: string, csv: string, size: number) {
  const dataset = await startDataset(directory)
  return withDatabase(dataset, async (db) => {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    delay.enable()
    const started = performance.now()
    const { created, bad } = await importTenants(db, dataset.actor, csv)
    const seconds = (performance.now() - started) / 1000
    delay.disable()
    if (created !== size) throw new Error(`imported ${created} of ${size}: ${bad[0]?.reason}`)
    const ms = (nanoseconds: number) => nanoseconds / 1e6 - RESOLUTION_MS
    return { seconds, longest_delay_ms: ms(delay.max), p99_delay_ms: ms(delay.percentile(99)) }
  })
}

/** The organisations as a file that an administrator brings. */
function toCsv(size: number) {
  const lines = ['name,parent,kind,description,slug']
  const slugs = ['']
  for (const { number, parent, name, kind, description, slug } of organisations()) {
    if (number > size) break
    slugs[number] = slug
    const cells = [name, parent === null ? '' : slugs[parent]!, kind, description, slug]
    lines.push(cells.map((cell) => `"${cell}"`).join(','))
  }
  return lines.join('\r\n')
}
