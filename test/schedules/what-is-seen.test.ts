import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { addGroup } from '../support/computer-groups.ts'
import { fieldError, fieldsIn, mainText } from '../support/html.ts'
import { listWindows, lookAt } from '../support/maintenance.ts'
import { scheduleFields } from '../support/schedule-form.ts'
import { addSchedule } from '../support/schedules.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const chosen = async ({ api }: Pick<World, 'api'>, id: number): Promise<number[]> =>
  (await api.get(`/schedules/${id}`)).json().computer_ids

t.test('T5: a target that is typed is not named unless it can be used', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { id: tag } = await makeTag(w, RIVAL, 'Takeover candidates')
  const group = await addGroup(w, RIVAL, { kind: 'server' }, 'Takeover servers')
  const id = await addSchedule(w, ACME)
  const fields = fieldsIn((await bob.browser.get(`/schedules/${id}/edit`)).body)
  const targets: Record<string, string>[] = [
    { target: 'tag', target_tag_id: String(tag) },
    { target: 'group', target_group_id: String(group) },
  ]
  for (const target of targets) {
    const typed = { ...fields, ...target, version: '77' }
    const answer = await bob.browser.post(`/schedules/${id}/edit`, typed)
    t.equal(answer.statusCode, 422)
    t.notMatch(answer.body, /Takeover/)
    const { body } = await bob.browser.get(
      `/schedules/forecast?${new URLSearchParams({ ...fields, ...target, id: String(id) })}`,
    )
    t.notMatch(body, /Takeover|Covers/)
  }
})

t.test('T5: a group above that is not seen is no target, but stays one', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const group = await addGroup(w, 1, { kind: 'server' }, 'Everywhere')
  const target = { target: 'group', target_group_id: group } as const
  const id = await addSchedule(w, ACME)
  t.equal((await bob.api.patch(`/schedules/${id}`, target)).statusCode, 422)
  t.equal((await w.api.patch(`/schedules/${id}`, target)).statusCode, 200)
  const fields = fieldsIn((await bob.browser.get(`/schedules/${id}/edit`)).body)
  const answer = await bob.browser.post(`/schedules/${id}/edit`, { ...fields, name: 'Mine' })
  t.equal(answer.statusCode, 303, mainText(answer.body))
})

t.test('T5: a target that its tenant left behind is not named', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const { id: tag } = await makeTag(w, ACME, 'Takeover')
  const id = await addSchedule(w, ACME_LEEDS, { target: 'tag', target_tag_id: tag })
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  const { body } = await charlie.browser.get(`/schedules/${id}`)
  t.match(mainText(body), /Computers with the tag of another tenant/)
  t.notMatch(body, /Takeover/)
})

t.test('keeps the chosen computers that the editor does not see', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const [one, two] = await addComputers(w, ACME, ['ONE', 'TWO'])
  const id = await addSchedule(w, ACME, { target: 'computers', computer_ids: [one!, two!] })
  await w.api.post('/computers/batch', { action: 'change_tenant', ids: [two], tenant_id: RIVAL })
  const fields = fieldsIn((await bob.browser.get(`/schedules/${id}/edit`)).body)
  t.equal(fields['computers'], `ONE #${one}`)
  const answer = await bob.browser.post(`/schedules/${id}/edit`, { ...fields, computers: '' })
  t.equal(answer.statusCode, 303, mainText(answer.body))
  t.strictSame(await chosen(w, id), [two])
})

t.test('takes a line for the computer that is called so, number and all', async (t) => {
  const w = await world(t)
  const first = await addComputer(w, ACME, { name: 'Kiosk' })
  const other = await addComputer(w, ACME, { name: `Kiosk #${first}` })
  const make = (computers: string) =>
    w.alice.post('/schedules', {
      ...scheduleFields,
      tenant: 'Acme',
      target: 'computers',
      computers,
    })
  const { headers } = await make(`Kiosk #${first}`)
  t.strictSame(await chosen(w, Number(String(headers.location).split('/').at(-1))), [other])
  const wrong = await make(`Till #${first}`)
  t.match(fieldError(wrong.body, 'computers'), /no computer “Till #/)
})

t.test('makes a schedule at the tenant whose name was typed, be it a number', async (t) => {
  const w = await world(t)
  const { id } = (await w.api.post('/tenants', { name: String(ACME), parent_id: 1 })).json()
  const fields = fieldsIn((await w.alice.get(`/schedules/new?tenant=${id}`)).body)
  t.equal(fields['tenant'], String(ACME))
  await w.alice.post('/schedules', { ...scheduleFields, tenant: fields['tenant']! })
  const { schedules } = (await w.api.get('/schedules')).json()
  t.equal(schedules[0].tenant_id, id)
})

t.test('can be disabled when its tag was deleted', async (t) => {
  const w = await world(t)
  const { id: tag } = await makeTag(w, ACME, 'VIP')
  const id = await addSchedule(w, ACME, { target: 'tag', target_tag_id: tag })
  await w.alice.post(`/tags/${tag}/deletion`)
  t.match((await w.api.patch(`/schedules/${id}`, { state: 'disabled' })).json(), {
    state: 'disabled',
  })
})

t.test('stays when it has run, whoever takes back that it was made', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Till' })
  const made = await w.api.post('/schedules', {
    tenant_id: ACME,
    name: 'Nightly',
    rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
    window_minutes: 60,
    zone_of: 'fixed',
    zone: 'UTC',
  })
  t.equal(made.statusCode, 201, made.body)
  const { operations } = (await w.api.get('/operations')).json()
  await lookAt(w, '2026-11-24T22:00:00.000Z')
  const undo = await w.api.post(`/operations/${operations[0].id}/undo`, {})
  t.equal(undo.statusCode, 409)
  t.match(undo.body, /has had windows/)
  t.equal((await listWindows(w)).length, 1)
})

t.test('T5: what uses a tag or a group is counted as far as it is seen', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { id: tag } = await makeTag(w, ACME, 'VIP')
  const group = await addGroup(w, ACME, { kind: 'server' }, 'Servers')
  const denied = { person_id: bob.person_id, tenant_id: ACME_LEEDS, role_id: null, effect: 'deny' }
  t.equal((await w.api.post('/assignments', denied)).statusCode, 201)
  await addSchedule(w, ACME_LEEDS, { target: 'tag', target_tag_id: tag })
  await addSchedule(w, ACME_LEEDS, { name: 'G', target: 'group', target_group_id: group })
  t.match((await bob.browser.get(`/computers/groups/${group}`)).body, /that you do not see/)
  t.equal((await bob.browser.get(`/computers/groups/${group}/deletion`)).statusCode, 200)
  t.notMatch((await bob.browser.get(`/tags/${tag}/edit`)).body, /loses its target/)
  t.match((await w.alice.get(`/tags/${tag}/edit`)).body, /1 schedule for it loses its target/)
})

t.test('writes nothing where nothing is done', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  const count = async () => (await w.api.get('/operations')).json().operations.length
  const [before, state] = [await count(), `/schedules/${id}/state`]
  t.equal((await w.alice.post(state, { state: 'enabled' })).statusCode, 303)
  await w.api.post(`/schedules/${id}/restoration`)
  t.equal(await count(), before)
  await w.api.delete(`/schedules/${id}`)
  t.equal((await w.api.delete(`/schedules/${id}`)).statusCode, 204)
  t.equal((await w.alice.post(`/schedules/${id}/deletion`)).statusCode, 303)
  t.equal(await count(), before + 1)
})

t.test('refuses to decide about a schedule that a block keeps away', async (t) => {
  const w = await world(t)
  const id = await addSchedule(w, ACME)
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { blocks_inheritance: true })
  const answer = await w.alice.post(`/tenants/${ACME_LEEDS}/schedules/${id}`, {
    choice: 'off',
    version: '0',
  })
  t.equal(answer.statusCode, 409)
  t.match(mainText(answer.body), /not inherited here: inheritance is blocked/)
})
