import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { escapeText, formatCalendar } from '../../src/schedules/ics.ts'
import { addCast } from '../support/cast.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

/** Makes a link to the calendar of Acme; returns its path. */
async function subscribe(browser: World['alice']) {
  const { body } = await browser.post(`/tenants/${ACME}/calendar/feeds`, {})
  return /\/calendar\/[\w-]{43}\.ics/.exec(body)![0]
}

t.test('whoever has the link reads the windows of the next 90 days, and no more', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  await addSchedule(w, RIVAL, { name: 'Of Rival' })
  const answer = await w.anonymous.get(await subscribe(w.alice))
  t.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8')
  t.equal(answer.body.match(/^BEGIN:VEVENT\r$/gm)?.length, 90)
  t.match(answer.body, 'DTSTART:20261124T220000Z\r\nDTEND:20261125T020000Z\r\nSUMMARY:Nightly')
  t.notMatch(answer.body, 'Rival')
  const uids = answer.body.match(/^UID:.*$/gm)!
  t.equal(new Set(uids).size, 90)
  w.clock.now = '2026-11-24T09:05:00.000Z'
  t.same((await w.anonymous.get(await subscribe(w.alice))).body.match(/^UID:.*$/gm), uids)
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

t.test('a link that was revoked, or never was, is refused, and asking on is slowed', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const link = await subscribe(w.alice)
  const url = `/tenants/${ACME}/calendar/feeds/1/revocation`
  t.equal((await bob.browser.post(url, {})).statusCode, 404)
  await w.alice.post(url, {})
  for (let tries = 0; tries < 10; tries++) t.equal((await w.anonymous.get(link)).statusCode, 404)
  t.equal((await w.anonymous.get(link)).statusCode, 429)
  t.equal((await w.anonymous.get(await subscribe(w.alice))).statusCode, 200)
  t.equal((await w.anonymous.get('/sign-in')).statusCode, 200)
})

t.test('no text can end its line, or its value', (t) => {
  t.equal(escapeText('a,b;c\\d\r\nEND:VEVENT\u2028\u0000'), 'a\\,b\\;c\\\\d\\nEND:VEVENT\\n ')
  const event = { uid: 'x', starts_at: '2026-11-24T22:00:00.000Z', is_cancelled: false }
  const ends_at = '2026-11-25T02:00:00.000Z'
  const summary = `${'Ünïcödé 🛠 '.repeat(20)}\r\nBEGIN:VALARM`
  const text = formatCalendar('Acme', [{ ...event, ends_at, summary }], event.starts_at)
  for (const line of text.split('\r\n')) t.ok(Buffer.byteLength(line) <= 75, line)
  t.notMatch(text, /^BEGIN:VALARM/m)
  t.match(text.replaceAll('\r\n ', ''), '🛠 \\nBEGIN:VALARM')
  t.end()
})
