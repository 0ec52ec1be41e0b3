import { readFileSync } from 'node:fs'
import t from 'tap'
import { mutants } from '../../scripts/access-mutants.ts'

t.test('T8: every check that is to be taken away is still there', async (t) => {
  for (const { file, without } of mutants)
    t.ok(readFileSync(file, 'utf8').includes(without), `${file}: ${without.trim()}`)
})
