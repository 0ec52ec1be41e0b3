import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { dataDirectory } from '../support/directory.ts'
import { SOURCE, startServer } from '../support/program.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL } from '../support/world.ts'

/** Whether strace is there and may be used; CI has it. */
function canTrace() {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return Boolean(process.env.CI)
  }
}

/** What the server did, in order: `sync` for each time it waited for the disk, and its answers. */
function readTrace(path: string) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (/\bf(data)?sync\(/.test(line) || /<\.\.\. f(data)?sync resumed/.test(line))
        return ['sync']
      return /"HTTP\/1\.1 (2\d\d|303)/.test(line) ? ['answer'] : []
    })
}

/** Starts a server that is watched, and returns it with what it has done since. */
async function startTraced(t: Test, data: string) {
  const trace = join(data, '../trace')
  const watched = ['-e', 'trace=fsync,fdatasync,write,writev', '-o', trace]
  const strace = ['strace', '-D', '-f', '-qq', '-s', '16', ...watched]
  const server = await startServer(t, { data, program: [...strace, ...SOURCE] })
  const before = readTrace(trace).length
  return { ...server, events: () => readTrace(trace).slice(before) }
}

const PREFERENCE = 'preferences/agent.check_in_interval_seconds'
const place = { kind: 'location', slug: '', description: '' }

/** Writes over the API, each answered with 2xx. */
const calls: [string, string, object?][] = [
  ['POST', '/tenants', { name: 'Synced', parent_id: ACME }],
  ['PATCH', `/tenants/${ACME_LEGAL}`, { blocks_inheritance: true }],
  ['PUT', `/tenants/${ACME}/${PREFERENCE}`, { value: 600 }],
  ['DELETE', `/tenants/${ACME}/${PREFERENCE}`],
]

/** Writes by forms of pages, each answered with a redirect. */
const forms: [string, Record<string, string>][] = [
  ['/tenants', { ...place, name: 'Paris', parent: 'Acme' }],
  [
    `/tenants/${ACME_LEEDS}/edit`,
    { ...place, name: 'York', parent: 'Acme', slug: 'york', version: '1', active: 'on' },
  ],
  [
    `/tenants/${ACME_LEGAL}/${PREFERENCE}`,
    { choice: 'own', value: '60', lock: 'none', version: '0' },
  ],
  ['/tenants/batches', { action: 'deactivate', ids: String(ACME_LEEDS) }],
  ['/sign-out', {}],
]

const options = { skip: !canTrace() && 'strace is not installed' }

t.test('T20: what was written is on the disk before it is acknowledged', options, async (t) => {
  const { data, token, session } = await dataDirectory(t)
  const { url, events, stop } = await startTraced(t, data)
  for (const [method, path, body] of calls) {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    }
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${url}/api/v1${path}`, sent)
    t.ok(answer.ok, `${method} ${path}: ${answer.status}`)
    await answer.text()
  }
  for (const [path, fields] of forms) {
    const headers = { cookie: `session=${session}`, origin: url }
    const sent = { headers, redirect: 'manual', body: new URLSearchParams(fields) } as const
    const answer = await fetch(`${url}${path}`, { method: 'POST', ...sent })
    t.equal(answer.status, 303, path)
    await answer.text()
  }
  await stop()
  const done = events()
  const before = done.flatMap((event, index) => (event === 'answer' ? [done[index - 1]] : []))
  t.equal(before.length, calls.length + forms.length)
  t.same([...new Set(before)], ['sync'])
})
