import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import { lookingEverywhere } from './isolation/every-tenant.ts'

// The house rules that the linter cannot know: which way imports point, and what templates hold.

const read = (file: string) => readFileSync(file, 'utf8')

const imports = globSync('src/**/*.ts').flatMap((file) =>
  [...read(file).matchAll(/(?:from |import\()'([^']+)'/g)].map(([, target]) => ({
    file,
    target: target!.startsWith('.') ? normalize(join(dirname(file), target!)) : target!,
  })),
)

/** The folder under src/ that a file is in: a feature, or one of those that serve them. */
const roomOf = (file: string) => file.split('/').slice(1, -1)[0] ?? ''
const SERVING = ['db', 'web']

/** What every feature lets others use. */
const EVERY_DOOR = ['queries.ts', 'commands.ts', 'actor.ts', 'permissions.ts', 'undo-rules.ts']

/** What a feature lets others use beside that. */
const DOORS = {
  access: [
    'assignments/commands.ts',
    'authority.ts',
    'current-actor.ts',
    'decide.ts',
    'delegation.ts',
    'ending.ts',
    'factors.ts',
    'form.ts',
    'invitations.ts',
    'navigation.ts',
    'raising.ts',
    'relocation.ts',
    'secrets.ts',
    'step-up.ts',
    'throttle.ts',
    'visible.ts',
  ],
  audit: ['history.ts', 'operations.ts', 'undo-offer.ts', 'undo-rule.ts'],
  computers: [
    'along.ts',
    'groups/filter.ts',
    'batch/consequences.ts',
    'conditions.ts',
    'groups/queries.ts',
    'groups/uses.ts',
    'groups/words.ts',
    'head.ts',
    'kinds.ts',
    'place.ts',
    'search.ts',
    'target.ts',
  ],
  jobs: [
    'batch-job.ts',
    'batch.ts',
    'consequences.ts',
    'import-routes.ts',
    'import.ts',
    'kind.ts',
    'selection.ts',
  ],
  mail: ['mailer.ts'],
  maintenance: ['covered.ts', 'form.ts', 'window-list.ts', 'words.ts'],
  people: ['head.ts', 'suggest.ts'],
  preferences: [
    'catalogue.ts',
    'entry.ts',
    'explain.ts',
    'in-effect.ts',
    'inheritance.ts',
    'relocation.ts',
    'regions.ts',
    'skeleton.ts',
    'stored.ts',
    'value.ts',
  ],
  schedules: [
    'catch-up.ts',
    'freeze.ts',
    'head.ts',
    'merged.ts',
    'missing.ts',
    'option-keys.ts',
    'options-words.ts',
    'plan.ts',
    'passing-time.ts',
    'planning.ts',
    'regions.ts',
    'relocation.ts',
    'spread.ts',
    'stored.ts',
    'tenant-zones.ts',
    'windows.ts',
    'words.ts',
  ],
  tags: ['api-schemas.ts', 'carriers.ts', 'effective.ts', 'listed-names.ts', 'moves.ts', 'uses.ts'],
  tenants: [
    'aliases.ts',
    'api-schemas.ts',
    'find-parent.ts',
    'form.ts',
    'head.ts',
    'kinds.ts',
    'list.ts',
    'marks.ts',
    'merges.ts',
    'names.ts',
    'places.ts',
    'rights.ts',
    'search.ts',
    'slugs.ts',
    'suggest.ts',
  ],
} as Record<string, string[]>

t.test('db and web import no feature', async (t) => {
  const wrong = imports.filter(
    ({ file, target }) =>
      SERVING.includes(roomOf(file)) &&
      target.startsWith('src/') &&
      ![...SERVING, ''].includes(roomOf(target)),
  )
  t.same(wrong, [])
})

t.test('a feature uses another only through its doors', async (t) => {
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)]
    if (!target.startsWith('src/') || from === to || ['', 'cli'].includes(from)) return false
    if (['', ...SERVING].includes(to)) return false
    const doors = [...EVERY_DOOR, ...(DOORS[to] ?? [])]
    return !doors.includes(target.split('/').slice(2).join('/'))
  })
  t.same(wrong, [])
})

t.test('only the command line and app.ts know every feature', async (t) => {
  const wrong = imports.filter(
    ({ file, target }) => target === 'src/app.ts' && roomOf(file) !== 'cli',
  )
  t.same(wrong, [])
})

t.test('HTTP stays in routes, the API, and what serves them', async (t) => {
  const allowed = /(routes|api|guard|cookie|device)\.ts$|^src\/(web|cli)\/|^src\/app\.ts$/
  const wrong = imports.filter(({ file, target }) => target === 'fastify' && !allowed.test(file))
  t.same(wrong, [])
})

t.test('a migration imports nothing from src', async (t) => {
  const wrong = globSync('migrations/*.ts').filter((file) => /from '\.\.\/src/.test(read(file)))
  t.same(wrong, [])
})

const templates = globSync('views/**/*.eta')

t.test('a style sheet has at most 300 lines, and is served', async (t) => {
  const sheets = globSync('public/*.css')
  t.same(
    sheets.filter((file) => read(file).split('\n').length > 300),
    [],
  )
  t.same(
    sheets.filter((file) => !read('src/web/static.ts').includes(`'${file}'`)),
    [],
  )
})

t.test('a template has at most 150 lines', async (t) => {
  t.same(
    templates.filter((file) => read(file).split('\n').length > 150),
    [],
  )
})

t.test('T12: a template prints nothing raw but its partials and its body', async (t) => {
  const raw = templates.flatMap((file) =>
    [...read(file).matchAll(/<%~\s*(.*?)\s*%>/gs)]
      .map(([, code]) => code!)
      // A partial is named here, or by a Rendering, which `view` alone makes.
      .filter((code) => !/^part\(('[\w/-]+'|it(\.\w+)+\.template), [\s\S]*\)$/.test(code))
      .filter((code) => code !== 'it.body')
      .map((code) => `${file}: ${code}`),
  )
  t.same(raw, [])
})

t.test(
  'T12: no template holds script, style, a handler, or an address that is made of data',
  async (t) => {
    const sinks =
      /<script(?! src="<%= asset)|<style|\sstyle=|\son\w+=|hx-on|js:|javascript:|href="<%= it\.(?!\w*(?:href|next|newest|older|first))/
    t.same(
      templates.filter((file) => sinks.test(read(file))),
      [],
    )
  },
)

const filesWith = (sinks: RegExp) =>
  globSync('src/**/*.ts')
    .filter((file) => sinks.test(read(file)))
    .toSorted()

t.test('T12: no code is made of text', async (t) => {
  const sinks = /sql\.(raw|lit|ref|table|id|join)\b|\.key\(|eval\(|new Function|RegExp\(/
  t.same(filesWith(sinks), [])
})

/** Where SQL is written as such, and not built by Kysely: reviewed for what is put into it. */
const SQL = [
  'src/db/broken-references.ts',
  'src/db/computer-search.ts',
  'src/db/deferring.ts',
  'src/db/last-id.ts',
  'src/db/migrate.ts',
  'src/db/operation.ts',
  'src/db/reversals.ts',
  'src/db/row-table.ts',
  'src/db/savepoint.ts',
  'src/db/search.ts',
  'src/db/session-table.ts',
  'src/db/tenant-columns.ts',
  'src/db/write-lock.ts',
  'src/preferences/chain.ts',
  'src/tenants/rows.ts',
]

t.test('T12: SQL is written in few, reviewed places', async (t) => {
  t.same(filesWith(/\bsql\s*(<[^`]*>)?`|CompiledQuery\.raw/), SQL)
  const pastKysely = imports.filter(
    ({ file, target }) => target === 'better-sqlite3' && roomOf(file) !== 'db',
  )
  t.same(pastKysely, [])
})

t.test('T7: few, reviewed files look past the scope of the actor', async (t) => {
  const found = filesWith(/import \{[^}]*\beveryTenant(Tx)?\b[^}]*\}/)
  t.same(found, Object.keys(lookingEverywhere).toSorted())
})

/** Where the browser puts HTML into the page by itself: fragments that the server drew. */
const FRAGMENTS = ['public/combobox.js', 'public/treegrid.js']

t.test('T12: what a browser runs makes no HTML of text', async (t) => {
  const sinks = /innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|eval\(/g
  const found = globSync('public/*.js').flatMap((file) =>
    (read(file).match(sinks) ?? []).map(() => file),
  )
  t.same(found.toSorted(), FRAGMENTS)
})
