import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dataDirectory } from '../support/directory.ts'
import { SOURCE, startServer } from '../support/program.ts'
import { ACME } from '../support/world.ts'

/** Whether strace is there and may be used; CI has it. */
function canTrace() {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return Boolean(process.env.CI)
  }
}

/** What the server did, in order: `sync` for each time it waited for the disk, `2xx` for answers. */
function readTrace(path: string) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (/\bf(data)?sync\(/.test(line) || /<\.\.\. f(data)?sync resumed/.test(line))
        return ['sync']
      return /"HTTP\/1\.1 2\d\d/.test(line) ? ['2xx'] : []
    })
}

const options = { skip: !canTrace() && 'strace is not installed' }

t.test('T20: what was written is on the disk before it is acknowledged', options, async (t) => {
  const { data, token } = await dataDirectory(t)
  const trace = join(data, '../trace')
  const strace = [
    'strace',
    '-D',
    '-f',
    '-qq',
    '-s',
    '16',
    '-e',
    'trace=fsync,fdatasync,write,writev',
  ]
  const server = await startServer(t, { data, program: [...strace, '-o', trace, ...SOURCE] })
  const before = readTrace(trace).length
  for (let number = 0; number < 12; number++) {
    const answer = await fetch(`${server.url}/api/v1/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Synced ${number}`, parent_id: ACME }),
    })
    t.equal(answer.status, 201)
    await answer.text()
  }
  await server.stop()
  const events = readTrace(trace).slice(before)
  const answers = events.flatMap((event, index) => (event === '2xx' ? [events[index - 1]] : []))
  t.equal(answers.length, 12)
  t.same([...new Set(answers)], ['sync'])
})
