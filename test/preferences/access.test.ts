import t, { type Test } from 'tap'
import { permissions } from '../../src/access/permissions.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { getPreference } from '../../src/preferences/catalogue.ts'
import { grantExemption } from '../../src/preferences/commands.ts'
import { getExemption, listExemptions } from '../../src/preferences/exemptions.ts'
import { measureImpact } from '../../src/preferences/impact.ts'
import { getPreferences } from '../../src/preferences/queries.ts'
import { addCast, addUser, anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, RIVAL, world } from '../support/world.ts'

const TIMEOUT = 'maintenance.reboot_prompt_timeout_minutes'
const UPDATES = 'maintenance.install_os_updates'
const ROOT = 1

/** All tenants locks the updates, Acme is exempt from that; both set the timeout, Acme locks it. */
async function decided(t: Test) {
  const w = await world(t)
  const cast = await addCast(w)
  await operation(w.db, w.actor, 'preference.set', async (tx) => {
    await setAt(tx, ROOT, UPDATES, { form: { value: true }, lock: 'fixed' })
    await setAt(tx, ROOT, TIMEOUT, { form: { value: 20 }, lock: null })
    await setAt(tx, ACME, TIMEOUT, { form: { value: 45 }, lock: 'fixed' })
  })
  const exemption_id = await operation(w.db, w.actor, 'exemption.grant', (tx) =>
    grantExemption(tx, w.actor, anyTenant(ACME), {
      key: UPDATES,
      lock_tenant_id: ROOT,
      reason: 'Ventilator in the cellar',
      ticket: 'INC-2041',
      expires_at: null,
    }),
  )
  return { ...w, ...cast, exemption_id }
}

const lockOf = async (
  { db }: Awaited<ReturnType<typeof decided>>,
  tenant_id: number,
  key: string,
) =>
  everyTenant(db)
    .selectFrom('preference_entry')
    .select(['lock', 'value'])
    .where('tenant_id', '=', tenant_id)
    .where('key', '=', key)
    .executeTakeFirst()

t.test('T5: a stranger finds no preference of another customer, by any address', async (t) => {
  const { charlie, exemption_id } = await decided(t)
  const one = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const pages = [
    `/tenants/${ACME}/preferences`,
    `/tenants/${ACME}/preferences?as_of=2026-11-24T09:00`,
    one,
    `${one}/impact?choice=own&value=5`,
    `${one}/exemption`,
    `/tenants/${ACME}/inheritance`,
    `/tenants/${ACME}/exemptions/${exemption_id}/withdrawal`,
  ]
  for (const page of pages) t.equal((await charlie.browser.get(page)).statusCode, 404, page)
  const forms = [one, ...pages.slice(-3)]
  for (const form of forms)
    t.equal((await charlie.browser.post(form, { choice: 'inherit' })).statusCode, 404, form)
  const under_own = `/tenants/${RIVAL}/exemptions/${exemption_id}`
  t.equal((await charlie.browser.get(`${under_own}/withdrawal`)).statusCode, 404)
  t.equal((await charlie.api.get(under_own)).statusCode, 404)
  t.equal((await charlie.api.delete(under_own)).statusCode, 404)
})

t.test('T5: nor would a stranger if a route forgot to ask', async (t) => {
  const w = await decided(t)
  const allows = [{ path: `/1/${RIVAL}/`, permissions: new Set(permissions) }]
  const stranger = { ...w.actor, access: { allows, denies: [], limit: null } }
  const missing = { message: /There is no tenant 3/ }
  await t.rejects(getPreferences(w.db, stranger, ACME, w.db.now()), missing)
  await t.rejects(listExemptions(w.db, stranger, ACME), missing)
  await t.rejects(getExemption(w.db, stranger, ACME, w.exemption_id), missing)
  const impact = [getPreference(TIMEOUT), { entry: null }, w.db.now()] as const
  await t.rejects(measureImpact(w.db, stranger, ACME, ...impact), missing)
})

t.test('T5: nor does a stranger by the API', async (t) => {
  const {
    charlie: { api },
    exemption_id,
  } = await decided(t)
  const one = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const grant = { key: TIMEOUT, lock_tenant_id: ACME, reason: 'x' }
  const answers = [
    await api.get(`/tenants/${ACME}/preferences`),
    await api.put(one, { value: 5 }),
    await api.put(`${one}?preview=true`, { value: 5 }),
    await api.delete(one),
    await api.get(`/tenants/${ACME}/exemptions`),
    await api.post(`/tenants/${ACME}/exemptions`, grant),
    await api.get(`/tenants/${ACME}/exemptions/${exemption_id}`),
    await api.delete(`/tenants/${ACME}/exemptions/${exemption_id}`),
  ]
  for (const answer of answers) t.equal(answer.statusCode, 404)
  const own = await api.post(`/tenants/${RIVAL}/exemptions`, grant)
  t.equal(own.statusCode, 422, 'a lock that does not hold Rival is none, wherever it is')
})

t.test('what is decided above is shown, and not by whom', async (t) => {
  const { bob } = await decided(t)
  const { body } = await bob.browser.get(`/tenants/${ACME}/preferences`)
  const text = mainText(body)
  t.match(text, /45 minutes Set here · locks all below/)
  t.match(text, /All tenants 20 minutes overridden Acme 45 minutes/)
  t.match(text, /All tenants On, locked for all below in effect · redundant · exempt: Ventilator/)
  t.notMatch(text, /overridden Alice/)
  t.notMatch(body, /href="\/tenants\/(1|root)["/]/)
})

t.test('the API leaves out who set what above, and the id of the node', async (t) => {
  const { bob } = await decided(t)
  const answer = await bob.api.get(`/tenants/${ACME}/preferences?key=${TIMEOUT}`)
  const [above, own] = answer.json().preferences[0].chain
  t.match(above, { tenant_id: null, name: 'All tenants', entry: { value: 20 }, by: null, at: null })
  t.match(own, { tenant_id: ACME, by: 'Alice Moore' })
  const [exemption] = (await bob.api.get(`/tenants/${ACME}/exemptions`)).json().exemptions
  t.match(exemption, { lock_tenant_id: null, reason: 'Ventilator in the cellar' })
})

t.test('the reason of an exemption is told where it was granted, and not below', async (t) => {
  const w = await decided(t)
  const lee = await addUser(w, ACME_LEEDS, 'Lee Leeds', 'administrator')
  const { body } = await lee.browser.get(`/tenants/${ACME_LEEDS}/preferences`)
  t.match(
    mainText(body),
    /All tenants On, locked for all below in effect · redundant · exempt Offline/,
  )
  t.notMatch(body, /Ventilator|INC-2041|Alice/)
  const answer = await lee.api.get(`/tenants/${ACME_LEEDS}/preferences`)
  t.notMatch(answer.body, /Ventilator|INC-2041|Alice/)
  t.match(answer.body, '"lock_state":"exempted"')
})

t.test('as of the past, a parent that may not be seen has no name', async (t) => {
  const w = await decided(t)
  w.clock.now = '2026-11-24T09:10:00.000Z'
  await operation(w.db, w.actor, 'preference.set', (tx) =>
    setAt(tx, RIVAL, 'maintenance.time_zone', { form: { value: 'Asia/Tokyo' }, lock: null }),
  )
  const move = (parent_id: number) => w.api.patch(`/tenants/${ACME_LEGAL}`, { parent_id })
  t.equal((await move(RIVAL)).statusCode, 200)
  w.clock.now = '2026-11-24T09:20:00.000Z'
  t.equal((await move(ACME)).statusCode, 200)
  const page = `/tenants/${ACME_LEGAL}/preferences?as_of=2026-11-24T09:15`
  const { body } = await w.bob.browser.get(page)
  t.match(mainText(body), /Asia\/Tokyo Inherited · a former parent/)
  t.notMatch(body, /Rival/)
})

t.test('a technician sets preferences and leaves the lock as it is', async (t) => {
  const w = await decided(t)
  const address = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const { body } = await w.bob.browser.get(address)
  t.notMatch(body, /name="lock"|Factory, locked|value="inherit"/)
  const fields = { choice: 'own', value: '50', version: '1' }
  const first = await w.bob.browser.post(address, fields)
  const previewed = /name="previewed" value="([^"]+)"/.exec(first.body)![1]!
  t.equal((await w.bob.browser.post(address, { ...fields, previewed })).statusCode, 303)
  t.same(await lockOf(w, ACME, TIMEOUT), { lock: 'fixed', value: '50' })
})

t.test('a technician neither sets nor takes away a lock', async (t) => {
  const w = await decided(t)
  const { api, browser } = w.bob
  const key = 'maintenance.time_zone'
  const one = `/tenants/${ACME_LEGAL}/preferences/${key}`
  const fields = { choice: 'own', value: 'Europe/London', lock: 'fixed' }
  t.equal((await browser.post(one, fields)).statusCode, 403)
  t.equal((await api.put(one, { value: 'Europe/London', lock: 'fixed' })).statusCode, 403)
  t.equal((await api.put(`/tenants/${ACME}/preferences/${TIMEOUT}`, { value: 1 })).statusCode, 403)
  t.equal((await api.delete(`/tenants/${ACME}/preferences/${TIMEOUT}`)).statusCode, 403)
  t.equal((await browser.get(`/tenants/${ACME}/inheritance`)).statusCode, 403)
  t.equal((await browser.post(`/tenants/${ACME}/inheritance`, { blocks: 'on' })).statusCode, 403)
  t.same(await lockOf(w, ACME, TIMEOUT), { lock: 'fixed', value: '45' })
  t.equal(await lockOf(w, ACME_LEGAL, key), undefined)
  t.equal((await api.put(one, { value: 'Europe/London' })).statusCode, 200)
})

t.test('whoever only reads is offered nothing to change', async (t) => {
  const { dana, vera } = await decided(t)
  for (const { browser } of [dana, vera]) {
    const { body } = await browser.get(`/tenants/${ACME}/preferences`)
    t.match(body, /Why/)
    t.notMatch(body, />(Override|Change|Reset|Lock|Unlock|Exempt|Withdraw|Block inheritance)</)
    const one = `/tenants/${ACME}/preferences/${TIMEOUT}`
    t.equal((await browser.get(one)).statusCode, 403)
    t.equal((await browser.post(one, { choice: 'inherit' })).statusCode, 403)
  }
})

t.test('a lock is waived only by those who may do so where it is set', async (t) => {
  const w = await decided(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const above = { key: UPDATES, lock_tenant_id: 'root', reason: 'We would rather not' }
  t.equal((await mia.api.post(`/tenants/${ACME_LEGAL}/exemptions`, above)).statusCode, 403)
  const refused = await mia.api.delete(`/tenants/${ACME}/exemptions/${w.exemption_id}`)
  t.equal(refused.statusCode, 403)
  const own = { key: TIMEOUT, lock_tenant_id: ACME, reason: 'Reception' }
  t.equal((await mia.api.post(`/tenants/${ACME_LEGAL}/exemptions`, own)).statusCode, 201)
  const lee = await addUser(w, ACME_LEEDS, 'Lee Leeds', 'manager')
  t.equal((await lee.api.post(`/tenants/${ACME_LEEDS}/exemptions`, own)).statusCode, 403)
  const page = `/tenants/${ACME_LEEDS}/preferences`
  t.equal((await lee.browser.get(`${page}/${TIMEOUT}/exemption`)).statusCode, 403)
  t.notMatch((await lee.browser.get(page)).body, />Exempt</)
  t.match((await mia.browser.get(page)).body, />Exempt</)
})

t.test('what a change does to tenants that are denied is neither counted nor named', async (t) => {
  const w = await decided(t)
  const vic = await addUser(w, NORTHWIND, 'Vic Visitor', 'administrator')
  await operation(w.db, w.actor, 'test.deny', (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        tenant_id: anyTenant(ACME_LEEDS),
        person_id: vic.person_id,
        role_id: null,
        effect: 'deny',
        operation_id: tx.operation.id,
      })
      .execute(),
  )
  const measure = async ({ api }: { api: typeof vic.api }) => {
    const change = { value: 7, lock: 'fixed' }
    return (await api.put(`/tenants/${ACME}/preferences/${TIMEOUT}?preview=true`, change)).json()
  }
  t.match(await measure(w), { tenants_changing: 3 })
  t.match(await measure(vic), { tenants_changing: 1, regions: [{ name: 'Acme', tenants: 1 }] })
  await operation(w.db, w.actor, 'exemption.grant', (tx) =>
    grantExemption(tx, w.actor, anyTenant(ACME_LEEDS), {
      key: TIMEOUT,
      lock_tenant_id: ACME,
      reason: 'Hush',
      ticket: '',
      expires_at: null,
    }),
  )
  t.notMatch(JSON.stringify(await measure(vic)), /Leeds|Legal/)
  t.notMatch((await vic.browser.get(`/tenants/${ACME}/preferences`)).body, /Leeds|Hush/)
  t.match((await w.alice.get(`/tenants/${ACME}/preferences`)).body, /Leeds.*Hush/s)
})
