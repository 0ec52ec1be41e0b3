import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../support/program.ts'
import { withFile } from '../support/rows.ts'

function directory(t: Test, csv: string) {
  const data = t.testdir({ 'tenants.csv': csv })
  const names = () =>
    withFile(join(data, 'tenantry.db'), (sqlite) =>
      sqlite.prepare(`select name from tenant where kind <> 'root' order by id`).pluck().all(),
    )
  return { data, file: join(data, 'tenants.csv'), names }
}

const GOOD = 'name,kind,slug\nAcme,client,acme\nZoë & Söhne,client,zoe\n'
const BAD = 'name,kind,slug\nAcme,client,acme\nBroken,starship,broken\n'

t.test('imports tenants, and says how many', async (t) => {
  const { data, file, names } = directory(t, GOOD)
  const { code, stdout } = await run(['import', 'tenants', file], { data })
  t.equal(code, 0)
  t.equal(stdout, 'Imported: 2 new, 0 changed, 0 unchanged, 0 bad.\n')
  t.same(names(), ['Acme', 'Zoë & Söhne'])
})

t.test('imports nothing when it is only asked what would be', async (t) => {
  const { data, file, names } = directory(t, GOOD)
  const { code, stdout } = await run(['import', 'tenants', file, '--dry-run'], { data })
  t.equal(code, 0)
  t.equal(stdout, 'Nothing was changed: 2 new, 0 changed, 0 unchanged, 0 bad.\n')
  t.same(names(), [])
})

t.test('imports nothing when a line is bad, and names the line', async (t) => {
  const { data, file, names } = directory(t, BAD)
  const { code, stderr } = await run(['import', 'tenants', file], { data })
  t.equal(code, 1)
  t.match(stderr, /^line 3: .*starship/)
  t.same(names(), [])
})

t.test('refuses a file that is none with one line and code 2', async (t) => {
  const { data } = directory(t, '')
  for (const file of ['nowhere.csv', join(data, 'tenants.csv')]) {
    const { code, stderr } = await run(['import', 'tenants', file], { data })
    t.equal(code, 2)
    t.match(stderr, /^tenantry: [^\n]+\n$/)
  }
})
