import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { hashAnew, logged, tamper } from '../support/audit.ts'
import { run } from '../support/program.ts'
import { withFile } from '../support/rows.ts'

t.test('T25: check finds nothing in a log that nobody touched', async (t) => {
  const { check } = await logged(t)
  t.same(await check(), [])
})

t.test('T25: tenantry check prints what it finds, and ends with code 1', async (t) => {
  const { data, file } = await logged(t)
  t.match(await run(['check'], { data }), { code: 0, stdout: /^audit: unbroken$/m })
  tamper(file, (sqlite) => sqlite.exec(edits[0]!))
  t.match(await run(['check'], { data }), { code: 1, stdout: /^audit: edited: Operation 3 .*\n$/ })
})

const edits = [
  `update change set after = replace(after, 'Acme 3', 'Acme X') where operation_id = 3`,
  `update operation set actor_name = 'Somebody else' where id = 3`,
  `update operation set at = '2026-01-01T00:00:00.000Z' where id = 3`,
  `update operation set reason = 'Asked for' where id = 3`,
]

for (const edit of edits)
  t.test(`T25: check names an edited log: ${edit}`, async (t) => {
    const { file, check } = await logged(t)
    tamper(file, (sqlite) => sqlite.exec(edit))
    t.match(await check(), [/^audit: edited: Operation 3 /])
  })

const deletions = [
  'delete from change where operation_id = 3',
  'delete from change where operation_id = 3; delete from operation where id = 3',
]

for (const deletion of deletions)
  t.test(`T25: check names a log deleted from: ${deletion}`, async (t) => {
    const { file, check } = await logged(t)
    tamper(file, (sqlite) => sqlite.exec(deletion))
    t.match(await check(), [/^audit: deleted: Operation 3 /])
  })

t.test('T25: check names a log whose end was cut off', async (t) => {
  const { file, check } = await logged(t)
  tamper(file, (sqlite) =>
    sqlite.exec('delete from change where operation_id > 4; delete from operation where id > 4'),
  )
  t.same(await check(), ['audit: truncated: The log ends at operation 4; it had reached 6.'])
})

t.test('T25: check names a log that was written anew, with hashes that fit', async (t) => {
  const { file, check } = await logged(t)
  tamper(file, (sqlite) => sqlite.exec(edits[0]!))
  await hashAnew(file)
  t.match(await check(), [/^audit: rewritten: /])
})

t.test('says that a damaged file is damaged', async (t) => {
  const { file, check } = await logged(t)
  const page = withFile(file, (sqlite) =>
    sqlite
      .prepare(`select rootpage from sqlite_master where name = 'tenant_by_slug'`)
      .pluck()
      .get(),
  )
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0, (Number(page) - 1) * 4096, Number(page) * 4096))
  t.match(await check(), [/^structure: /])
})

t.test('names a row that points nowhere', async (t) => {
  const { file, check } = await logged(t)
  withFile(file, (sqlite) => {
    sqlite.pragma('foreign_keys = OFF')
    sqlite.exec(`update session set person_id = 4711`)
  })
  t.match(await check(), [/^reference: session 1 points to no user_account$/m])
})
