import t from 'tap'
import { world } from '../support/world.ts'

t.test('a list that is asked for a tag that is gone says so', async (t) => {
  const { alice } = await world(t)
  for (const list of ['computers', 'people', 'tenants']) {
    const { body } = await alice.get(`/${list}?tag=999999`)
    t.match(body, /<option value="999999" selected>A tag that is gone</, list)
    t.notMatch((await alice.get(`/${list}`)).body, /A tag that is gone/, list)
  }
})
