import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { addUser, roles } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { textOf } from '../support/html.ts'
import { draftMerge } from '../support/merging.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

// What the preview of a merge says would follow from it.

const KEY = 'agent.check_in_interval_seconds'

const set = ({ db, actor }: World, id: number, value: number) =>
  operation(db, actor, 'test.set', (tx) => setAt(tx, id, KEY, { form: { value }, lock: null }))

async function previewed({ alice }: World, fields: Record<string, string> = {}) {
  const job = await draftMerge(alice, [ACME], 'Rival', fields)
  return textOf((await alice.get(job)).body)
}

const entryAt = async (w: World) =>
  (await w.alice.get(await draftMerge(w.alice, [ACME], 'Rival'))).body.match(/preference:\d+/)![0]

t.test('the preview says which values change for what arrives, old → new', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC-1', 'PC-2'])
  await set(w, ACME, 60)
  await set(w, RIVAL, 90)
  const page = await previewed(w)
  t.match(page, /for the computers that arrive 1 preference changes.* 60.* → 90.*, for 2 computers/)
  t.match(page, /for the child tenants that arrive 1 preference changes.* → 90.*, for 2 tenants/)
})

t.test('a preference that is taken changes for nobody who had it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC-1'])
  await set(w, ACME, 60)
  await set(w, RIVAL, 90)
  const page = await previewed(w, { [await entryAt(w)]: 'source' })
  t.match(page, /for the computers that arrive No value changes\./)
  t.match(page, /for the child tenants that arrive No value changes\./)
})

t.test('the preview says who gains access, and to what', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC-1'])
  await addUser(w, ACME, 'Ada', 'technician')
  await addUser(w, ACME_LEEDS, 'Lea', 'technician')
  await addUser(w, RIVAL, 'Rita', 'technician')
  const page = await previewed(w)
  t.match(page, /see the computers that arrive 0 people less, 1 person more\. .*Rita \(Rival\)/)
  t.match(page, /see the child tenants that arrive 0 people less, 1 person more\. .*Rita \(Rival\)/)
  t.match(page, /see Rival 0 people less, 1 person more\. Gain access: 1 Ada \(Acme\)/)
})

t.test('the preview says who loses what they were given, unless it is given there', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['PC-1'])
  const { id: other } = (await w.api.post('/tenants', { name: 'Other' })).json()
  const { person_id } = await addUser(w, other, 'Otto', 'technician')
  const answer = await w.api.post('/assignments', {
    person_id,
    tenant_id: ACME,
    effect: 'allow',
    role_id: roles.viewer,
  })
  t.equal(answer.statusCode, 201)
  const page = await previewed(w)
  t.match(page, /see the computers that arrive 1 person less, 0 people more\. .*Otto \(Other\)/)
  t.match(page, /see Rival The same people as now\./)
  const given = await previewed(w, { [`access:${ACME}`]: 'give' })
  t.match(given, /see the computers that arrive The same people as now\./)
  t.match(given, /see Rival 0 people less, 1 person more\. .*Otto \(Other\)/)
})
