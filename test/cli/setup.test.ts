import { join } from 'node:path'
import t from 'tap'
import { run, startServer } from '../support/program.ts'
import { withFile } from '../support/rows.ts'

const PASSWORD = 'seven quiet herons at dusk'
const EMAIL = 'alice@northwind.example'

const setUp = (data: string, changes: { email?: string; password?: string } = {}) => {
  const email = changes.email ?? EMAIL
  const words = ['--organisation', 'Northwind', '--name', 'Alice', '--email', email]
  const stdin = `${changes.password ?? PASSWORD}\n`
  return run(['setup', ...words, '--password-stdin'], { data, stdin })
}

t.test('sets up without a browser, so that one can sign in', async (t) => {
  const data = t.testdir()
  t.match(await setUp(data), { code: 0, stdout: /alice@northwind\.example may sign in/ })
  const { url } = await startServer(t, { data })
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ email: EMAIL, password: PASSWORD }),
  })
  t.equal(answer.status, 303)
  t.match(answer.headers.getSetCookie(), [/^session=/])
})

t.test('sets up once', async (t) => {
  const data = t.testdir()
  await setUp(data)
  const { code, stderr } = await setUp(data, { email: 'mallory@rival.example' })
  t.equal(code, 1)
  t.match(
    stderr,
    /^tenantry: [^\n]*has been done in [^\n]* To start over, delete the folder [^\n]*\n$/,
  )
})

t.test('refuses bad values with one line that names them', async (t) => {
  const data = t.testdir()
  const { code, stderr } = await setUp(data, { email: 'nobody', password: 'short' })
  t.equal(code, 2)
  t.match(stderr, /^tenantry: email: [^\n]+ password: [^\n]+\n$/)
})

t.test('creates an API token that works, for a user that there is', async (t) => {
  const data = t.testdir()
  await setUp(data)
  const create = (email: string) =>
    run(['token', 'create', '--email', email, '--name', 'script'], { data })
  const { stdout } = await create(EMAIL.toUpperCase())
  const { url } = await startServer(t, { data })
  const headers = { authorization: `Bearer ${stdout.trim()}` }
  t.equal((await fetch(`${url}/api/v1/tenants`, { headers })).status, 200)
  t.match(await create('nobody@rival.example'), { code: 2, stderr: /^tenantry: [^\n]+\n$/ })
})

t.test('lets somebody in by the password alone who has lost all else', async (t) => {
  const data = t.testdir()
  await setUp(data)
  const remove = (email: string) => run(['factors', 'remove', '--email', email], { data })
  t.match(await remove(EMAIL), { code: 0, stdout: /with the password alone/ })
  const last = withFile(join(data, 'tenantry.db'), (sqlite) =>
    sqlite.prepare('select kind, actor_name from operation order by id desc limit 1').get(),
  )
  t.match(last, { kind: 'factors.remove', actor_name: 'Command line' })
  t.match(await remove('nobody@rival.example'), { code: 2, stderr: /^tenantry: [^\n]+\n$/ })
})
