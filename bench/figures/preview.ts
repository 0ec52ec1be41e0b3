import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { operation } from '../../src/db/operation.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import type { Bench } from '../bench.ts'
import { type Dataset, copyDataset, insertEntries, withDatabase } from '../databases.ts'
import { COMMON_KEY } from '../entries.ts'
import { type Figure, figure, median } from '../figure.ts'
import { type Server, startTenantry } from '../server.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'

/** A preference that every single tenant has set. */
const EVERYWHERE_KEY = 'agent.stale_after_days'

/** How long a preview of a change at the root takes, and how long others wait meanwhile. */
export async function* preview({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  const data = copyDataset(await dataset(scale.medium), join(folder, 'preview'))
  await setEverywhere(data)
  const server = await startTenantry(data)
  try {
    yield* measure(server, data, COMMON_KEY, 'set by one in fifty', scale)
    yield* measure(server, data, EVERYWHERE_KEY, 'set by all', scale)
  } finally {
    await server.stop()
  }
}

async function setEverywhere(data: Dataset) {
  await withDatabase(data, async (db) => {
    const tenants = await everyTenant(db)
      .selectFrom('tenant')
      .select('id')
      .where('id', '>', ROOT_ID)
      .execute()
    const ids = tenants.map(({ id }) => id)
    await operation(db, data.actor, 'preference.set', async (tx) => {
      await everyTenantTx(tx)
        .deleteFrom('preference_entry')
        .where('key', '=', EVERYWHERE_KEY)
        .execute()
      await insertEntries(tx, ids, EVERYWHERE_KEY)
    })
  })
}

async function* measure(
  server: Server,
  data: Dataset,
  key: string,
  how: string,
  { repeats }: Bench['scale'],
): AsyncGenerator<Figure> {
  const get = getter(server, data)
  const ask = `/tenants/root/preferences/${key}?choice=own&value=59&lock=none`
  const elsewhere = `/tenants/${data.deep_id}`
  const seconds: number[] = []
  const waits: number[] = []
  const quiet: number[] = []
  for (let turn = -1; turn < repeats; turn++) {
    const [, quiet_ms] = await meanwhile(setTimeout(200), () => get(elsewhere))
    const started = performance.now()
    const [page, wait_ms] = await meanwhile(get(ask), () => get(elsewhere))
    if (!page.includes('change')) throw new Error('the page says nothing of what changes')
    // The first one warms everything up.
    if (turn < 0) continue
    seconds.push((performance.now() - started) / 1000)
    waits.push(wait_ms)
    quiet.push(quiet_ms)
  }
  const name = `Preview at the root of ${data.size}, ${how}`
  yield figure(name, median(seconds), 's', { at_most: 1 }, { slowest: Math.max(...seconds) })
  yield figure(
    `${name}: longest wait of others`,
    median(waits),
    'ms',
    { at_most: 50 },
    {
      longest: Math.max(...waits),
      otherwise: median(quiet),
    },
  )
}

/** Asks again and again until `work` is done; returns its result and the longest wait, in ms. */
async function meanwhile<T>(work: Promise<T>, ask: () => Promise<unknown>): Promise<[T, number]> {
  const progress = { done: false, longest_ms: 0 }
  const ended = work.finally(() => (progress.done = true))
  while (!progress.done) {
    const asked = performance.now()
    await ask()
    progress.longest_ms = Math.max(progress.longest_ms, performance.now() - asked)
    await setTimeout(2)
  }
  return [await ended, progress.longest_ms]
}

function getter({ port }: Server, { session }: Dataset) {
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { cookie: `session=${session}` },
    })
    const page = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${page}`)
    return page
  }
}
