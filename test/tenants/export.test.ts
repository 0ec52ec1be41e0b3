import fc from 'fast-check'
import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { importTenants } from '../../src/tenants/csv/import.ts'
import { TenantDescription, TenantName } from '../../src/tenants/form.ts'
import { nameKey } from '../../src/tenants/names.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { canary } from '../support/canaries.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

const addNamed = ({ db, actor }: World, tenants: { name: string; description: string }[]) =>
  operation(db, actor, 'test.tenants', async (tx) => {
    for (const tenant of tenants)
      await createTenant(tx, ACME_LEEDS, { ...tenant, kind: 'division' })
  })

const download = async ({ alice }: World, query = '') =>
  (await alice.get(`/tenants/export.csv${query}`)).body

const lines = (csv: string) => csv.split('\r\n').slice(1, -1)

t.test('exports every tenant but the root, as a file with a name', async (t) => {
  const { alice } = await world(t)
  const response = await alice.get('/tenants/export.csv')
  t.equal(response.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.equal(response.headers['content-disposition'], 'attachment; filename="tenants-2026-11-24.csv"')
  t.equal(response.body.split('\r\n')[0], '\ufeffname,parent,kind,description,slug,active')
  t.same(lines(response.body).sort(), [
    `Acme,,client,${canary(ACME)},acme,yes`,
    'Leeds office,acme,branch_office,,acme-leeds,yes',
    `Legal,acme-leeds,department,${canary(ACME_LEGAL)},acme-leeds-legal,yes`,
    `Northwind MSP,,msp,${canary(NORTHWIND)},northwind,yes`,
    `Rival,,client,${canary(RIVAL)},rival,yes`,
  ])
})

t.test('exports what the filter of the list matches', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'test', (tx) => updateTenant(tx, ACME, { active: false }))
  t.same(lines(await download(w, '?active=inactive')), [`Acme,,client,${canary(ACME)},acme,no`])
  t.same(lines(await download(w, '?q=leeds&kind=department')), [
    `Legal,acme-leeds,department,${canary(ACME_LEGAL)},acme-leeds-legal,yes`,
  ])
})

t.test('T11: no cell of an export is a formula', async (t) => {
  const w = await world(t)
  const names = ['=1+1', '+1', '-1', '@SUM(A1)', "'=1", "'s-Hertogenbosch"]
  await addNamed(
    w,
    names.map((name) => ({ name, description: `${name}\tx` })),
  )
  const csv = await download(w)
  t.notMatch(csv, /(^|[,\r\n"])[=+\-@\t]/m)
  for (const name of ["'=1+1", "''=1", "'s-Hertogenbosch"]) t.match(csv, `\r\n${name},`)
})

/** Text that is hard on CSV, on spreadsheets and on names. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...`'"=+-@,;\t\n\r/\\ <>&`, '\u00a0', 'ß', 'ﬃ', 'é', 'e\u0301', '😀', '\ufeff'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  ),
  minLength: 1,
  maxLength: 20,
})
const tenant = fc.record({ name: hostile, description: hostile }).map(({ name, description }) => ({
  name: TenantName.safeParse(name).data ?? 'plain',
  description: TenantDescription.safeParse(description).data ?? '',
}))
const siblings = fc.uniqueArray(tenant, { maxLength: 30, selector: ({ name }) => nameKey(name) })

t.test('importing what was exported changes nothing, whatever the names are', async (t) => {
  await fc.assert(
    fc.asyncProperty(siblings, async (tenants) => {
      const w = await world(t)
      await addNamed(w, tenants)
      const csv = await download(w)
      t.equal(lines(csv).length >= tenants.length, true)
      const summary = await importTenants(w.db, w.actor, csv, { dry_run: true })
      t.same(summary, { created: 0, changed: 0, unchanged: tenants.length + 5, bad: [] })
    }),
    { numRuns: 25 },
  )
})

t.test('an export makes the same tree in an empty database', async (t) => {
  const w = await world(t)
  await addNamed(w, [{ name: '=cmd()', description: "'+x" }])
  const other = await world(t)
  const csv = (await download(w)).replaceAll(/\b(acme|rival|northwind)/g, 'copy-$1')
  await importTenants(
    other.db,
    other.actor,
    csv.replace(
      /^(\ufeff.*\r\n)|^(Acme|Rival|Northwind MSP),/gm,
      (all, head, name) => head ?? `Copy ${name},`,
    ),
  )
  const copied = await everyTenant(other.db)
    .selectFrom('tenant')
    .selectAll()
    .where('name', '=', '=cmd()')
    .executeTakeFirst()
  t.match(copied, { kind: 'division', description: "'+x" })
})
