import t from 'tap'
import { paced } from '../../src/pace.ts'
import { previewImport } from '../../src/tenants/csv/import.ts'
import { world } from '../support/world.ts'
import { PROGRAM } from '../support/any-tenant.ts'

t.test('looks at more lines than a call may have arguments', async (t) => {
  const { db } = await world(t)
  const count = 130_000
  const lines = Array.from({ length: count }, (_, index) => `${index},Top`)
  const plan = await previewImport(db, PROGRAM, `name,parent\nTop,\n${lines.join('\n')}`, paced())
  t.same([plan.created.length, plan.bad], [count + 1, []])
})
