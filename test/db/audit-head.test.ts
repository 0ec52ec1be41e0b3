import { copyFileSync, mkdirSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readAuditHead } from '../../src/db/audit-head.ts'
import { hashAnew, logged, tamper } from '../support/audit.ts'
import { run, startServer } from '../support/program.ts'
import { withFile } from '../support/rows.ts'
import { ACME, type World, world } from '../support/world.ts'

const rename = ({ api }: World, name: string) => api.patch(`/tenants/${ACME}`, { name })

const newest = ({ db }: World) =>
  db.selectFrom('operation').select(['id', 'hash']).orderBy('id', 'desc').executeTakeFirst()

/** A world in which the head cannot be written: a folder has its name. */
async function withoutHead(t: Test) {
  const here = await world(t)
  const head = `${here.path}.audit-head`
  rmSync(head)
  mkdirSync(head)
  const troubles: string[] = []
  here.db.onTrouble = ({ message }) => troubles.push(message)
  return { ...here, troubles, mend: () => rmdirSync(head) }
}

t.test('keeps the newest operation outside the database, each time', async (t) => {
  const here = await world(t)
  for (const name of ['Acme 2', 'Acme 3']) {
    t.equal((await rename(here, name)).statusCode, 200)
    t.strictSame(readAuditHead(here.path), await newest(here))
  }
})

t.test('a head that cannot be written fails no write, but is said', async (t) => {
  const here = await withoutHead(t)
  t.match(await rename(here, 'Acme 2'), { statusCode: 200 })
  t.match(here.troubles, [/^The head of the audit log cannot be written: EISDIR/])
  t.same(
    readdirSync(join(here.path, '..')).filter((name) => /audit-head\.\d+$/.test(name)),
    [],
  )
})

t.test('is not ready while the head cannot be written, and makes up for it', async (t) => {
  const here = await withoutHead(t)
  const ready = () => here.anonymous.get('/readyz')
  t.match(await ready(), { statusCode: 200 })
  await rename(here, 'Acme 2')
  t.match(await ready(), { statusCode: 503, body: /head of the audit log/ })
  here.mend()
  t.match(await ready(), { statusCode: 200 })
  t.strictSame(readAuditHead(here.path), await newest(here))
})

const losses: Record<string, (head: string) => void> = {
  missing: () => {},
  empty: (head) => writeFileSync(head, ''),
  garbled: (head) => writeFileSync(head, 'Dear diary\n'),
  'a folder': (head) => mkdirSync(head),
}

for (const [what, lose] of Object.entries(losses))
  t.test(`T25: check says that no head is kept when it is ${what}`, async (t) => {
    const { data, file } = await logged(t)
    rmSync(`${file}.audit-head`)
    lose(`${file}.audit-head`)
    const { code, stdout } = await run(['check'], { data })
    t.equal(code, 1)
    t.equal(stdout, 'audit: no head is kept beside the data: a cut-off end cannot be seen\n')
  })

t.test('T25: check compares with a head kept elsewhere', async (t) => {
  const { data, file } = await logged(t)
  const copy = join(data, 'head-elsewhere')
  copyFileSync(`${file}.audit-head`, copy)
  t.match(await run(['check', '--head', copy], { data }), { code: 0 })
  tamper(file, (sqlite) => sqlite.exec(`update operation set reason = 'Mine' where id = 3`))
  await hashAnew(file)
  const { id, hash } = withFile(file, (sqlite) =>
    sqlite.prepare('select id, hash from operation order by id desc').get(),
  ) as { id: number; hash: string }
  writeFileSync(`${file}.audit-head`, `${id} ${hash}\n`)
  t.match(await run(['check'], { data }), { code: 0 })
  const found = await run(['check', '--head', copy], { data })
  t.match(found, { code: 1, stdout: /^audit: rewritten: [^\n]+\n$/ })
})

t.test('T25: check refuses a file that is no head with one line and code 2', async (t) => {
  const { data, file } = await logged(t)
  for (const other of [file, join(data, 'nowhere')]) {
    const { code, stderr } = await run(['check', '--head', other], { data })
    t.equal(code, 2)
    t.match(stderr, /^tenantry: [^\n]+ is not the head of an audit log\.\n$/)
  }
})

t.test('T25: a head is there from the first start, and with a backup', async (t) => {
  const { data, file } = await logged(t)
  const fresh = join(data, 'fresh')
  await (await startServer(t, { data: fresh })).stop()
  t.same(readAuditHead(join(fresh, 'tenantry.db')), { id: 0, hash: '' })
  t.match(await run(['check'], { data: fresh }), { code: 0 })
  const copy = join(data, 'copy.db')
  await run(['backup', copy], { data })
  t.same(readAuditHead(copy), readAuditHead(file))
  await run(['restore', copy], { data: fresh })
  t.same(readAuditHead(join(fresh, 'tenantry.db')), readAuditHead(file))
})

t.test('T25: a backup whose log was cut off is not restored', async (t) => {
  const { data } = await logged(t)
  const copy = join(data, 'copy.db')
  await run(['backup', copy], { data })
  tamper(copy, (sqlite) =>
    sqlite.exec('delete from change where operation_id > 4; delete from operation where id > 4'),
  )
  const { code, stderr } = await run(['restore', copy], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: [^\n]+ is not sound: audit: truncated: [^\n]+\n$/)
})
