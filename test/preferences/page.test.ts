import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import type { EntryDraft } from '../../src/preferences/entry.ts'
import { getPreferenceInEffect } from '../../src/preferences/queries.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, type World, world } from '../support/world.ts'

const TIMEOUT = 'maintenance.reboot_prompt_timeout_minutes'
const UPDATES = 'maintenance.install_os_updates'
const BCC = 'maintenance.session_email_bcc'

const set = ({ db, actor }: World, id: number, key: string, draft: EntryDraft) =>
  operation(db, actor, 'preference.set', (tx) => setAt(tx, id, key, draft))

/** The text of one preference's row on the page of a tenant. */
async function row({ alice }: World, id: number, key: string, query = '') {
  const { body } = await alice.get(`/tenants/${id}/preferences${query}`)
  const start = body.indexOf(`id="${key}"`)
  return body
    .slice(start, body.indexOf('<li class="pref"', start + 1))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

t.test('shows a value, where it comes from, and every loser with author and verdict', async (t) => {
  const here = await world(t)
  await set(here, ACME, TIMEOUT, { form: { value: 10 }, lock: null })
  await set(here, ACME_LEEDS, TIMEOUT, { form: { value: 20 }, lock: null })
  const text = await row(here, ACME_LEGAL, TIMEOUT)
  t.match(text, /20 minutes Inherited · Leeds office Override/)
  t.match(text, /Acme 10 minutes overridden Alice Moore · 2026-11-24/)
  t.match(text, /Leeds office 20 minutes in effect Alice Moore/)
})

t.test('overrides a preference at a tenant without others below at once', async (t) => {
  const here = await world(t)
  const answer = await here.alice.post(`/tenants/${ACME_LEGAL}/preferences/${TIMEOUT}`, {
    choice: 'own',
    value: '45',
    lock: 'none',
    version: '0',
  })
  t.equal(answer.statusCode, 303)
  t.match(await row(here, ACME_LEGAL, TIMEOUT), /45 minutes Set here Change .* Reset/)
})

t.test('says what a change does to those below before it is made', async (t) => {
  const here = await world(t)
  await set(here, ACME_LEEDS, TIMEOUT, { form: { value: 20 }, lock: null })
  const fields = { choice: 'own', value: '45', lock: 'none', version: '0' }
  const address = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const first = await here.alice.post(address, fields)
  t.equal(first.statusCode, 422)
  t.match(first.body, /This changes the value of 1 tenant\./)
  t.match(first.body, /2 tenants keep a value set further down/)
  const previewed = /name="previewed" value="([^"]+)"/.exec(first.body)![1]!
  t.equal((await here.alice.post(address, { ...fields, previewed })).statusCode, 303)
  t.match(await row(here, ACME, TIMEOUT), /45 minutes Set here/)
})

t.test('asks again when the change is not the one whose consequences were seen', async (t) => {
  const { alice } = await world(t)
  const address = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const { body } = await alice.get(`${address}?choice=own&value=45&lock=none`)
  const previewed = /name="previewed" value="([^"]+)"/.exec(body)![1]!
  const other = await alice.post(address, { choice: 'own', value: '46', lock: 'none', previewed })
  t.equal(other.statusCode, 422)
  t.match(other.body, /Not saved yet/)
})

t.test('refuses a value that does not fit, at its field, and keeps what was typed', async (t) => {
  const { alice } = await world(t)
  for (const value of ['soon', '', '-1', '99999999', '1.5', '٤٥']) {
    const answer = await alice.post(`/tenants/${ACME_LEGAL}/preferences/${TIMEOUT}`, {
      choice: 'own',
      value,
      lock: 'none',
    })
    t.equal(answer.statusCode, 422)
    t.match(answer.body, `value="${value}"`)
    t.match(answer.body, /aria-invalid="true" aria-describedby="field-value-error"/)
    t.match(answer.body, /id="field-value-error">Enter a whole number/)
  }
})

t.test('names the lock that stands in the way, and offers an exemption', async (t) => {
  const here = await world(t)
  await set(here, ACME, UPDATES, { form: { value: true }, lock: 'fixed' })
  const answer = await here.alice.post(`/tenants/${ACME_LEGAL}/preferences/${UPDATES}`, {
    choice: 'own',
    value: 'off',
    lock: 'none',
  })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /Locked by Acme/)
  t.match(await row(here, ACME_LEGAL, UPDATES), /On Locked · Acme Exempt/)
})

t.test('exempts a tenant from a lock for as long as was said', async (t) => {
  const here = await world(t)
  await set(here, ACME, UPDATES, { form: { value: true }, lock: 'fixed' })
  const address = `/tenants/${ACME_LEGAL}/preferences/${UPDATES}`
  const granted = await here.alice.post(`${address}/exemption`, {
    reason: 'Old lift control',
    lasts: '7',
  })
  t.equal(granted.statusCode, 303)
  t.equal(
    (await here.alice.post(address, { choice: 'own', value: 'off', lock: 'none' })).statusCode,
    303,
  )
  t.match(
    await row(here, ACME_LEGAL, UPDATES),
    /Off Set here .*exempt until 2026-12-01 09:00 UTC: Old lift control/,
  )
  const { resolution } = await getPreferenceInEffect(
    here.db,
    here.actor,
    ACME_LEGAL,
    '2026-12-01T09:00:00.000Z',
    UPDATES,
  )
  t.match(resolution, { value: true, source: { kind: 'locked' } })
})

t.test('shows both when somebody else saved first, and loses nothing', async (t) => {
  const here = await world(t)
  await set(here, ACME_LEGAL, TIMEOUT, { form: { value: 10 }, lock: null })
  const fields = { choice: 'own', value: '45', lock: 'none', version: '0', reason: 'Because' }
  const answer = await here.alice.post(`/tenants/${ACME_LEGAL}/preferences/${TIMEOUT}`, fields)
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /was changed by somebody else .* In effect now: 10 minutes/s)
  t.match(answer.body, /value="45"/)
  t.match(answer.body, /value="Because"/)
  t.match(answer.body, /name="version" value="1"/)
})

t.test('edits a list as it will be, and stores how it differs', async (t) => {
  const here = await world(t)
  await set(here, ACME, BCC, {
    form: { add: ['it@acme.example', 'noc@acme.example'], remove: [] },
    lock: null,
  })
  const answer = await here.alice.post(`/tenants/${ACME_LEGAL}/preferences/${BCC}`, {
    choice: 'own',
    lock: 'none',
    add: 'legal@acme.example',
    items: ['it@acme.example'],
    offered: ['it@acme.example', 'noc@acme.example'],
  })
  t.equal(answer.statusCode, 303)
  const { added, removed } = await everyTenant(here.db)
    .selectFrom('preference_entry')
    .select(['added', 'removed'])
    .where('tenant_id', '=', ACME_LEGAL)
    .executeTakeFirstOrThrow()
  t.same([added, removed], ['["legal@acme.example"]', '["noc@acme.example"]'])
  t.match(
    await row(here, ACME_LEGAL, BCC),
    /it@acme.example legal@acme.example noc@acme.example Merged/,
  )
})

t.test('marks an entry that changes nothing', async (t) => {
  const here = await world(t)
  await set(here, ACME, TIMEOUT, { form: { value: 10 }, lock: null })
  await set(here, ACME_LEEDS, TIMEOUT, { form: { value: 10 }, lock: null })
  t.match(await row(here, ACME_LEEDS, TIMEOUT), /Redundant/)
})

t.test('shows a past moment, which cannot be changed', async (t) => {
  const here = await world(t)
  here.clock.now = '2026-11-24T09:10:00.000Z'
  await set(here, ACME, TIMEOUT, { form: { value: 10 }, lock: null })
  here.clock.now = '2026-11-24T09:20:00.000Z'
  await set(here, ACME, TIMEOUT, { form: { value: 20 }, lock: null })
  const text = await row(here, ACME_LEGAL, TIMEOUT, '?as_of=2026-11-24T09:15')
  t.match(text, /10 minutes Inherited · Acme/)
  t.notMatch(text, /Override/)
})

t.test('says what is wrong with a moment', async (t) => {
  const { alice } = await world(t)
  const answer = await alice.get(`/tenants/${ACME}/preferences?as_of=yesterday`)
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /Enter a date and a time/)
})

t.test('locks within bounds, and holds those below to them', async (t) => {
  const here = await world(t)
  const address = (id: number) => `/tenants/${id}/preferences/${TIMEOUT}`
  const bounded = { choice: 'own', value: '15', lock: 'bounded', min: '10', max: '20' }
  const { body } = await here.alice.post(address(ACME_LEEDS), bounded)
  const previewed = /name="previewed" value="([^"]+)"/.exec(body)![1]!
  t.equal((await here.alice.post(address(ACME_LEEDS), { ...bounded, previewed })).statusCode, 303)
  const outside = await here.alice.post(address(ACME_LEGAL), {
    choice: 'own',
    value: '5',
    lock: 'none',
  })
  t.equal(outside.statusCode, 422)
  t.match(outside.body, /Must be from 10 to 20 minutes: bounded by Leeds office/)
})

t.test('locks and resets by the links of a row, after showing what that does', async (t) => {
  const here = await world(t)
  await set(here, ACME, TIMEOUT, { form: { value: 10 }, lock: null })
  const address = `/tenants/${ACME}/preferences/${TIMEOUT}`
  const asked = await here.alice.get(`${address}?choice=inherit`)
  t.match(asked.body, /3 tenants: 10 minutes → 20 minutes/)
  t.match(asked.body, /name="version" value="1"/)
  const locking = await here.alice.get(`/tenants/${ACME_LEGAL}/preferences/${TIMEOUT}?lock=fixed`)
  t.match(locking.body, /name="choice" value="own" checked/)
  t.match(locking.body, /name="lock" value="fixed" checked/)
})

t.test('leads from the editor to the whole list of what a change does', async (t) => {
  const here = await world(t)
  const ids = await operation(here.db, here.actor, 'test', async (tx) => {
    const made: number[] = []
    for (let count = 0; count < 205; count++) {
      const id = await createTenant(tx, ACME, {
        name: `N${count}`,
        kind: 'location',
        description: '',
      })
      await setAt(tx, id, TIMEOUT, { form: { value: 10 }, lock: null })
      made.push(id)
    }
    return made
  })
  const asked = 'choice=own&value=45&lock=none'
  const { body } = await here.alice.get(`/tenants/${ACME}/preferences/${TIMEOUT}?${asked}`)
  const more = /href="([^"]+impact[^"]+)">And 6 more</.exec(body)![1]!.replaceAll('&amp;', '&')
  const rest = await here.alice.get(more)
  t.equal((rest.body.match(/keeps its own value/g) ?? []).length, 6)
  t.equal(ids.length, 205)
})

t.test('offers to withdraw an exemption also where the lock is held', async (t) => {
  const here = await world(t)
  await set(here, ACME, UPDATES, { form: { value: true }, lock: 'fixed' })
  await here.alice.post(`/tenants/${ACME_LEGAL}/preferences/${UPDATES}/exemption`, {
    reason: 'Old lift control',
    lasts: 'never',
  })
  const { body } = await here.alice.get(`/tenants/${ACME}/preferences`)
  const address = /href="([^"?]+withdrawal)/.exec(body)![1]!
  const asked = await here.alice.get(`${address}?from=${ACME}`)
  t.match(asked.body, /No tenant changes its value\./)
  const answer = await here.alice.post(address, { from: String(ACME) })
  t.equal(answer.headers.location, `/tenants/${ACME}/preferences`)
  t.match(await row(here, ACME_LEGAL, UPDATES), /Locked · Acme/)
})
