import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { operationInWords } from '../../src/audit/words.ts'

t.test('every kind of operation that the program writes has words of its own', async (t) => {
  const kinds = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/operation\([^()]*?'([a-z_]+\.[a-z_]+)'/g)].map(
      ([, kind]) => kind!,
    ),
  )
  t.ok(kinds.includes('tenant.create'))
  for (const kind of new Set(kinds)) t.notMatch(operationInWords(kind), ':', kind)
})

t.test('a kind without words reads as it is spelled', async (t) => {
  t.equal(operationInWords('price_list.set_currency'), 'Price list: set currency')
})
