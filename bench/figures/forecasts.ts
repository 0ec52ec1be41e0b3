import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createSealer } from '../../src/access/sealing.ts'
import { buildApp } from '../../src/app.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import type { Bench } from '../bench.ts'
import { addComputers } from '../computers.ts'
import { copyDataset } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { addSchedules, openAt, twoForEach } from '../schedules.ts'
import { timed } from '../timed.ts'

const ROUNDS = 40
const WARM_UP = 20

/** The pages that say which windows will come, among many schedules and computers. */
export async function* forecasts(bench: Bench): AsyncGenerator<Figure> {
  const tenants = bench.scale.small / 2
  const dataset = copyDataset(await bench.dataset(tenants), join(bench.folder, 'forecasts'))
  await addComputers(dataset, tenants * 20)
  const db = openAt(dataset, new Date().toISOString())
  await addSchedules(db, dataset, [
    { tenant_id: ROOT_ID, name: 'For all' },
    { tenant_id: ROOT_ID, name: 'Of each', zone_of: 'tenant', zone: null },
    ...(await twoForEach(db, tenants, '20:00')),
  ])
  await look(db)
  const sealer = createSealer(() => Buffer.alloc(32, 'a key for measuring'))
  const app = await buildApp(db, { log_level: 'silent', sealer })
  const { id: computer } = await everyTenant(db)
    .selectFrom('computer')
    .select('id')
    .where('tenant_id', '=', dataset.deep_id as never)
    .where('state', '=', 'active')
    .limit(1)
    .executeTakeFirstOrThrow()
  const pages = {
    'a schedule of all tenants': '/schedules/1/forecast',
    'one in the zone of each': '/schedules/2/forecast',
    'a tenant': `/tenants/${dataset.deep_id}/forecast`,
    'a computer': `/computers/${computer}/maintenance`,
  }
  for (const [of, url] of Object.entries(pages)) {
    const cpu_ms = await cpuOf(app, url, dataset.session)
    yield figure(`Forecast of ${of}: CPU`, cpu_ms, 'ms', { at_most: 30 })
  }
  await app.close()
  await db.close()
}

/** The CPU time that a page takes: half of all answers take less. */
async function cpuOf(app: FastifyInstance, url: string, session: string) {
  const headers = { cookie: `session=${session}`, accept: 'text/html' }
  const times: number[] = []
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const { result, cpu_seconds } = await timed(() => app.inject({ method: 'GET', url, headers }))
    if (result.statusCode !== 200) throw new Error(`${url} answers ${result.statusCode}`)
    times.push(cpu_seconds * 1000)
  }
  return median(times.slice(WARM_UP))
}
