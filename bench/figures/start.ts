import { setTimeout } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { type Figure, figure, median } from '../figure.ts'
import { residentMb } from '../process-figures.ts'
import { startTenantry } from '../server.ts'

/** How soon the server answers, and how much memory it holds when nobody asks for anything. */
export async function* start({ scale, dataset }: Bench): AsyncGenerator<Figure> {
  const data = await dataset(scale.small)
  const starts: number[] = []
  // The first start compiles, and keeps what it compiled for the next ones.
  for (let turn = -1; turn < scale.repeats; turn++) {
    const server = await startTenantry(data)
    if (turn >= 0) starts.push(server.ready_ms)
    await server.stop()
  }
  const slowest = Math.max(...starts) / 1000
  yield figure('Ready after start', median(starts) / 1000, 's', { at_most: 0.5 }, { slowest })

  const server = await startTenantry(data)
  await setTimeout(scale.idle_seconds * 1000)
  const fresh = residentMb(server.pid)
  const cookie = `session=${data.session}`
  const paths = ['/tenants', `/tenants/${data.deep_id}`, `/tenants/${data.deep_id}/preferences`]
  for (const path of [...paths, ...paths])
    await visit(`http://127.0.0.1:${server.port}${path}`, cookie)
  await setTimeout(scale.idle_seconds * 1000)
  const used = residentMb(server.pid)
  await server.stop()
  yield figure('Memory when idle', used, 'MB', { at_most: 120 }, { before_any_request: fresh })
}

async function visit(url: string, cookie: string) {
  const response = await fetch(url, { headers: { cookie } })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}
