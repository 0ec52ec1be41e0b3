import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { getPreferenceInEffect } from '../../src/preferences/queries.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, world } from '../support/world.ts'

const TIMEOUT = 'maintenance.reboot_prompt_timeout_minutes'

t.test('says what blocking inheritance changes, then blocks, and lets inherit again', async (t) => {
  const { alice, db, actor, clock } = await world(t)
  await operation(db, actor, 'test', (tx) =>
    setAt(tx, ACME, TIMEOUT, { form: { value: 45 }, lock: null }),
  )
  const page = await alice.get(`/tenants/${ACME_LEEDS}/inheritance`)
  t.match(page.body, /2 tenants: 45 minutes → 20 minutes/)
  const blocked = await alice.post(`/tenants/${ACME_LEEDS}/inheritance`, { blocks: 'on' })
  t.equal(blocked.headers.location, `/tenants/${ACME_LEEDS}/preferences`)
  const value = async () =>
    (await getPreferenceInEffect(db, actor, ACME_LEGAL, clock.now, TIMEOUT)).resolution.value
  t.equal(await value(), 20)
  const back = await alice.get(`/tenants/${ACME_LEEDS}/inheritance`)
  t.match(back.body, /2 tenants: 20 minutes → 45 minutes/)
  await alice.post(`/tenants/${ACME_LEEDS}/inheritance`, { blocks: 'off' })
  t.equal(await value(), 45)
})

t.test('knows of nothing to block at the top of the tree', async (t) => {
  const { alice } = await world(t)
  t.equal((await alice.get('/tenants/root/inheritance')).statusCode, 409)
  t.equal((await alice.post('/tenants/root/inheritance', { blocks: 'on' })).statusCode, 409)
})

t.test('refuses what is neither on nor off', async (t) => {
  const { alice } = await world(t)
  for (const blocks of ['', 'yes', '1'])
    t.equal((await alice.post(`/tenants/${ACME}/inheritance`, { blocks })).statusCode, 422)
})
