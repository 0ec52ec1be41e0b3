import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { loggedTables } from '../../src/audit/tables.ts'
import { knownKinds, operationInWords } from '../../src/audit/words.ts'
import { tables } from '../../src/db/tables.ts'

t.test('every kind of operation that the program writes has words of its own', async (t) => {
  const kinds = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/operation\([^()]*?'([a-z_]+\.[a-z_]+)'/g)].map(
      ([, kind]) => kind!,
    ),
  )
  t.ok(kinds.includes('tenant.create'))
  for (const kind of new Set(kinds)) t.notMatch(operationInWords(kind), ':', kind)
})

t.test('no two kinds of operation to choose from look alike', async (t) => {
  const kinds = knownKinds.map(({ label }) => label)
  t.ok(kinds.includes('Added tag (computer)'))
  t.equal(new Set(kinds).size, kinds.length)
})

t.test('a kind without words reads as it is spelled', async (t) => {
  t.equal(operationInWords('price_list.set_currency'), 'Price list: set currency')
})

t.test('every table that is logged has words, and says what it takes to read of it', async (t) => {
  const logged = Object.entries(tables).filter(([, { tenant_column }]) => tenant_column)
  t.ok(logged.length > 8)
  for (const [name, facts] of logged) {
    t.ok(loggedTables[name], name)
    // Of a tenant itself, and of what all share, the permission to see the history is enough.
    if (facts.class === 'tenant' && name !== 'tenant') t.ok(loggedTables[name]?.permission, name)
  }
})
