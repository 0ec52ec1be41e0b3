import t from 'tap'
import { addCast, addUser } from '../support/cast.ts'
import { badLines, confirmJob, figures, foreseen, upload } from '../support/jobs.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

async function draft(by: World['alice'], csv: string) {
  return String((await upload(by, '/people/import', csv)).headers.location)
}

const people = async ({ api }: World, tenant_id: number) =>
  (await api.get(`/people?tenant_id=${tenant_id}`)).json().people

t.test('brings people in from a file, all of them at once', async (t) => {
  const w = await world(t)
  const csv =
    'email,name,tenant,role,active\nann@a.example,Ann,acme,,\nben@a.example,Ben,acme,Viewer,no\n'
  const job = await draft(w.alice, csv)
  t.same(figures(await foreseen(w.alice, job)), [2, 0, 0, 0])
  t.same(await people(w, ACME), [])
  await confirmJob(w.alice, job)
  t.match(await people(w, ACME), [
    { name: 'Ann', role_id: null, active: true, source: 'imported' },
    { name: 'Ben', role_id: 4, active: false, source: 'imported' },
  ])
})

t.test('imports nothing when a line is bad, and says which and why', async (t) => {
  const w = await world(t)
  const csv = `email,name,tenant,role
ann@a.example,Ann,acme,
ANN@a.example,Ann again,acme,
no,Ben,acme,
cyd@a.example,,acme,
dan@a.example,Dan,nowhere,
eve@a.example,Eve,acme,Queen
`
  const job = await draft(w.alice, csv)
  const lines = badLines(await foreseen(w.alice, job))
    .flat()
    .join('\n')
  for (const reason of [
    'Line 2 has the same address',
    'Enter an e-mail address like',
    'A new person needs a name',
    'There is no tenant “nowhere”',
    'There is no role “Queen”',
  ])
    t.match(lines, reason)
  t.same(await people(w, ACME), [])
})

t.test('a file moves nobody, and gives no role that its sender could not give', async (t) => {
  const w = await world(t)
  const manager = await addUser(w, ACME, 'Mia Manager', 'manager')
  const csv =
    'email,name,tenant,role\nzed@r.example,Zed,rival,\nann@a.example,Ann,acme,Administrator\n'
  const job = await draft(manager.browser, csv)
  const lines = badLines(await foreseen(manager.browser, job))
    .flat()
    .join('\n')
  t.match(lines, /There is no tenant “rival”/)
  t.match(lines, /You cannot give what you do not have yourself/)
})

t.test('exports what an import reads back, with formulas disarmed', async (t) => {
  const w = await world(t)
  const name = '=HYPERLINK("http://evil.example")'
  await w.api.post('/people', { name, email: '+a@a.example', tenant_id: ACME, role_id: 4 })
  const { body } = await w.alice.get('/people/export.csv?tenant=acme')
  t.equal(
    body,
    '\ufeffemail,name,tenant,role,active\r\n' +
      `'+a@a.example,"'=HYPERLINK(""http://evil.example"")",acme,Viewer,yes\r\n`,
  )
  t.same(figures(await foreseen(w.alice, await draft(w.alice, body))), [0, 0, 1, 0])
})

t.test('an export holds only those whom one may see', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  await w.api.post('/people', { name: 'Zed', email: 'zed@r.example', tenant_id: RIVAL })
  const { body } = await bob.browser.get('/people/export.csv')
  t.match(body, /Bob Technician[\s\S]*Dana Reader/)
  t.notMatch(body, /Zed|Charlie|Alice|Vera/)
  t.equal((await dana.browser.get('/people/export.csv')).statusCode, 403)
})

t.test('takes the title of the column on the page for its name', async (t) => {
  const w = await world(t)
  const job = await draft(w.alice, 'E-mail,name,tenant\nann@x.example,Ann,Acme\n')
  t.same(figures(await foreseen(w.alice, job)), [1, 0, 0, 0])
})
