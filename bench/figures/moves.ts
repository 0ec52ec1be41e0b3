import { computerBatch } from '../../src/computers/batch/job.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { paced } from '../../src/pace.ts'
import type { Bench } from '../bench.ts'
import { type Dataset, withDatabase } from '../databases.ts'
import { type Figure, figure } from '../figure.ts'
import { timed } from '../timed.ts'

/** The provider itself: nothing of what is moved is there. */
const TARGET = 2

/** How long it takes to foresee the move of many computers, and to do it, its log included. */
export async function* moves({ scale }: Bench, dataset: Dataset): AsyncGenerator<Figure> {
  const { actor } = dataset
  const { foreseen, moved } = await withDatabase(dataset, async (db) => {
    const rows = await everyTenant(db)
      .selectFrom('computer')
      .select('id')
      .where('state', '<>', 'deleted')
      .orderBy('id')
      .limit(scale.small)
      .execute()
    const ids = rows.map(({ id }) => id)
    const choice = { tenant_id: TARGET, person: null, tag_id: null, whole: true, reason: null }
    const batch = { action: 'change_tenant' as const, ids, ...choice }
    const foreseen = await timed(() => computerBatch.foresee(db, actor, batch, paced()))
    const moved = await timed(() => computerBatch.run(db, actor, batch, paced()))
    if (moved.result.done !== ids.length) throw new Error(`${moved.result.done} were moved`)
    return { foreseen, moved }
  })
  const named = `Move of ${scale.small} computers`
  yield figure(`${named}: preview`, foreseen.seconds, 's', { at_most: 1 })
  yield figure(named, moved.seconds, 's', { at_most: 2 })
  yield figure(`${named}: preview, CPU time`, foreseen.cpu_seconds, 's', null)
  yield figure(`${named}, CPU time`, moved.cpu_seconds, 's', null)
  const longest = Math.max(foreseen.loop_ms, moved.loop_ms)
  yield figure(`${named}: longest wait of others`, longest, 'ms', { at_most: 100 })
}
