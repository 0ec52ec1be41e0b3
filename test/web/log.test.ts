import t from 'tap'
import { loggedPath } from '../../src/web/log.ts'
import { run, startServer } from '../support/program.ts'

const PASSWORD = 'seven quiet herons at dusk'

t.test('logs each request once, by an id that the answer carries', async (t) => {
  const server = await startServer(t, { data: t.testdir() })
  const answer = await fetch(`${server.url}/sign-in`, { headers: { 'x-request-id': 'mine' } })
  await server.stop()
  const lines = server.log.map((line) => JSON.parse(line)).filter((line) => line.req)
  t.match(lines, [
    {
      level: 30,
      time: /^\d{4}-\d\d-\d\dT/,
      request_id: answer.headers.get('x-request-id'),
      req: { method: 'GET', path: '/sign-in', address: '127.0.0.1' },
      res: { status: 200 },
      ms: Number,
    },
  ])
  t.not(answer.headers.get('x-request-id'), 'mine')
})

t.test('says nothing of health checks that go well', async (t) => {
  const server = await startServer(t, { data: t.testdir() })
  await fetch(`${server.url}/readyz`)
  await fetch(`${server.url}/livez`)
  await server.stop()
  t.notMatch(server.log.join('\n'), /readyz|livez/)
})

t.test('keeps secrets out of the log: set-up link, password, cookie, token, query', async (t) => {
  const data = t.testdir()
  const server = await startServer(t, { data, environment: { LOG_LEVEL: 'trace' } })
  const link = /http\S+\/setup\/\S+/.exec(server.said.join('\n'))![0]
  const cookie = await setUp(server.url, link)
  const { stdout } = await run(
    ['token', 'create', '--email', 'alice@northwind.example', '--name', 'log'],
    { data },
  )
  const token = stdout.trim()
  const headers = { cookie, authorization: `Bearer ${token}` }
  await fetch(`${server.url}/tenants?q=canary-query`, { headers })
  await fetch(`${server.url}/api/v1/tenants`, { headers })
  await fetch(link.replace('/setup/', '/%73etup/'))
  await server.stop()
  const log = server.log.join('\n')
  t.match(log, '/tenants')
  const secrets = [link.split('/').at(-1)!, PASSWORD, cookie.split('=')[1]!, token, 'canary-query']
  for (const secret of secrets) t.notMatch(log, secret)
})

t.test('cuts what may be a secret out of a path, however it is spelled', async (t) => {
  const secret = 'k3'.repeat(21)
  t.equal(loggedPath(`/setup/${secret}`), '/setup/…')
  t.equal(loggedPath(`/SETUP//${secret}/x?next=${secret}#${secret}`), '/SETUP//…/x')
  t.equal(loggedPath(`/setup;${secret}`), '/setup')
  t.equal(loggedPath('/tenants/42/preferences'), '/tenants/42/preferences')
})

/** Goes through set-up as a browser does, and returns the cookie of the session. */
async function setUp(url: string, link: string) {
  const form = { organisation: 'Northwind', name: 'Alice', email: 'alice@northwind.example' }
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ ...form, password: PASSWORD }),
  })
  return answer.headers.getSetCookie()[0]!.split(';')[0]!
}
