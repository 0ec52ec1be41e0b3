import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputer } from '../support/computers.ts'
import { badLines, confirmJob, figures, foreseen, upload } from '../support/jobs.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

async function draft({ alice }: Pick<World, 'alice'>, csv: string) {
  const { headers } = await upload(alice, '/computers/import', csv, 'computers.csv')
  return String(headers.location)
}

const preview = async (w: Pick<World, 'alice'>, csv: string) =>
  foreseen(w.alice, await draft(w, csv))

t.test('what is exported is imported back unchanged', async (t) => {
  const w = await world(t)
  await addCast(w)
  await addComputer(w, ACME, { name: '=cmd|x', serial_number: '+1, "2"', person: 'Bob Technician' })
  await addComputer(w, RIVAL, { name: 'Plain' })
  const { body, headers } = await w.alice.get('/computers/export.csv')
  t.match(headers['content-disposition'], /computers-2026-11-24\.csv/)
  t.match(body, "'=cmd|x", 'T11: a formula is disarmed')
  t.same(figures(await preview(w, body)), [0, 0, 2, 0])
})

t.test('creates, and changes by hardware or id, as one operation', async (t) => {
  const w = await world(t)
  const hardware = { manufacturer: 'Dell', serial_number: 'SN-4711' }
  await addComputer(w, ACME, { name: 'By hardware', ...hardware })
  await addComputer(w, ACME, { name: 'By id' })
  const csv = [
    'name,tenant,manufacturer,serial_number,operating_system,id',
    'Renamed,acme,DELL Inc.,sn4711,Windows 11,',
    'By id,acme,,,Debian 13,2',
    'New one,Acme / Leeds office,HP,X-99,macOS 15,',
  ].join('\n')
  t.same(figures(await preview(w, csv)), [1, 2, 0, 0])
  t.same(figures(await confirmJob(w.alice, await draft(w, csv))), [1, 2, 0])
  t.match((await w.api.get('/computers/1')).json(), { name: 'Renamed', platform: 'windows' })
  t.match((await w.api.get('/computers/2')).json(), { platform: 'linux' })
  t.match((await w.api.get('/computers/3')).json(), { state: 'active', source: 'imported' })
})

t.test('says of each bad line why', async (t) => {
  const w = await world(t)
  await addComputer(w, RIVAL, { name: 'Theirs', manufacturer: 'Dell', serial_number: 'SN-4711' })
  const csv = [
    'name,tenant,kind,manufacturer,serial_number,person,id',
    ',acme,,,,,',
    'A,nowhere,,,,,',
    'B,acme,toaster,,,,',
    'C,acme,,Dell,SN-4711,,',
    'D,acme,,,,Nobody,',
    'E,acme,,,,,999',
    'F,acme,,HP,SAME-1,,',
    'G,acme,,HP,SAME-1,,',
  ].join('\n')
  const reasons = badLines(await preview(w, csv))
  t.equal(reasons.length, 7)
  t.match(
    reasons.join('\n'),
    /Enter a name[^]*no tenant[^]*Choose a kind[^]*Give its id[^]*Nobody[^]*no computer 999[^]*Line 8 is the same/,
  )
})

t.test('T7: exports nothing of a tenant that the asker does not see', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputer(w, RIVAL, { name: 'Theirs' })
  await addComputer(w, ACME, { name: 'Ours' })
  const { body } = await bob.browser.get('/computers/export.csv')
  t.match(body, 'Ours')
  t.notMatch(body, 'Theirs')
})
