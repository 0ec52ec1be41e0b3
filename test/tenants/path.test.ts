import fc from 'fast-check'
import t from 'tap'
import { formatPath, parsePath } from '../../src/tenants/path.ts'

const name = fc
  .string({
    unit: fc.constantFrom('a', 'é', ' ', '/', '\\', ' / ', '-'),
    minLength: 1,
    maxLength: 8,
  })
  .map((text) => text.trim())
  .filter((text) => text !== '')

t.test('a path that was written reads back as the same names', async (t) => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      t.same(parsePath(formatPath(names)), names)
    }),
    { numRuns: 500 },
  )
})

const cases: [string, string[]][] = [
  ['Acme / Leeds office', ['Acme', 'Leeds office']],
  ['Acme/Leeds office', ['Acme', 'Leeds office']],
  [' / Acme / ', ['Acme']],
  ['Ny A/S / Aarhus', ['Ny A/S', 'Aarhus']],
  ['Ny A\\/S', ['Ny A/S']],
  ['DOMAIN\\user / Leeds', ['DOMAIN\\user', 'Leeds']],
  ['', []],
]
for (const [text, names] of cases)
  t.test(`reads the path "${text}"`, async (t) => t.same(parsePath(text), names))

t.test('a path is written plain unless that would read as other names', async (t) => {
  t.equal(formatPath(['Acme', 'Leeds office']), 'Acme / Leeds office')
  t.equal(formatPath(['Ny A/S', 'Aarhus']), 'Ny A/S / Aarhus')
  t.equal(formatPath(['Ny A/S']), 'Ny A\\/S')
})
