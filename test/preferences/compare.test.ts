import t from 'tap'
import { operation, type Tx } from '../../src/db/operation.ts'
import { blockInheritance } from '../../src/preferences/commands.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { addCast, anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, START, type World, world } from '../support/world.ts'

const KEY = 'maintenance.time_zone'

const perform = ({ db, actor }: World, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, 'test.write', (tx) => write(tx))

const zone = (w: World, id: number, value: string) =>
  perform(w, (tx) => setAt(tx, id, KEY, { form: { value }, lock: null }))

const compare = async ({ alice }: World, id: number, query: string) =>
  mainText((await alice.get(`/tenants/${id}/compare?${query}`)).body)

t.test('says what was in effect then and now, with why, and only what differs', async (t) => {
  const w = await world(t)
  await zone(w, ACME, 'Asia/Tokyo')
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await zone(w, ACME_LEEDS, 'Europe/London')
  const text = await compare(w, ACME_LEGAL, 'from=2026-11-24T09:10')
  t.match(text, /Time zone Asia\/Tokyo .*Acme · Why.*Europe\/London .*Leeds office · Why/)
  t.notMatch(text, 'Remote control')
  t.match(await compare(w, ACME_LEGAL, 'from=2026-11-24T09:10&all=on'), 'Remote control')
  const earlier = await compare(w, ACME_LEGAL, 'from=2026-11-24T09:10&to=2026-11-24T09:20')
  t.match(earlier, 'The same was in effect at both moments')
})

t.test('says what changed in the tree above', async (t) => {
  const w = await world(t)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await perform(w, async (tx) => {
    await updateTenant(tx, anyTenant(ACME_LEGAL), { parent_id: anyTenant(RIVAL) })
    await updateTenant(tx, anyTenant(RIVAL), { name: 'Competitor' })
    await blockInheritance(tx, anyTenant(ACME_LEGAL), true)
  })
  const text = await compare(w, ACME_LEGAL, `from=${START}`)
  t.match(text, 'Leeds office was above it, and is no longer.')
  t.match(text, 'Competitor came to be above it.')
  t.match(text, 'Legal blocks inheritance.')
  t.match(await compare(w, RIVAL, `from=${START}`), 'Rival is called Competitor now.')
})

t.test('offers the moments before what was done to the tenant', async (t) => {
  const w = await world(t)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await zone(w, ACME, 'Asia/Tokyo')
  const { body } = await w.alice.get(`/tenants/${ACME}/compare`)
  const href = /href="([^"]+compare\?from=2026-11-24T09:29:59.999Z)"/.exec(body)![1]!
  t.match(mainText((await w.alice.get(href)).body), 'Asia/Tokyo')
})

t.test('refuses moments that are none, and a time before the tenant', async (t) => {
  const w = await world(t)
  for (const [query, message] of [
    ['from=yesterday', 'Enter a date and a time'],
    ['from=2026-11-25T09:00&to=2026-11-24T09:00', 'This is before the first moment.'],
    ['from=2001-01-01T00:00', 'This tenant did not exist at that time.'],
  ] as const) {
    const answer = await w.alice.get(`/tenants/${ACME}/compare?${query}`)
    t.equal(answer.statusCode, 422)
    t.match(mainText(answer.body), message)
  }
})

t.test('T5: names no former parent that the reader may not see', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await perform(w, (tx) => updateTenant(tx, anyTenant(ACME_LEGAL), { parent_id: anyTenant(RIVAL) }))
  const page = await charlie.browser.get(`/tenants/${ACME_LEGAL}/compare?from=${START}`)
  t.match(mainText(page.body), 'a former parent was above it, and is no longer.')
  t.notMatch(page.body, /Leeds|Acme/)
  t.equal((await charlie.browser.get(`/tenants/${ACME}/compare`)).statusCode, 404)
})
