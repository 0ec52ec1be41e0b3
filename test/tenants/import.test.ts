import t from 'tap'
import { MAX_DEPTH } from '../../src/tenants/places.ts'
import { fieldError, mainText } from '../support/html.ts'
import { badLines, draftImport, figures, importCsv, previewImport } from '../support/jobs.ts'
import { ACME, ACME_LEEDS, RIVAL, world, type World } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const bySlug = ({ db }: World, slug: string) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('slug', '=', slug).executeTakeFirst()

const operations = ({ db }: World) =>
  db.selectFrom('operation').select(['kind', 'change_count']).orderBy('id').execute()

t.test('shows what a file would do, and does it once as one operation', async (t) => {
  const w = await world(t)
  const csv = 'slug,name,parent,kind\nacme,Acme Ltd,,client\nrival,Rival,,client\nyork,York,acme,\n'
  const preview = await previewImport(w.alice, csv)
  t.same(figures(preview), [1, 1, 1, 0])
  t.match(mainText(preview), 'Name Acme → Acme Ltd')
  t.notOk(await bySlug(w, 'york'))

  t.same(figures(await importCsv(w.alice, csv)), [1, 1, 1])
  t.match(await bySlug(w, 'york'), { parent_id: ACME, kind: 'branch_office', name: 'York' })
  t.match(await bySlug(w, 'acme'), { name: 'Acme Ltd', sort_key: 'acme ltd', version: 2 })
  t.same((await operations(w)).at(-1), { kind: 'tenant.import', change_count: 2 })
})

t.test('takes rows in any order, and parents by path as well as by slug', async (t) => {
  const w = await world(t)
  const csv =
    'name,parent,slug\nC,New / B,c\nD,Acme / Leeds office,d\nB,New,b\nE,all tenants,e\nNew,,new\n'
  t.same(figures(await importCsv(w.alice, csv)), [5, 0, 0])
  const [c, b, top] = [await bySlug(w, 'c'), await bySlug(w, 'b'), await bySlug(w, 'new')]
  t.equal(c!.parent_id, b!.id)
  t.equal(b!.parent_id, top!.id)
  t.match(top, { parent_id: 1, kind: 'client', descendant_count: 2 })
  t.match(await bySlug(w, 'd'), { parent_id: ACME_LEEDS })
})

const writings: [string, string | Buffer][] = [
  ['semicolons', 'name;parent;description\nYork;acme;"a; b"\n'],
  ['tabs', 'name\tparent\tdescription\nYork\tacme\ta; b'],
  [
    'Windows line ends and a byte-order mark',
    '\ufeffname,parent,description\r\nYork,acme,a; b\r\n',
  ],
  ['old Mac line ends', 'name,parent,description\rYork,acme,a; b\r'],
  ['columns in another order and case', 'PARENT, Description ,"Name"\nacme,a; b,York\n'],
  ['blank lines and quotes', 'name,parent,description\n\n"York","acme","a; b"\n\n'],
]
for (const [what, csv] of writings)
  t.test(`reads ${what}`, async (t) => {
    const w = await world(t)
    await importCsv(w.alice, csv)
    t.match(await bySlug(w, 'york'), { name: 'York', parent_id: ACME, description: 'a; b' })
  })

t.test('keeps line breaks, quotes and every script within cells', async (t) => {
  const w = await world(t)
  const csv = 'name,slug,description\n"Say ""Łódź"" 東京",s,"one\r\ntwo"\n'
  await importCsv(w.alice, csv)
  t.match(await bySlug(w, 's'), { name: 'Say "Łódź" 東京', description: 'one\ntwo' })
})

const bad: [string, string, string[]][] = [
  ['an empty name', 'name,parent\n,\n ,acme\nx,', ['3 Name: Enter a name.']],
  [
    'a name that turns the text around it',
    'name\nAcme\u202egnp.exe',
    ['2 Name: Leave out characters that turn the direction of text.'],
  ],
  ['a long name', `name\n${'x'.repeat(201)}`, ['2 Name: Use 200 characters or fewer.']],
  [
    'an unknown parent',
    'name,parent\nx,nowhere',
    ['2 There is no tenant with the slug or the path "nowhere".'],
  ],
  [
    'an unknown kind',
    'name,kind\nx,Planet',
    [
      '2 There is no kind "Planet". There are msp, client, branch_office, department, division, location.',
    ],
  ],
  ['an unknown answer', 'name,active\nx,perhaps', ['2 Active is “yes” or “no”, not “perhaps”.']],
  ['a slug twice', 'name,slug\nx,a\ny,a', ['3 Line 2 has the same slug.']],
  ['a tenant twice', 'name\nNew\nNEW', ['3 Line 2 is the same tenant.']],
  ['an existing tenant twice', 'name,slug\nAcme Ltd,acme\nAcme,', ['3 Line 2 is the same tenant.']],
  [
    'a name that another keeps',
    'name,slug\nAcme,acme-2',
    ['2 "Acme" (slug "acme") is under the same parent already.'],
  ],
  [
    'too few columns',
    'name,parent\nx\ny,,z',
    [
      '2 The first line has 2 columns; here the number is 1.',
      '3 The first line has 2 columns; here the number is 3.',
    ],
  ],
  [
    'an open quote',
    'name\nx\n"y\nz',
    ['3 A quote is opened and never closed. Nothing from here on could be read.'],
  ],
  [
    'a misplaced quote',
    'name\n"x"y\nz',
    ['2 There is text after a closing quote. Nothing from here on could be read.'],
  ],
  [
    'the root itself',
    'name,slug\nAll,all-tenants',
    ['2 All tenants is the root of the tree; it stays.'],
  ],
  [
    'a circle in the file',
    'name,slug,parent\nx,x,y\ny,y,z\nz,z,x',
    ['2 It would be below itself.', '3 It would be below itself.', '4 It would be below itself.'],
  ],
  [
    'a line that is the parent of its parent',
    'name,slug,parent\nx,x,y\ny,y,x',
    ["2 Lines 2 and 3 are each other's parent.", "3 Lines 2 and 3 are each other's parent."],
  ],
  [
    'a circle with the tree',
    'name,slug,parent\nAcme,acme,acme-leeds-legal',
    ['2 It would be below itself.'],
  ],
  [
    'the last MSP made a client',
    'name,slug,kind\nNorthwind MSP,northwind,client',
    ['2 No MSP tenant would be left. Make another one an MSP first.'],
  ],
]
for (const [what, csv, reasons] of bad)
  t.test(`says which line has ${what}, and does not offer to go on`, async (t) => {
    const { alice } = await world(t)
    const preview = await previewImport(alice, csv)
    t.same(badLines(preview).slice(0, reasons.length), reasons)
    t.notMatch(preview, /\/start"/)
  })

t.test('reports every bad line, and none that is only below one', async (t) => {
  const { alice } = await world(t)
  const csv = 'name,slug,kind,parent\nA,a,planet,\nB,b,,a\n,c,,\nD,,,c\n'
  t.same(
    badLines(await previewImport(alice, csv)).map((line) => line[0]),
    ['2', '4'],
  )
})

t.test('shows what stands in a bad line, without the rest of a long one', async (t) => {
  const { alice } = await world(t)
  const long = `${'x'.repeat(70)},planet,${'y'.repeat(9)}`
  const csv = `name,kind,description\nYork,client,"one\ntwo"\r\nKent,planet,\n${long}`
  const preview = await previewImport(alice, csv)
  t.match(preview, '<code>Kent,planet,</code>')
  t.match(preview, `<code>${long.slice(0, 80)}…</code>`)
})

t.test('marks the file that was chosen, whatever was pasted besides', async (t) => {
  const { alice } = await world(t)
  const boundary = 'b'
  const field = (name: string, text: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
  const response = await alice.send({
    method: 'POST',
    url: '/tenants/import',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: `${field('file"; filename="empty.csv', '')}${field('pasted', 'name\nYork')}--b--\r\n`,
  })
  t.equal(fieldError(response.body, 'file'), 'The file is empty.')
  t.equal(fieldError(response.body, 'pasted'), null)
})

t.test('refuses what would be too deep', async (t) => {
  const { alice } = await world(t)
  const rows = Array.from(
    { length: MAX_DEPTH },
    (_, i) => `n${i},n${i},${i ? `n${i - 1}` : 'acme'}`,
  )
  const [line] = badLines(await previewImport(alice, `name,slug,parent\n${rows.join('\n')}`))
  t.equal(line, `${MAX_DEPTH + 1} The tree would be deeper than ${MAX_DEPTH}.`)
})

t.test('refuses a path that fits two tenants', async (t) => {
  const w = await world(t)
  const csv = 'name,slug,parent\nAcme,acme,rival\nAcme,new-acme,\nX,x,ACME\n'
  t.same(badLines(await previewImport(w.alice, csv)), [
    '4 The path "ACME" fits 2 tenants. Use the slug.',
  ])
})

t.test('moves and renames what is there, also when two exchange their names', async (t) => {
  const w = await world(t)
  const csv = 'name,slug,parent\nRival,acme,\nAcme,rival,\nLegal,acme-leeds-legal,rival\n'
  t.same(figures(await importCsv(w.alice, csv)), [0, 3, 0])
  t.match(await bySlug(w, 'acme'), { name: 'Rival', name_key: 'rival', descendant_count: 1 })
  t.match(await bySlug(w, 'rival'), { name: 'Acme', name_key: 'acme', descendant_count: 1 })
  t.match(await bySlug(w, 'acme-leeds-legal'), { parent_id: RIVAL })
})

t.test('turns a branch upside down', async (t) => {
  const w = await world(t)
  const csv =
    'name,slug,parent\nAcme,acme,acme-leeds\nLeeds office,acme-leeds,acme-leeds-legal\nLegal,acme-leeds-legal,\n'
  t.same(figures(await importCsv(w.alice, csv)), [0, 3, 0])
  t.match(await bySlug(w, 'acme-leeds-legal'), { parent_id: 1, descendant_count: 2 })
  t.match(await bySlug(w, 'acme'), { parent_id: ACME_LEEDS, descendant_count: 0 })
})

t.test('leaves alone what the file has no column for', async (t) => {
  const w = await world(t)
  await importCsv(w.alice, 'name,slug,description,active\nLegal,acme-leeds-legal,Lawyers,no\n')
  t.same(figures(await previewImport(w.alice, 'name,slug\nLegal,acme-leeds-legal\n')), [0, 0, 1, 0])
  t.match(await bySlug(w, 'acme-leeds-legal'), {
    description: 'Lawyers',
    active: 0,
    kind: 'department',
  })
})

t.test('gives new tenants slugs past those that are taken', async (t) => {
  const w = await world(t)
  await importCsv(w.alice, 'name,parent\nAcme,rival\nAcme,acme\nAcme,northwind\n')
  const rows = await everyTenant(w.db)
    .selectFrom('tenant')
    .select('slug')
    .where('name', '=', 'Acme')
    .orderBy('id')
    .execute()
  t.same(
    rows.map((row) => row.slug),
    ['acme', 'acme-2', 'acme-3', 'acme-4'],
  )
})

t.test('imports nothing when the tree has changed so that a line fits no more', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, 'name,slug\nYork,york\nKent,kent\n')
  await w.alice.post('/tenants', {
    name: 'York',
    parent: 'All tenants',
    kind: 'client',
    slug: 'y',
    description: '',
  })
  await w.alice.post(`${job}/start`)
  t.match(
    mainText((await w.alice.get(job)).body),
    /Failed.*What is stored has changed since you looked.*Line 2/,
  )
  t.notOk(await bySlug(w, 'kent'))
})

t.test('lists more bad lines than it lists good ones', async (t) => {
  const { alice } = await world(t)
  const lines = Array.from({ length: 250 }, (_, index) => `Site ${index},nowhere`)
  const body = await previewImport(alice, ['name,parent', ...lines].join('\n'))
  t.match(body, '<td class="line-number">2</td>')
  t.match(body, '<td class="line-number">251</td>')
})
