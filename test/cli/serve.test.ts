import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run, startServer } from '../support/program.ts'

t.test('makes its data for its own account alone', async (t) => {
  const data = join(t.testdir(), 'deep', 'data')
  await startServer(t, { data })
  t.equal(statSync(data).mode & 0o777, 0o700)
  t.equal(statSync(join(data, 'tenantry.db')).mode & 0o777, 0o600)
})

t.test('says where to go, and shows a set-up link as long as nobody is set up', async (t) => {
  const data = t.testdir()
  const first = await startServer(t, { data })
  const link = /http:\S+\/setup\/\S+/.exec(first.said.join('\n'))![0]
  t.equal((await fetch(link)).status, 200)
  await first.stop()
  await setUp(data)
  const second = await startServer(t, { data })
  t.notMatch(second.said.join('\n'), 'setup')
  t.equal((await fetch(link.replace(first.url, second.url))).status, 404)
})

t.test('lets nobody else serve the same data', async (t) => {
  const data = t.testdir()
  await startServer(t, { data })
  const { code, stderr } = await run(['serve'], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: Another Tenantry is running[^\n]+\n$/)
})

t.test('starts again after having been killed', async (t) => {
  const data = t.testdir()
  await (await startServer(t, { data })).stop('SIGKILL')
  const { url } = await startServer(t, { data })
  t.equal((await fetch(`${url}/readyz`)).status, 200)
})

t.test('answers the health check of the command line', async (t) => {
  const data = t.testdir()
  const { url, stop } = await startServer(t, { data })
  const environment = { PORT: new URL(url).port }
  t.match(await run(['healthcheck'], { data, environment }), { code: 0, stdout: 'ready\n' })
  await stop()
  t.match(await run(['healthcheck'], { data, environment }), { code: 1 })
})

t.test('ends at SIGTERM and at Ctrl-C with code 0, and leaves one file of data', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const data = t.testdir()
    const server = await startServer(t, { data })
    t.match(await server.stop(signal), { code: 0, signal: null })
    t.throws(() => statSync(join(data, 'tenantry.db-wal')))
  }
})

function setUp(data: string) {
  const words = [
    'setup',
    '--organisation',
    'Northwind',
    '--name',
    'Alice',
    '--email',
    'a@n.example',
  ]
  return run([...words, '--password-stdin'], { data, stdin: 'seven quiet herons at dusk\n' })
}
