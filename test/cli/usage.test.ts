import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCommandLine } from '../../src/cli/run.ts'
import { run, startServer } from '../support/program.ts'

const oneLine = /^tenantry: [^\n]+\n?$/

/** Runs a command in this process: for what ends before it does anything. */
async function runHere(t: Test, words: string[], environment: Record<string, string> = {}) {
  const said = t.capture(console, 'error')
  const code = await runCommandLine(words, { TENANTRY_DATA: t.testdir(), ...environment })
  return { code, said: said().map(({ args }) => args) }
}

t.test('names every command in the help', async (t) => {
  const { code, stdout } = await run(['--help'], { data: t.testdir() })
  t.equal(code, 0)
  for (const name of [
    'serve',
    'setup',
    'token create',
    'factors remove',
    'import tenants',
    'demo',
    'backup',
  ])
    t.match(stdout, new RegExp(`^  ${name}\\b`, 'm'))
})

t.test('explains one command', async (t) => {
  const { code, stdout } = await run(['token', 'create', '--help'], { data: t.testdir() })
  t.equal(code, 0)
  t.match(stdout, /^Usage: tenantry token create --email ADDRESS --name NAME/)
})

t.test('says its version', async (t) => {
  const { code, stdout } = await run(['--version'], { data: t.testdir() })
  t.equal(code, 0)
  t.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

const misuses: [string[], RegExp][] = [
  [['--port', '80'], /--port/],
  [['sevre'], /no command "sevre"/],
  [['token'], /tenantry token create/],
  [['token', 'create', '--name', 'x'], /--email is missing/],
  [['token', 'create', '--email', 'a@b.example', '--name', ' '], /--name/],
  [['backup'], /FILE is missing/],
  [['backup', 'a', 'b'], /"b" is one argument too many/],
  [['check', '--fast=yes'], /--fast/],
  [['--version', 'x'], /"x" is one argument too many/],
]

for (const [words, reason] of misuses)
  t.test(`ends "tenantry ${words.join(' ')}" with one line and code 2`, async (t) => {
    const { code, said } = await runHere(t, words)
    t.equal(code, 2)
    t.match(said, [[oneLine]])
    t.match(said, [[reason]])
  })

const environments: Record<string, string>[] = [
  { PORT: 'http' },
  { PORT: '65536' },
  { PORT: '' },
  { LOG_LEVEL: 'loud' },
  { TENANTRY_URL: 'tenantry.example' },
  { TENANTRY_MAIL_FROM: 'nobody' },
  { TENANTRY_MAIL_FROM: 'a@x.example, b@y.example' },
  { TENANTRY_SMTP_URL: 'https://mail.example' },
  { TENANTRY_SMTP_URL: 'smtp://mail.example', TENANTRY_URL: 'https://tenantry.example' },
  { TENANTRY_SMTP_URL: 'smtp://mail.example', TENANTRY_MAIL_FROM: 'a@x.example' },
  ...['', 'foo', 'loopback', '1.2.3.4/99', '::1/129', '1.2.3.4/', '10.0.0.1, x', '1.2.3.4/8/8'].map(
    (proxy) => ({ TENANTRY_TRUSTED_PROXY: proxy }),
  ),
]

for (const environment of environments)
  t.test(`refuses ${JSON.stringify(environment)} with one line and code 1`, async (t) => {
    const { code, said } = await runHere(t, [], environment)
    t.equal(code, 1)
    t.match(said, [[oneLine]])
    t.match(said, [[Object.keys(environment)[0]]])
  })

t.test('T31: never says the password that is in an address of a mail server', async (t) => {
  const { said } = await runHere(t, [], { TENANTRY_SMTP_URL: 'imap://me:hunter2@mail.example' })
  t.match(said, [[/TENANTRY_SMTP_URL/]])
  t.notMatch(JSON.stringify(said), 'hunter2')
})

t.test('takes addresses and networks of proxies', async (t) => {
  const proxy = '127.0.0.1, 10.0.0.0/8,::1, fd00::/8'
  const { url } = await startServer(t, {
    data: t.testdir(),
    environment: { TENANTRY_TRUSTED_PROXY: proxy },
  })
  t.equal((await fetch(`${url}/readyz`)).status, 200)
})

t.test('refuses a port that is taken with one line and code 1', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const environment = { PORT: String(port) }
  const { code, stderr } = await run([], { data: t.testdir(), environment })
  t.equal(code, 1)
  t.match(stderr, oneLine)
  t.match(stderr, `port ${port}`)
})

t.test('refuses a data directory that it cannot write with one line and code 1', async (t) => {
  const places = [join(t.testdir({ file: '' }), 'file', 'data')]
  if (process.platform === 'linux') places.push('/proc/tenantry', '/proc/tenantry/deep/data')
  for (const data of places) {
    const { code, stderr } = await run([], { data })
    t.equal(code, 1)
    t.match(stderr, oneLine)
    t.match(stderr, data)
  }
})

t.test('says that there is no data where a command needs some', async (t) => {
  for (const words of [['check'], ['backup', 'copy.db']]) {
    const { code, stderr } = await run(words, { data: t.testdir() })
    t.equal(code, 1)
    t.match(stderr, oneLine)
  }
})
