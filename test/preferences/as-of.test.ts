import fc from 'fast-check'
import t from 'tap'
import { KEYS, allNodes, changes, makeChange, plusMinutes } from '../support/random-tree.ts'
import { type World, world } from '../support/world.ts'
import { getPreferences } from '../../src/preferences/queries.ts'

/** What is in effect everywhere, as text, without what only editors need. */
async function everythingInEffect({ db, actor }: World, at: string, as_of?: string) {
  const picture: Record<number, unknown> = {}
  for (const id of await allNodes(db)) {
    try {
      const { nodes, preferences } = await getPreferences(db, actor, id, at, { as_of })
      const chosen = preferences.filter(({ preference }) => KEYS.includes(preference.key as never))
      // Where a node lies is always told of the present.
      const chain = nodes.map(({ path: _, ...node }) => Object.entries(node).sort())
      picture[id] = { chain, in_effect: chosen.map(({ resolution }) => resolution) }
    } catch {
      // It did not exist then.
    }
  }
  return JSON.stringify(picture)
}

t.test('as of any past moment, what is in effect is what was in effect then', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { minLength: 25, maxLength: 40 }), async (sequence) => {
      const here = await world(t)
      const pictures: [string, string][] = []
      for (const change of sequence) {
        here.clock.now = plusMinutes(here.clock.now, 1)
        await makeChange(here.db, here.actor, change)
        pictures.push([here.clock.now, await everythingInEffect(here, here.clock.now)])
      }
      const later = plusMinutes(here.clock.now, 60)
      for (const [at, then] of pictures)
        if ((await everythingInEffect(here, later, at)) !== then) return false
      return true
    }),
    { numRuns: 12 },
  )
})

t.test('says that a tenant did not exist yet', async (t) => {
  const { db, actor, clock } = await world(t)
  await t.rejects(getPreferences(db, actor, 3, clock.now, { as_of: '2020-01-01T00:00:00.000Z' }), {
    message: /no tenant 3 at that time/,
  })
})
