import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { type Write } from '../durability/account-writes.ts'
import { writes } from '../durability/writes.ts'
import { readState } from '../support/rows.ts'
import { type World, world } from '../support/world.ts'

// What the API refuses is in test/api/strictness.test.ts; this is about the forms of the pages.

/** What no form, or only some, may set: where a form offers it, the case is left out. */
const FORBIDDEN = {
  id: '7',
  tenant_id: '6',
  top_id: '6',
  role_id: '1',
  role: '1',
  person_id: '7',
  operation_id: '7',
  version: '1',
  kind: 'msp',
  active: 'on',
  is_builtin: '1',
  permissions: 'role.manage',
  source: 'typed',
  password_hash: '!',
  name_key: 'x',
  unheard_of: 'x',
}

const POLLUTING = ['__proto__', '__proto__[active]', '__proto__.active', 'constructor', 'prototype']

/** What a form offers beside what the list of writes sends. */
const OFFERED: Record<string, string[]> = {
  'POST /computers/batches': ['kind'],
  'POST /people/batches': ['role', 'source'],
  'POST /tenants/batches': ['kind', 'active'],
  'POST /tenants/merges': ['kind', 'active'],
}

/** Fields of which there may be several. */
const LISTS = new Set(['ids', 'permissions'])

/** The ways in which a form can be sent that the page would not send. */
function variants(name: string, payload: string) {
  const fields = [...new URLSearchParams(payload)]
  const offered = new Set([...fields.map(([field]) => field), ...(OFFERED[name] ?? [])])
  const unknown = Object.entries(FORBIDDEN).filter(([field]) => !offered.has(field))
  const more = [
    ...unknown,
    ...POLLUTING.map((field): [string, string] => [field, '1']),
    ...fields.filter(([field]) => !LISTS.has(field)),
  ].map((pair) => [pair])
  more.push([
    ['unheard_of', 'x'],
    ['unheard_of', 'y'],
  ])
  return more.map((pairs) => new URLSearchParams([...fields, ...pairs]).toString())
}

const everything = ({ path }: World) => JSON.stringify(readState({ path }))

/** Sends what `write` sends, but first, in its place, all that should be refused. */
async function refusesBefore(t: Test, w: World, name: string, write: Write) {
  const prepared = (await write.prepare?.(w, t)) ?? ''
  const address = new RegExp(`^${name.split(' ')[1]!.replaceAll(/:\w+/g, '[^/?]+')}$`)
  const inject = w.app.inject.bind(w.app)
  let cases = 0
  w.app.inject = (async (options: InjectOptions) => {
    if (options.method !== 'POST' || !address.test(options.url as string)) return inject(options)
    const before = everything(w)
    for (const payload of variants(name, (options.payload as string | undefined) ?? '')) {
      const { statusCode } = await inject({ ...options, payload })
      const is_refused = statusCode >= 400 && statusCode < 500
      if (!is_refused) t.fail(`${statusCode} for ${name} ${payload}`)
      cases++
    }
    t.equal(everything(w), before, 'nothing is changed')
    return inject(options)
  }) as typeof w.app.inject
  const sound = await write.send(w, prepared)
  t.ok(sound.statusCode < 400, `${sound.statusCode} for what is sound`)
  t.ok(cases >= 15, `${cases} cases`)
}

for (const [name, write] of Object.entries(writes))
  if (!name.includes(' /api/') && !name.endsWith('/import'))
    t.test(`T15: ${name} refuses fields that it does not offer`, async (t) =>
      refusesBefore(t, await world(t, { app: { allow_private_issuers: true } }), name, write),
    )

const BOUNDARY = 'tenantry-test-boundary'
const part = (name: string, file: string, content: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`
const FILE = part('file', '; filename="t.csv"', 'name\nParis\n')

for (const url of ['/tenants/import', '/people/import'])
  t.test(`T15: ${url} takes one file or one text, and nothing else`, async (t) => {
    const { alice, db } = await world(t)
    const more = [
      FILE,
      part('file', '', 'name\nLyon\n'),
      ...['tenant_id', 'unheard_of', ...POLLUTING].map((name) => part(name, '', '1')),
      part('pasted', '', 'name\nLyon\n') + part('pasted', '', 'name\nNice\n'),
    ]
    for (const one of more) {
      const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
      const payload = `${FILE}${one}--${BOUNDARY}--\r\n`
      const { statusCode } = await alice.send({ method: 'POST', url, headers, payload })
      t.ok(statusCode >= 400 && statusCode < 500, `${statusCode} for ${one}`)
    }
    t.same(await db.selectFrom('job').select('id').execute(), [])
  })
