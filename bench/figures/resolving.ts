import type { Bench } from '../bench.ts'
import { withDatabase } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { getPreferences } from '../../src/preferences/queries.ts'

const WARM_UP = 2000
const TIMES = 3000

/** How long it takes to resolve every key of a tenant at depth 6, by what the page calls. */
export async function* resolving({ scale, dataset }: Bench): AsyncGenerator<Figure> {
  for (const size of [scale.small, scale.large]) {
    const { deep_id, actor, ...rest } = await dataset(size)
    const { times, keys, nodes } = await withDatabase({ deep_id, actor, ...rest }, async (db) => {
      const times: number[] = []
      const now = db.now()
      for (let turn = -WARM_UP; turn < TIMES; turn++) {
        const started = performance.now()
        await getPreferences(db, actor, deep_id, now)
        if (turn >= 0) times.push((performance.now() - started) * 1000)
      }
      const { preferences, nodes } = await getPreferences(db, actor, deep_id, now)
      return { times, keys: preferences.length, nodes: nodes.length }
    })
    const name = `Resolving all keys at ${size} tenants`
    const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!
    yield figure(name, median(times), 'µs', { at_most: 150 }, { keys, nodes, p99 })
  }
}
