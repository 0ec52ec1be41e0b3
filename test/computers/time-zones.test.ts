import t from 'tap'
import { getComputer } from '../../src/computers/queries.ts'
import { addComputer, sync } from '../support/computers.ts'
import { confirmJob, upload } from '../support/jobs.ts'
import { ACME, type World, world } from '../support/world.ts'

const zoneOf = async ({ db, actor }: World, id: number) =>
  (await getComputer(db, actor, id)).time_zone

t.test('a time zone is kept as the IANA spells it today', async (t) => {
  const w = await world(t)
  const { id } = (
    await w.api.post('/computers', { name: 'PC', tenant_id: ACME, time_zone: 'Europe/Kiev' })
  ).json()
  t.equal(await zoneOf(w, id), 'Europe/Kyiv')
  t.equal((await w.api.patch(`/computers/${id}`, { time_zone: 'us/eastern' })).statusCode, 200)
  t.equal(await zoneOf(w, id), 'America/New_York')
  const refused = await w.api.patch(`/computers/${id}`, { time_zone: '+01:00' })
  t.match(refused.json().errors, { time_zone: /Europe\/Berlin/ })
  t.equal((await w.api.patch(`/computers/${id}`, { time_zone: '' })).json().time_zone, '')
})

t.test('the form of a computer may leave its time zone out', async (t) => {
  const w = await world(t)
  const id = await addComputer(w, ACME, { name: 'PC', time_zone: 'Europe/Paris' })
  const hardware = { serial_number: '', manufacturer: '', model: '', hardware_uuid: '' }
  const form = { name: 'PC', kind: 'portable', operating_system: '', person: '', ...hardware }
  await w.alice.post(`/computers/${id}/edit`, { ...form, version: '1' })
  t.equal(await zoneOf(w, id), 'Europe/Paris')
  const again = { ...form, time_zone: 'Moon/Crater', version: '2' }
  const refused = await w.alice.post(`/computers/${id}/edit`, again)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, /value="Moon\/Crater"/)
  await w.alice.post(`/computers/${id}/edit`, { ...again, time_zone: 'Asia/Calcutta' })
  t.equal(await zoneOf(w, id), 'Asia/Kolkata')
})

t.test('what an agent reports as its zone is taken, unless it is none', async (t) => {
  const w = await world(t)
  const report = { external_key: 'a', tenant_id: ACME, name: 'PC' }
  await sync(w, [{ ...report, time_zone: 'Europe/Kiev' }])
  t.equal(await zoneOf(w, 1), 'Europe/Kyiv')
  await sync(w, [{ ...report, time_zone: 'W. Europe Standard Time' }])
  t.equal(await zoneOf(w, 1), 'Europe/Kyiv')
  await sync(w, [{ ...report, time_zone: 'Europe/Paris' }])
  t.equal(await zoneOf(w, 1), 'Europe/Paris')
})

t.test('a file may have a column of time zones', async (t) => {
  const w = await world(t)
  const csv = 'name,tenant,time_zone\nPC,acme,Europe/Kiev\n'
  const { headers } = await upload(w.alice, '/computers/import', csv, 'computers.csv')
  await confirmJob(w.alice, String(headers.location))
  t.equal(await zoneOf(w, 1), 'Europe/Kyiv')
  const { body } = await w.alice.get('/computers/export.csv')
  t.match(body, /operating_system,time_zone,person/)
  t.match(body, /,Europe\/Kyiv,/)
})

t.test(
  'the preference takes a time zone by its present name, and says which that is',
  async (t) => {
    const { api, alice } = await world(t)
    const path = `/tenants/${ACME}/preferences/maintenance.time_zone`
    const refused = await api.put(path, { value: 'Europe/Kiev' })
    t.match(refused.json().errors, { value: 'This time zone is written Europe/Kyiv today.' })
    t.equal((await api.put(path, { value: 'Europe/Kyiv' })).statusCode, 200)
    const { body } = await alice.get(path)
    t.match(body, '<option value="Asia/Kolkata">')
    t.notMatch(body, 'Asia/Calcutta')
  },
)
