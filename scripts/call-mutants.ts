import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Mutant } from './access-mutants.ts'

/** Where the predicates and checks are made, not used. */
const MAKERS = new Set(['src/db/scope.ts', 'src/access/visible.ts'])

const WHOLE = `{ allow: [{ from: '/1/', to: '/10' }], deny: [] }`

/**
 * What stands in for a call: it takes the same arguments, lets everything through, and is confined
 * in the eyes of the guard, so that it is a test which has to notice.
 */
const BLIND: Record<string, string> = {
  requireTenant: '(async (_db: unknown, _asker: unknown, _permission: unknown, id: unknown) => id)',
  inScope: `((_: unknown, column: string) => inScope(${WHOLE}, column))`,
  inScopeByTop: `((_: unknown, table: string) => inScopeByTop(${WHOLE}, table as never))`,
  ofTenant:
    '((column: string, _: unknown) => ofTenant(column, anyExpression<any>().ref(column) as never))',
}

const IMPORT = `import { expressionBuilder as anyExpression } from 'kysely'\n`

/** Tests that take long, and those of the speed of queries. */
const SLOW = /plans|properties|large|every-tenant/

/** The tests of the feature that a file belongs to, the nearest first, and those of isolation. */
function testsFor(file: string) {
  const [, feature = '', part = ''] = dirname(file).split('/')
  const nearest = globSync(`test/${feature}/{${part || basename(file, '.ts')},${part}/*}.test.ts`)
  const others = globSync([`test/${feature}/*.test.ts`, `test/api/${feature}*.test.ts`])
  const isolation = ['known-bugs', 'canaries', 'replay'].map(
    (name) => `test/isolation/${name}.test.ts`,
  )
  const feature_tests = feature === 'access' && part ? nearest : [...nearest, ...others]
  return [...new Set([...feature_tests.filter((name) => !SLOW.test(name)), ...isolation])]
}

/** Each call of a predicate or check in the program, made blind in turn. */
export function callMutants(): Mutant[] {
  const files = globSync('src/**/*.ts').filter((file) => !MAKERS.has(file))
  return files.toSorted().flatMap((file) => {
    const source = readFileSync(file, 'utf8')
    return [
      ...source.matchAll(/(?<![\w.])(requireTenant|inScope|inScopeByTop|ofTenant)(?=\()/g),
    ].map(({ 0: name, index }) => ({
      file,
      without: source.slice(0, index + name.length),
      instead: IMPORT + source.slice(0, index) + BLIND[name],
      killed_by: testsFor(file),
      title: `${name} in line ${source.slice(0, index).split('\n').length}`,
    }))
  })
}
