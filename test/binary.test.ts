import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run, startServer } from './support/program.ts'

const BUILT = join(import.meta.dirname, '../dist/tenantry')
const PASSWORD = 'seven quiet herons at dusk'
const EMAIL = 'alice@northwind.example'

// It is made by `npm run binary`; where it must be there, its absence is a failure.
const missing = !existsSync(BUILT) && process.env.TENANTRY_BINARY !== 'required'
const options = { skip: missing && 'dist/tenantry was not made' }

/** The binary alone in a directory that cannot be written, to be run from an empty one. */
function install(t: Test) {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-binary-'))
  for (const name of ['program', 'empty']) mkdirSync(join(root, name))
  const program = join(root, 'program/tenantry')
  copyFileSync(BUILT, program)
  chmodSync(program, 0o555)
  chmodSync(join(root, 'program'), 0o555)
  t.teardown(() => {
    chmodSync(join(root, 'program'), 0o755)
    rmSync(root, { recursive: true })
  })
  return { program: [program], directory: join(root, 'empty'), data: join(root, 'data') }
}

/** Sends a form as a browser does, and returns the answer. */
const post = (url: string, fields: Record<string, string>) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams(fields),
  })

t.test('the binary goes from nothing through set-up to the list of tenants', options, async (t) => {
  const start = install(t)
  const server = await startServer(t, start)
  const link = /http\S+\/setup\/\S+/.exec(server.said.join('\n'))![0]
  t.match(await (await fetch(link)).text(), '<form')
  const person = { name: 'Alice', email: EMAIL, password: PASSWORD }
  t.equal((await post(link, { organisation: 'Northwind', ...person })).status, 303)
  t.equal((await fetch(link)).status, 404)
  const signed_in = await post(`${server.url}/sign-in`, { email: EMAIL, password: PASSWORD })
  const cookie = signed_in.headers.getSetCookie()[0]!.split(';')[0]!
  const page = await (await fetch(`${server.url}/tenants`, { headers: { cookie } })).text()
  t.match(page, 'Northwind')
  await loadParts(t, server.url, page)
  t.match(await server.stop(), { code: 0, signal: null })
  t.same(readdirSync(start.directory), [])
})

t.test('the binary is ready within half a second', options, async (t) => {
  const start = install(t)
  const seconds: number[] = []
  // What else the machine does at the moment is no fault of the program.
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await startServer(t, start)
    seconds.push(Number(/\(after (\S+) s\)/.exec(server.said[0]!)![1]))
    await server.stop()
  }
  t.ok(Math.min(...seconds) <= 0.5, `${seconds.join(', ')} s`)
})

t.test('the binary has the whole command line', options, async (t) => {
  const start = install(t)
  t.match(await run(['demo'], start), { code: 0, stdout: /^Sign in as/m })
  t.match(await run(['check'], start), { code: 0, stdout: /audit: unbroken/ })
  t.match(await run(['backup', join(start.data, '../copy.db')], start), { code: 0 })
  t.match(await run(['restore', join(start.data, '../copy.db')], start), { code: 0 })
  t.match(await run(['--version'], start), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
})

t.test('the binary says which directory it cannot use', options, async (t) => {
  const start = install(t)
  const environment = { TMPDIR: join(start.data, 'nowhere') }
  const { code, stderr } = await run(['demo'], { ...start, environment })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: [^\n]*nowhere[^\n]*TMPDIR[^\n]*\n$/)
})

/** Loads the styles, scripts and icons that a page names. */
async function loadParts(t: Test, url: string, page: string) {
  const parts = new Set(page.match(/\/public\/[^"#]+/g))
  t.ok(parts.size >= 3)
  for (const part of parts) t.equal((await fetch(url + part)).status, 200, part)
}
