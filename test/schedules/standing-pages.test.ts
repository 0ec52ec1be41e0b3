import t from 'tap'
import { findOverride } from '../../src/schedules/overriding.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { fieldError, fieldsIn, mainText } from '../support/html.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, NORTHWIND, type World, world } from '../support/world.ts'

const ROOT = 1

const page = async ({ alice }: World, address: string) => mainText((await alice.get(address)).body)

const decide = async ({ alice }: World, id: number, fields: Record<string, string>) => {
  const address = `/tenants/${ACME_LEEDS}/schedules/${id}`
  const shown = fieldsIn((await alice.get(address)).body)
  return alice.post(address, { ...shown, ...fields })
}

t.test(
  'a tenant lists its own schedules and those that it inherits, with where from',
  async (t) => {
    const w = await world(t)
    await addSchedule(w, ACME, { name: 'Nightly' })
    await addSchedule(w, ACME, { name: 'Acme alone', applies_to_children: false })
    await addSchedule(w, ACME_LEEDS, { name: 'Leeds' })
    const text = await page(w, `/tenants/${ACME_LEEDS}/schedules`)
    t.match(text, /Leeds .*In effect Set here.*Nightly .*In effect Inherited · Acme/)
    t.notMatch(text, 'Acme alone')
    t.match(await page(w, `/tenants/${NORTHWIND}/schedules`), /No schedule covers this tenant/)
  },
)

t.test(
  'a child switches a schedule off, takes times of its own, and inherits it again',
  async (t) => {
    const w = await world(t)
    const id = await addSchedule(w, ACME)
    const tab = `/tenants/${ACME_LEEDS}/schedules`
    t.equal((await decide(w, id, { choice: 'off' })).statusCode, 303)
    t.match(await page(w, tab), /Switched off Inherited · Acme Decided here/)
    t.match(await page(w, `/schedules/${id}`), /below Acme Leeds office Switched off/)
    await decide(w, id, { choice: 'own', time_0: '03:00', zone_of: 'tenant' })
    t.match(
      await page(w, tab),
      /Every day at 03:00 .* Each tenant’s own zone In effect .*Own times/,
    )
    const why = await page(w, `${tab}/${id}`)
    t.match(why, /Why Acme Every day at 22:00 .*Has other times further down.*Counts here/)
    await decide(w, id, { choice: 'inherit' })
    t.equal(await findOverride(w.db, w.actor, ACME_LEEDS, id), undefined)
    t.match(await page(w, tab), /Every day at 22:00 .*In effect Inherited · Acme/)
  },
)

t.test('says what is wrong with times of its own at their fields', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const answer = await decide(w, id, { choice: 'own', zone_of: 'fixed', zone: 'Mars', hours: '30' })
  t.equal(answer.statusCode, 422)
  t.match(fieldError(answer.body, 'zone'), /such as Europe\/Berlin/)
  t.match(fieldsIn(answer.body), { choice: 'own', zone: 'Mars', hours: '30' })
})

t.test('a lock is named, and what was decided under it can only be taken away', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await decide(w, id, { choice: 'off' })
  const fields = fieldsIn((await w.alice.get(`/schedules/${id}/edit`)).body)
  await w.alice.post(`/schedules/${id}/edit`, { ...fields, locked: 'on' })
  const address = `/tenants/${ACME_LEEDS}/schedules/${id}`
  const text = await page(w, address)
  t.match(text, /Acme has locked “ Nightly ”/)
  t.match(text, /Switched it off Does not count while the schedule is locked/)
  const refused = await w.alice.post(address, { choice: 'on', version: '1' })
  t.equal(refused.statusCode, 409)
  t.match(mainText(refused.body), /Acme has locked “Nightly”: it stays as it is/)
  t.equal((await w.alice.post(address, { choice: 'inherit', version: '1' })).statusCode, 303)
})

t.test('where inheritance is blocked, it says who blocks', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { blocks_inheritance: true })
  t.match(
    await page(w, `/tenants/${ACME_LEEDS}/schedules`),
    /Blocked Inherited · Acme .* blocked here/,
  )
  t.match(await page(w, `/tenants/${ACME_LEEDS}/schedules/${id}`), /What comes from above ends/)
})

t.test('what was decided meanwhile is not lost', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const address = `/tenants/${ACME_LEEDS}/schedules/${id}`
  await w.alice.post(address, { choice: 'off', version: '0' })
  const late = await w.alice.post(address, { choice: 'on', version: '0' })
  t.equal(late.statusCode, 409)
  t.match(mainText(late.body), /was changed by somebody else/)
  t.equal((await w.alice.post(address, fieldsIn(late.body))).statusCode, 303)
})

t.test('T1: a stranger sees nothing of it, and a reader decides nothing', async (t) => {
  const w = await world(t)
  const { charlie, dana } = await addCast(w)
  const id = await addSchedule(w, ACME)
  const address = `/tenants/${ACME_LEEDS}/schedules/${id}`
  t.equal((await charlie.browser.get(address)).statusCode, 404)
  t.notMatch((await dana.browser.get(address)).body, 'name="choice"')
  const fields = { choice: 'off', version: '0' }
  t.equal((await dana.browser.post(address, fields)).statusCode, 403)
})

t.test('taking back a decision in the history makes the schedule stand as before', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await decide(w, id, { choice: 'off' })
  const { id: operation } = await w.db
    .selectFrom('operation')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  t.equal((await w.alice.post(`/history/${operation}/undo`, { reason: '' })).statusCode, 303)
  t.match(await page(w, `/tenants/${ACME_LEEDS}/schedules`), /In effect Inherited · Acme/)
})

t.test('a schedule that is disabled is told below only to whoever sees its owner', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputers(w, ACME, ['ACME-1'])
  const id = await addSchedule(w, ROOT, { name: 'Draft' })
  await w.alice.post(`/schedules/${id}/state`, { state: 'disabled' })
  const tab = `/tenants/${ACME}/schedules`
  for (const address of [tab, '/computers/1/maintenance']) {
    t.match(await page(w, address), 'Draft')
    t.notMatch((await bob.browser.get(address)).body, 'Draft')
  }
  t.equal((await bob.browser.get(`${tab}/${id}`)).statusCode, 404)
  t.notMatch((await bob.api.get(tab)).body, 'Draft')
  await w.alice.post(`/schedules/${id}/state`, { state: 'enabled' })
  t.match((await bob.browser.get(tab)).body, 'Draft')
  t.equal((await bob.browser.get(`${tab}/${id}`)).statusCode, 200)
})

t.test(
  'the list says where that is which comes from above, to whoever sees only below',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    t.match((await bob.browser.get('/schedules')).body, `href="/tenants/${ACME}/schedules"`)
    t.notMatch(await page(w, '/schedules'), 'inherits from above')
  },
)
