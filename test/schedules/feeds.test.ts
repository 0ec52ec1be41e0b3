import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { type CalendarEvent, escapeText, formatCalendar } from '../../src/schedules/ics.ts'
import { addCast } from '../support/cast.ts'
import { readCalendar } from '../support/icalendar.ts'
import { lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

const FEEDS = `/tenants/${ACME}/calendar/feeds`

/** Makes a link to the calendar of Acme; returns its path. */
async function subscribe(browser: World['alice']) {
  const { body } = await browser.post(FEEDS, {})
  return /\/calendar\/[\w-]{43}\.ics/.exec(body)![0]
}

t.test('whoever has the link reads the windows of the next 90 days, and no more', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  const link = await subscribe(w.alice)
  const answer = await w.anonymous.get(link)
  t.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8')
  const { parts } = readCalendar(answer.body)
  t.equal(parts.length, 90)
  t.match(Object.fromEntries(parts[0]!.properties), {
    DTSTART: '20261124T220000Z',
    DTEND: '20261125T020000Z',
    SUMMARY: 'Nightly',
    DESCRIPTION: 'From 2026-11-24 22:00 to 2026-11-25 02:00 in UTC',
  })
  const uids = (body: string) => readCalendar(body).parts.map((part) => part.properties.get('UID'))
  w.clock.now = '2026-11-24T09:05:00.000Z'
  t.same(uids((await w.anonymous.get(await subscribe(w.alice))).body), uids(answer.body))
})

t.test('an event keeps its name when its window opens, and says what became of it', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  await lookAt(w, '2026-11-24T09:00')
  const link = await subscribe(w.alice)
  const [before] = readCalendar((await w.anonymous.get(link)).body).parts
  await lookAt(w, '2026-11-24T22:00')
  const [after] = readCalendar((await w.anonymous.get(link)).body).parts
  t.equal(after!.properties.get('UID'), before!.properties.get('UID'))
  t.equal(after!.properties.get('SUMMARY'), 'Nightly (Skipped)')
})

t.test('who asks again is told that nothing changed, until something does', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  const link = await subscribe(w.alice)
  const { etag } = (await w.anonymous.get(link)).headers
  const ask = () =>
    w.app.inject({ method: 'GET', url: link, headers: { 'if-none-match': String(etag) } })
  t.match(await ask(), { statusCode: 304, body: '' })
  await addSchedule(w, ACME, { name: 'Another' })
  const { statusCode, headers } = await ask()
  t.equal(statusCode, 200)
  t.match(headers, { 'cache-control': 'no-store', 'x-robots-tag': /noindex/ })
  t.match(headers, { 'referrer-policy': 'no-referrer' })
})

t.test('T5: a link shows what its owner may see, and nothing of other tenants', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addSchedule(w, 1, { name: 'Of all' })
  await addSchedule(w, ACME, { name: 'Of Acme' })
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  const { body } = await w.anonymous.get(await subscribe(bob.browser))
  const names = readCalendar(body).parts.map(({ properties }) => properties.get('SUMMARY'))
  t.same([...new Set(names)].sort(), ['Of Acme', 'Of all'])
  t.equal((await bob.browser.post(`/tenants/${RIVAL}/calendar/feeds`, {})).statusCode, 404)
})

t.test(
  'T10: a link shows nothing from the moment on at which its owner may not see it',
  async (t) => {
    const w = await world(t)
    const { dana } = await addCast(w)
    const link = await subscribe(dana.browser)
    t.equal((await w.anonymous.get(link)).statusCode, 200)
    await operation(w.db, w.actor, 'test.deactivate', (tx) =>
      everyTenantTx(tx)
        .updateTable('person')
        .set({ active: 0 })
        .where('id', '=', dana.person_id)
        .execute(),
    )
    t.equal((await w.anonymous.get(link)).statusCode, 404)
  },
)

t.test('making and revoking a link is in the history, its secret nowhere', async (t) => {
  const w = await world(t)
  const link = await subscribe(w.alice)
  await w.alice.post(`${FEEDS}/1/revocation`, {})
  const { body } = await w.alice.get(`/tenants/${ACME}/history`)
  t.match(body, 'Made secret link to the calendar of Acme')
  t.match(body, 'Revoked secret link to the calendar of Acme')
  const changes = await everyTenant(w.db)
    .selectFrom('change')
    .selectAll()
    .where('table_name', '=', 'calendar_feed')
    .execute()
  t.equal(changes.length, 2)
  t.notMatch(JSON.stringify(changes), /hash/)
  t.notMatch(body + JSON.stringify(changes), link.slice('/calendar/'.length, -'.ics'.length))
})

t.test('what a link shows is not given to whoever took over a browser long ago', async (t) => {
  const w = await world(t)
  w.clock.now = '2026-11-24T09:45:01.000Z'
  const refused = await w.alice.post(FEEDS, {})
  t.equal(refused.statusCode, 303)
  t.match(refused.headers['location'], /^\/verify\?next=/)
  t.notMatch((await w.alice.get(FEEDS)).body, 'Revoke')
})

t.test('a link that was revoked, or never was, is refused, and asking on is slowed', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const link = await subscribe(w.alice)
  const url = `${FEEDS}/1/revocation`
  t.equal((await bob.browser.post(url, {})).statusCode, 404)
  await w.alice.post(url, {})
  for (let tries = 0; tries < 10; tries++) t.equal((await w.anonymous.get(link)).statusCode, 404)
  t.equal((await w.anonymous.get(link)).statusCode, 429)
  t.equal((await w.anonymous.get(await subscribe(w.alice))).statusCode, 200)
  t.equal((await w.anonymous.get('/sign-in')).statusCode, 200)
})

t.test('no text can end its line, or its value', (t) => {
  t.equal(escapeText('a,b;c\\d\r\nEND:VEVENT\u2028\u0000'), 'a\\,b\\;c\\\\d\\nEND:VEVENT\\n ')
  const summary = `${'Ünïcödé 🛠 '.repeat(20)}\r\nBEGIN:VALARM, and; so \\n on`
  const event: CalendarEvent = {
    uid: 'x',
    summary,
    description: summary,
    starts_at: '2026-11-24T22:00:00.000Z',
    ends_at: '2026-11-25T02:00:00.000Z',
    is_cancelled: true,
  }
  const about = { name: summary, description: summary }
  const calendar = readCalendar(formatCalendar(about, [event], event.starts_at))
  const [read] = calendar.parts
  t.equal(read!.properties.get('SUMMARY'), summary.replace('\r\n', '\n'))
  t.equal(calendar.properties.get('NAME'), summary.replace('\r\n', '\n'))
  t.equal(read!.properties.get('STATUS'), 'CANCELLED')
  t.equal(readCalendar(formatCalendar(about, [], event.starts_at)).parts.length, 0)
  t.end()
})
