import t from 'tap'
import { permissions } from '../../src/access/permissions.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { forecastSchedule } from '../../src/schedules/forecast.ts'
import { findSchedule } from '../../src/schedules/queries.ts'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

const forecast = async ({ db, actor }: World, id: number) =>
  forecastSchedule(db, actor, (await findSchedule(db, id))!)

/** Every Saturday night in London, from the day before the clock goes forward. */
const LONDON = {
  rules: [{ rrule: 'FREQ=WEEKLY;BYDAY=SU', start: '2027-03-21T01:30' }],
  zone: 'Europe/London',
  window_minutes: 120,
}

t.test('tells the next 20 windows, with how many computers each covers', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO'])
  const { sections } = await forecast(w, await addSchedule(w, ACME))
  t.match(sections, [{ zone: 'UTC' }])
  t.equal(sections[0]!.windows.length, 20)
  t.match(sections[0]!.windows[0], {
    opens_at: '2026-11-24T22:00:00.000Z',
    there: '2026-11-24 22:00',
    length: '4 hours',
    covered: { words: '2 computers' },
    marks: [],
  })
})

t.test('marks the day on which the clock changes, and says what becomes of it', async (t) => {
  const w = await world(t)
  const { sections } = await forecast(w, await addSchedule(w, ACME, LONDON))
  const marked = sections[0]!.windows.find(({ marks }) => marks.length > 0)
  t.match(marked, {
    there: '2027-03-28 01:30',
    marks: [
      { kind: 'clock', words: /the clock goes forward/ },
      { kind: 'clock', words: /shorter/ },
    ],
  })
})

t.test('marks business hours, freeze periods and other windows', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, {
    name: 'Weekly',
    rules: [{ rrule: 'FREQ=WEEKLY;BYDAY=FR', start: '2026-11-27T07:30' }],
  })
  const id = await addSchedule(w, ACME, {
    rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T07:00' }],
    window_minutes: 120,
    options: { 'maintenance.freeze_periods': ['2026-11-26/2026-11-26'] },
  })
  const { sections } = await forecast(w, id)
  const [wednesday, thursday, friday, saturday] = sections[0]!.windows
  t.match(wednesday!.marks, [{ kind: 'business', words: '1 hour in business hours' }])
  t.match(thursday!.marks, [{ kind: 'freeze' }, { kind: 'business' }])
  t.match(friday!.marks, [{ kind: 'business' }, { kind: 'overlap', words: /“Weekly”/ }])
  t.same(saturday!.marks, [])
})

t.test('tells each zone apart, with the computers that follow it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO', 'THREE'])
  await w.api.put(`/tenants/${ACME_LEEDS}/preferences/maintenance.time_zone`, {
    value: 'Asia/Kathmandu',
  })
  const id = await addSchedule(w, ACME, { zone_of: 'tenant', zone: null })
  const { sections } = await forecast(w, id)
  t.match(sections, [
    { zone: 'UTC', windows: [{ covered: { words: '1 computer' } }] },
    {
      zone: 'Asia/Kathmandu',
      windows: [{ covered: { words: '2 computers' }, opens_at: '2026-11-24T16:15:00.000Z' }],
    },
  ])
})

t.test('counts no computer that the reader may not see', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO'])
  await addComputers(w, ACME_LEEDS, ['THREE'])
  const id = await addSchedule(w, ACME)
  const permitted = new Set(permissions)
  const access = {
    allows: [{ path: '/1/3/', permissions: permitted }],
    denies: [{ path: '/1/3/4/', permissions: permitted }],
    limit: null,
  }
  const { sections } = await forecast({ ...w, actor: { ...w.actor, access } }, id)
  t.match(sections, [{ windows: [{ covered: { words: '2 computers' } }] }])
})

t.test('a tenant sees the windows of all schedules that reach it', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await addSchedule(w, ACME)
  await addSchedule(w, ACME_LEEDS, { name: 'Of Leeds' })
  const page = await w.alice.get(`/tenants/${ACME_LEEDS}/forecast`)
  t.match(page.body, 'Nightly')
  t.match(page.body, 'At the same time as “Of Leeds”')
  t.equal((await charlie.browser.get(`/tenants/${ACME_LEEDS}/forecast`)).statusCode, 404)
})

t.test('says when a computer is maintained next, and why', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME_LEEDS, ['ONE'])
  await addSchedule(w, ACME)
  await addSchedule(w, ACME, { name: 'Servers', target_kinds: 'servers' })
  const off = await addSchedule(w, ACME, { name: 'Not in Leeds' })
  await operation(w.db, w.actor, 'schedule.override', (tx) =>
    overrideSchedule(tx, w.actor, ACME_LEEDS, off, { form: 'off', times: null }, 0),
  )
  const { body } = await w.alice.get(`/computers/${id}/maintenance`)
  t.match(body, 'datetime="2026-11-24T22:00:00.000Z"')
  t.match(body, 'Inherited from Acme.')
  t.match(body, 'This computer is not among its targets.')
  t.match(body, 'Switched off at Leeds office.')
})

t.test('says of an excluded computer that nothing comes to it, and why', async (t) => {
  const w = await world(t)
  const id = await addComputer(w, ACME, { name: 'ONE' })
  await addSchedule(w, ACME)
  await operation(w.db, w.actor, 'test.exclude', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ state: 'excluded' })
      .where('id', '=', id)
      .execute(),
  )
  const { body } = await w.alice.get(`/computers/${id}/maintenance`)
  t.match(body, 'no schedule covers this computer')
  t.match(body, 'This computer is excluded from maintenance.')
})

/** What a form on a page would send as it is drawn. */
function formFields(body: string): [string, string][] {
  const form = body.slice(body.indexOf('class="form schedule-form"')).split('</form>')[0]!
  const fields: [string, string][] = []
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const [, name] = / name="([^"]+)"/.exec(tag) ?? []
    const [, value = 'on'] = / value="([^"]*)"/.exec(tag) ?? []
    if (name && (!/type="(checkbox|radio)"/.test(tag) || / checked/.test(tag)))
      fields.push([name, value])
  }
  for (const [, name, options] of form.matchAll(
    /<select [^>]*name="([^"]+)"[^>]*>(.*?)<\/select>/gs,
  )) {
    const chosen = /<option value="([^"]*)"[^>]* selected/.exec(options!)
    const first = /<option value="([^"]*)"/.exec(options!)
    fields.push([name!, (chosen ?? first)?.[1] ?? ''])
  }
  return fields
}

t.test('foretells a schedule before it is saved, or says what is missing', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  const form = (await w.alice.get(`/schedules/new?tenant=acme`)).body
  const fields = new URLSearchParams(formFields(form)).toString()
  const { body } = await w.alice.get(`/schedules/forecast?${fields}`)
  t.match(body, '1 computer')
  t.match(body, /<time datetime="2026-11-2\d/)
  const nowhere = fields.replace(/tenant=[^&]*/, 'tenant=nowhere')
  const wrong = await w.alice.get(`/schedules/forecast?${nowhere}`)
  t.match(wrong.body, 'role="status"')
  t.notMatch(wrong.body, '<time')
  t.equal((await dana.browser.get(`/schedules/forecast?${fields}`)).statusCode, 403)
})

t.test('a schedule has a page of its next windows', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const id = await addSchedule(w, ACME)
  t.match((await w.alice.get(`/schedules/${id}/forecast`)).body, '2026-11-24 22:00')
  t.equal((await charlie.browser.get(`/schedules/${id}/forecast`)).statusCode, 404)
})

t.test('tells of no zone without computers, but where there are none at all', async (t) => {
  const w = await world(t)
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'Asia/Kathmandu')
  const id = await addSchedule(w, ACME, { zone_of: 'tenant', zone: null })
  const zones = async () => (await forecast(w, id)).sections.map(({ zone }) => zone)
  t.same(await zones(), ['UTC'])
  await addComputers(w, ACME_LEEDS, ['ONE'])
  t.same(await zones(), ['Asia/Kathmandu'])
})
