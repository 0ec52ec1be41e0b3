import t from 'tap'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { addCast } from '../support/cast.ts'
import { addGroup } from '../support/computer-groups.ts'
import { addComputer } from '../support/computers.ts'
import { fieldError, fieldsIn, mainText } from '../support/html.ts'
import { scheduleFields } from '../support/schedule-form.ts'
import { addSchedule } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

const acme = { ...scheduleFields, tenant: 'Acme' }

/** Makes a schedule by its form and returns its id. */
async function make({ alice }: World, fields: Record<string, string> = {}) {
  const { statusCode, headers, body } = await alice.post('/schedules', { ...acme, ...fields })
  if (statusCode !== 303) throw new Error(mainText(body))
  return Number(String(headers.location).split('/').at(-1))
}

const stored = ({ db, actor }: World, id: number) => getSchedule(db, actor, id)

t.test('makes a schedule from what the form says, and says it in words', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME_LEEDS, { name: 'Till' })
  const id = await make(w, { option_reboot_preference: 'force', detection: 'before' })
  t.match(await stored(w, id), {
    rules: [{ rrule: 'FREQ=WEEKLY;BYDAY=MO', start: '2026-11-24T22:00' }],
    window_minutes: 240,
    zone: 'Europe/London',
    detection_minutes: 480,
    options: { 'maintenance.reboot_preference': 'force' },
  })
  const text = mainText((await w.alice.get(`/schedules/${id}`)).body)
  t.match(text, /Every Monday at 22:00 for 4 hours/)
  t.match(text, /All computers · 1 computer now/)
  t.match(text, /2026-11-30 22:00 in Europe\/London/)
  t.match(text, /Reboot preference Always reboot/)
})

const kinds: [Record<string, string>, string][] = [
  [{ kind_0: 'once' }, 'FREQ=DAILY;COUNT=1'],
  [{ kind_0: 'daily', every_0: '3' }, 'FREQ=DAILY;INTERVAL=3'],
  [{ every_0: '2', fr_0: 'on' }, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR'],
  [{ kind_0: 'monthly_day', month_days_0: '1, last' }, 'FREQ=MONTHLY;BYMONTHDAY=-1,1'],
  [{ kind_0: 'monthly_weekday', nth_0: '-1', weekday_0: 'SA' }, 'FREQ=MONTHLY;BYDAY=-1SA'],
  [
    { kind_0: 'patch_tuesday', plus_days_0: '1' },
    'FREQ=MONTHLY;BYDAY=WE;BYMONTHDAY=9,10,11,12,13,14,15',
  ],
  [{ kind_0: 'custom', rrule_0: 'rrule:freq=daily;interval=2' }, 'FREQ=DAILY;INTERVAL=2'],
  [{ ends_0: 'after', ends_after_0: '5' }, 'FREQ=WEEKLY;BYDAY=MO;COUNT=5'],
  [{ ends_0: 'on', ends_on_0: '2027-01-31' }, 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270131T235900'],
]

t.test('takes each frequency, and its form shows it again as it was given', async (t) => {
  const w = await world(t)
  for (const [index, [fields, rrule]] of kinds.entries()) {
    const id = await make(w, { ...fields, name: `Number ${index}` })
    const schedule = await stored(w, id)
    t.equal(schedule.rules[0]!.rrule, rrule)
    const { body } = await w.alice.get(`/schedules/${id}/edit`)
    const again = await w.alice.post(`/schedules/${id}/edit`, fieldsIn(body))
    t.equal(again.statusCode, 303, mainText(again.body))
    t.same(await stored(w, id), schedule)
  }
})

const ALWAYS_FROZEN = {
  option_freeze_periods: 'own',
  option_freeze_periods_list: '2026-01-01/2099-12-31',
}

const faults: [Record<string, string>, string, RegExp][] = [
  [{ name: '' }, 'name', /Enter a name/],
  [{ tenant: 'Nowhere' }, 'tenant', /no tenant/],
  [{ mo_0: '' }, 'days_0', /at least one day of the week/],
  [{ kind_0: 'monthly_day', month_days_0: '32' }, 'month_days_0', /such as 1, 15 or last/],
  [{ kind_0: 'custom', rrule_0: 'FREQ=DAILY;COUNT=0' }, 'rrule_0', /COUNT/],
  [{ kind_0: 'custom', rrule_0: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, 'rrule_0', /never run/],
  [{ kind_0: 'once', date_0: '2026-11-23' }, 'date_0', /has passed/],
  [{ kind_0: 'daily', hours: '25' }, 'hours', /still open when the next/],
  [{ hours: '0' }, 'hours', /ends before it starts/],
  [{ ends_0: 'on', ends_on_0: '2026-11-01' }, 'ends_on_0', /ends before it starts/],
  [{ date_0: '2027-02-30' }, 'date_0', /no 2027-02-30 in the calendar/],
  [{ kind_0: 'custom', rrule_0: 'FREQ=DAILY;COUNT=10000000' }, 'rrule_0', /1 to 1000.*with UNTIL/],
  [{ zone: 'Europe/Atlantis' }, 'zone', /no time zone “Europe\/Atlantis”.*such as Europe\/Berlin/],
  [{ zone: 'new york' }, 'zone', /Did you mean America\/New_York/],
  [ALWAYS_FROZEN, 'option_freeze_periods', /cover all of its windows/],
  [{ target: 'tag' }, 'target_tag_id', /Choose a tag/],
  [{ target: 'computers', computers: 'Nobody' }, 'computers', /no computer “Nobody”/],
  [{ option_max_session_minutes: '1' }, 'option_max_session_minutes', /from 5 to 1440/],
  [{ applies_to_children: '', locked: 'on' }, 'applies_to_children', /Tick this/],
]

t.test('says each fault at its field, and loses nothing that was typed', async (t) => {
  const w = await world(t)
  for (const [fields, field, message] of faults) {
    const answer = await w.alice.post('/schedules', { ...acme, name: 'Typed before', ...fields })
    t.equal(answer.statusCode, 422, field)
    t.match(fieldError(answer.body, field), message, field)
    t.match(fieldsIn(answer.body), { date_0: fields['date_0'] ?? '2026-11-24' })
  }
})

t.test('adds and removes times without losing what was typed, and stores nothing', async (t) => {
  const w = await world(t)
  const added = await w.alice.post('/schedules', { ...acme, name: 'Two', press: 'add' })
  t.equal(added.statusCode, 200)
  const fields = fieldsIn(added.body)
  t.match(fields, { name: 'Two', rows: '2', kind_1: 'weekly', time_1: '22:00' })
  const less = await w.alice.post('/schedules', { ...fields, time_1: '03:00', press: 'remove_0' })
  t.match(fieldsIn(less.body), { rows: '1', time_0: '03:00' })
  t.match((await w.alice.get('/schedules')).body, 'There are no schedules yet')
  const id = await make(w, { ...fields, sa_1: 'on', mo_1: '', time_1: '03:00' })
  t.equal((await stored(w, id)).rules.length, 2)
})

t.test('lists schedules by state, name and tenant, each only to who may see it', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await addSchedule(w, ACME, { name: 'Nightly' })
  await addSchedule(w, ACME_LEEDS, { name: 'Leeds only' })
  await addSchedule(w, anyTenant(1), { name: 'Everywhere', locked: true })
  await planWhatChanged(w.db)
  const { body } = await w.alice.get('/schedules')
  t.match(mainText(body), /Everywhere.*Leeds only.*Nightly/)
  t.match(body, 'datetime="2026-11-24T22:00:00.000Z"')
  t.match(mainText((await bob.browser.get('/schedules')).body), /Enabled 2/)
  t.notMatch((await charlie.browser.get('/schedules')).body, 'Nightly')
  const leeds = mainText((await w.alice.get('/schedules?tenant=Acme+/+Leeds+office')).body)
  t.match(leeds, 'Leeds only')
  t.notMatch(leeds, 'Nightly')
  t.notMatch(mainText((await w.alice.get('/schedules?q=night')).body), 'Everywhere')
})

t.test('enables, duplicates disabled, deletes and restores a schedule', async (t) => {
  const w = await world(t)
  const id = await make(w)
  await w.alice.post(`/schedules/${id}/state`, { state: 'disabled' })
  t.equal((await stored(w, id)).state, 'disabled')
  const copy = await w.alice.post(`/schedules/${id}/copies`)
  t.match(copy.headers.location, `/schedules/${id + 1}/edit`)
  t.match(await stored(w, id + 1), { name: 'Weekly (copy)', state: 'disabled' })
  await w.alice.post(`/schedules/${id}/deletion`)
  t.match(mainText((await w.alice.get('/schedules?tab=deleted')).body), 'Weekly')
  await w.alice.post(`/schedules/${id}/state`, { state: 'disabled' })
  t.equal((await stored(w, id)).state, 'disabled')
})

t.test('runs a schedule now, once it has said on how many computers', async (t) => {
  const w = await world(t)
  const id = await make(w)
  t.match((await w.alice.get(`/schedules/${id}/runs/new`)).body, 'covers no computer')
  t.equal((await w.alice.post(`/schedules/${id}/runs`, { reason: '' })).statusCode, 422)
  await addComputer(w, ACME, { name: 'Till' })
  t.match(mainText((await w.alice.get(`/schedules/${id}/runs/new`)).body), /on 1 computer/)
  await w.alice.post(`/schedules/${id}/runs`, { reason: 'Urgent' })
  t.match(mainText((await w.alice.get('/history')).body), /Ran schedule.*Urgent/)
})

t.test('tells its history in words, with the name of the group that it was for', async (t) => {
  const w = await world(t)
  const group = await addGroup(w, ACME, {}, 'Tills')
  const own = { ...acme, option_reboot_preference: 'force', target: 'group' }
  const id = await make(w, { ...own, target_group_id: String(group) })
  const text = mainText((await w.alice.get(`/schedules/${id}/history`)).body)
  t.match(text, /Times Every Monday at 22:00 Length of the window 4 hours/)
  t.match(text, /Group Tills .*Options Reboot preference: Always reboot/)
})

t.test('compares what was saved meanwhile with what was typed', async (t) => {
  const w = await world(t)
  const id = await make(w)
  const fields = fieldsIn((await w.alice.get(`/schedules/${id}/edit`)).body)
  await w.alice.post(`/schedules/${id}/edit`, { ...fields, time_0: '21:00' })
  const late = await w.alice.post(`/schedules/${id}/edit`, { ...fields, time_0: '23:00' })
  t.equal(late.statusCode, 409)
  t.match(mainText(late.body), /Every Monday at 21:00.*Every Monday at 23:00/)
  t.equal((await w.alice.post(`/schedules/${id}/edit`, fieldsIn(late.body))).statusCode, 303)
  t.equal((await stored(w, id)).rules[0]!.start, '2026-11-24T23:00')
})

t.test('a tag says which schedules lose their target, and these say that they did', async (t) => {
  const w = await world(t)
  const { id: tag } = await makeTag(w, ACME, 'VIP')
  const id = await make(w, { target: 'tag', target_tag_id: String(tag) })
  t.match(mainText((await w.alice.get(`/schedules/${id}`)).body), /Computers with the tag VIP/)
  t.match(mainText((await w.alice.get(`/tags/${tag}/edit`)).body), /1 schedule .*Weekly/)
  await w.alice.post(`/tags/${tag}/deletion`)
  t.match(mainText((await w.alice.get(`/schedules/${id}`)).body), /its tag was deleted/)
  t.match((await w.alice.get(`/schedules/${id}/edit`)).body, /tag that it was for was deleted/)
})

t.test('T6: only who may lock makes a locked schedule, or changes it', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const locked = { ...acme, locked: 'on' }
  t.match((await bob.browser.post('/schedules', locked)).body, /may not/)
  const id = await make(w, { locked: 'on' })
  const { body } = await bob.browser.get(`/schedules/${id}`)
  t.match(mainText(body), /Only those who may lock schedules here can change it/)
  t.notMatch(body, `/schedules/${id}/edit`)
  t.equal((await bob.browser.post(`/schedules/${id}/deletion`)).statusCode, 403)
})
