import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { requireTenant } from '../../src/access/visible.ts'
import type { ReportedAgent } from '../../src/computers/sync/report.ts'
import { syncAgents } from '../../src/computers/sync/sync.ts'
import type { Db } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { paced } from '../../src/pace.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import type { Bench } from '../bench.ts'
import { type Dataset, copyDataset, withDatabase } from '../databases.ts'
import { type Figure, figure } from '../figure.ts'

const MODELS = ['Latitude 5440', 'OptiPlex 7010', 'PowerEdge R650']
/** The first tenants are "All tenants" and the provider. */
const FIRST_CLIENT = 3
const BETWEEN_SAVES_MS = 20

/** What a sync of so many computers takes: new, as they were, seen again, and changed. */
export async function* sync({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  const copy = copyDataset(await dataset(scale.small / 2), join(folder, 'sync'))
  const size = scale.medium
  const runs = [
    { name: 'new', system: 'Windows 10', hour: '09', at_least: null },
    { name: 'as they were', system: 'Windows 10', hour: '09', at_least: 100_000 },
    { name: 'seen again', system: 'Windows 10', hour: '10', at_least: 100_000 },
    { name: 'changed', system: 'Windows 11', hour: '11', at_least: 30_000 },
  ]
  for (const { name, at_least, ...told } of runs) {
    const reports = report(size, scale.small / 2 - FIRST_CLIENT, told)
    const { rate, loop_ms, wait_ms } = await withDatabase(copy, (db) =>
      syncOnce(db, copy, reports, size),
    )
    const target = at_least === null ? null : { at_least }
    yield figure(`Sync of ${size}, ${name}`, rate, 'rows/s', target)
    const longest = Math.max(loop_ms, wait_ms)
    yield figure(`Sync of ${size}, ${name}: longest wait of others`, longest, 'ms', {
      at_most: 100,
    })
  }
}

async function syncOnce(
  db: Db,
  { actor }: Dataset,
  reports: Iterable<ReportedAgent>,
  size: number,
) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const others = keepWriting(db, actor)
  const started = performance.now()
  await syncAgents(db, actor, 'Bench', reports, paced())
  const seconds = (performance.now() - started) / 1000
  delay.disable()
  return { rate: size / seconds, loop_ms: delay.max / 1e6, wait_ms: await others.stop() }
}

/** Somebody who saves something, again and again; `stop` says how long they waited at most. */
function keepWriting(db: Db, actor: Dataset['actor']) {
  let longest = 0
  const stopping = new AbortController()
  const writing = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const asked = performance.now()
      await operation(db, actor, 'tenant.update', async (tx) => {
        const tenant = await requireTenant(tx, actor, 'tenant.edit', FIRST_CLIENT)
        await updateTenant(tx, tenant, { description: `Turn ${turn}` })
      })
      longest = Math.max(longest, performance.now() - asked)
      await wait(BETWEEN_SAVES_MS)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await writing
      return longest
    },
  }
}

/** One report for each computer, customer by customer, as an integration tells it. */
export function* report(
  size: number,
  tenants: number,
  { system, hour }: { system: string; hour: string },
): Generator<ReportedAgent> {
  const each = Math.ceil(size / tenants)
  for (let index = 0; index < size; index++)
    yield {
      external_key: `agent-${index}`,
      tenant_id: FIRST_CLIENT + Math.floor(index / each),
      name: `WS-${index.toString(36).toUpperCase()}`,
      serial_number: `SN${(index * 7919).toString(36)}X`,
      manufacturer: 'Dell Inc.',
      model: MODELS[index % MODELS.length]!,
      hardware_uuid: `4c4c4544-0000-4a10-8033-${(index + 1e11).toString(16).padStart(12, '0')}`,
      operating_system: system,
      last_seen_at: `2026-11-24T${hour}:00:00.000Z`,
    }
}
