import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { fieldError, fieldsIn, mainText } from '../support/html.ts'
import { scheduleFields } from '../support/schedule-form.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const acme = { ...scheduleFields, tenant: 'Acme' }

const countSchedules = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('schedule').select('id').execute()).length

t.test('forecasts a new schedule by a button of its form, and stores nothing', async (t) => {
  const w = await world(t)
  const answer = await w.alice.post('/schedules', { ...acme, name: '', press: 'forecast' })
  t.equal(answer.statusCode, 200)
  t.match(mainText(answer.body), /Europe\/London.*2026-11-30/)
  t.match(fieldsIn(answer.body), { name: '', mo_0: 'on', time_0: '22:00' })
  t.equal(await countSchedules(w), 0)
})

t.test('forecasts a schedule as its form would change it, and leaves it as it is', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const fields = fieldsIn((await w.alice.get(`/schedules/${id}/edit`)).body)
  const changed = { ...fields, time_0: '03:15', press: 'forecast' }
  const { body } = await w.alice.post(`/schedules/${id}/edit`, changed)
  t.match(mainText(body), /2026-11-25 03:15/)
  t.equal((await getSchedule(w.db, w.actor, id)).rules[0]!.start, '2026-11-24T22:00')
})

t.test('says at its field what keeps a form from being forecast', async (t) => {
  const { alice } = await world(t)
  const answer = await alice.post('/schedules', { ...acme, hours: 'x', press: 'forecast' })
  t.equal(answer.statusCode, 422)
  t.match(fieldError(answer.body, 'hours'), 'whole hours')
  t.match(mainText(answer.body), 'There is no forecast yet')
})

t.test('says all that is wrong at once', async (t) => {
  const { alice } = await world(t)
  const custom = { kind_0: 'custom', rrule_0: 'FREQ=DAILY;COUNT=0', zone: 'Mars', target: 'tag' }
  const { body } = await alice.post('/schedules', { ...acme, ...custom, name: '' })
  for (const [field, message] of [
    ['name', 'Enter a name'],
    ['rrule_0', 'COUNT is a whole number'],
    ['zone', 'no time zone “Mars”'],
    ['target_tag_id', 'Choose a tag'],
  ] as const)
    t.match(fieldError(body, field), message)
})

t.test('takes a zone under a former name, and says what it is called now', async (t) => {
  const w = await world(t)
  const kiev = { ...acme, zone: 'Europe/Kiev' }
  const { headers } = await w.alice.post('/schedules', kiev)
  const id = Number(String(headers.location).split('/').at(-1))
  t.equal((await getSchedule(w.db, w.actor, id)).zone, 'Europe/Kyiv')
  const sentence = await w.alice.get(`/schedules/sentence?${new URLSearchParams(kiev).toString()}`)
  t.match(sentence.body, 'Time zone: Europe/Kyiv. The time zone Europe/Kiev is called Europe/Kyiv')
  const same = new URLSearchParams({ ...kiev, zone: 'europe/kyiv' })
  t.notMatch((await w.alice.get(`/schedules/sentence?${same.toString()}`)).body, 'is called')
})

t.test('suggests the computers of the tenant and below that the reader may see', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await addComputers(w, ACME, ['TILL-1', 'OFFICE'])
  await addComputers(w, ACME_LEEDS, ['TILL-2'])
  await addComputers(w, RIVAL, ['TILL-9'])
  const ask = async (asker: Pick<World['alice'], 'get'>, query: string) => {
    const { body } = await asker.get(`/schedules/computers?${query}`)
    return [...body.matchAll(/data-value="([^"]*)"/g)].map(([, value]) => value)
  }
  t.same(await ask(w.alice, 'tenant=Acme&q=till'), ['TILL-1 #1', 'TILL-2 #3'])
  t.same(await ask(bob.browser, `tenant_id=${ACME}`), ['OFFICE #2', 'TILL-1 #1', 'TILL-2 #3'])
  t.same(await ask(w.alice, 'tenant=All+tenants&q=till-9'), ['TILL-9 #4'])
  t.same(await ask(charlie.browser, 'tenant=Acme&q=till'), [])
  t.match((await w.alice.get('/schedules/computers?tenant=')).body, 'Choose the tenant')
})

t.test('the API refuses freeze periods that cover everything, where they are', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const options = { 'maintenance.freeze_periods': ['2026-01-01/2099-12-31'] }
  const answer = await w.api.patch(`/schedules/${id}`, { options, version: 1 })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /options\.maintenance\.freeze_periods.*cover all of its windows/)
})
