import t from 'tap'
import { addComputer, sync } from '../support/computers.ts'
import { hostileTexts } from '../support/hostile.ts'
import { confirmJob, figures, foreseen, upload } from '../support/jobs.ts'
import { strangeMarkup } from '../support/markup.ts'
import { ACME, type World, world } from '../support/world.ts'

const FACTS = [
  'name',
  'serial_number',
  'manufacturer',
  'model',
  'hardware_uuid',
  'operating_system',
] as const

type Answer = { statusCode: number; json(): Record<string, unknown> & { errors?: object } }
type Send = (fields: Record<string, string>) => Promise<Answer>

/** What is kept of a text: all of it, but white space around it; lines end in one way. */
const kept = (text: string) => text.trim().replace(/\r\n?/g, '\n')

/**
 * Sends a text in every field; and again without the fields at which it was refused. Returns what is
 * wrong: an answer that is none of the two, or a text that is kept as another.
 */
async function offer(send: Send, text: string, fields: readonly string[]) {
  let left = fields
  while (left.length > 0) {
    const answer = await send(Object.fromEntries(left.map((field) => [field, text])))
    const body = answer.json()
    if (answer.statusCode === 201)
      return left.filter((field) => body[field] !== kept(text)).map((field) => [field, text])
    const refused = Object.entries(body.errors ?? {}).filter(([, message]) => message !== '')
    const rest = left.filter((field) => !refused.some(([name]) => name === field))
    if (answer.statusCode !== 422 || rest.length === left.length)
      return [[answer.statusCode, text, JSON.stringify(body)]]
    left = rest
  }
  return []
}

async function offerAll(send: Send, fields: readonly string[], texts = hostileTexts) {
  const wrong: unknown[] = []
  for (const text of texts) wrong.push(...(await offer(send, text, fields)))
  return wrong
}

t.ok(hostileTexts.length >= 300, `${hostileTexts.length} texts`)

t.test('T11: the API keeps a hostile text as it is, or refuses it at its field', async (t) => {
  const { api } = await world(t)
  const computer = { tenant_id: ACME, name: 'Plain' }
  t.same(await offerAll((fields) => api.post('/computers', { ...computer, ...fields }), FACTS), [])
  // The other features check their texts by the same schemas: some of them are enough.
  const some = hostileTexts.filter((_, index) => index % 4 === 0)
  let number = 0
  const person = () => ({ tenant_id: ACME, name: 'Plain', email: `p${++number}@acme.example` })
  const addPerson = (fields: object) => api.post('/people', { ...person(), ...fields })
  t.same(await offerAll(addPerson, ['name', 'email'], some), [])
  const tenant = () => ({ parent_id: ACME, name: `Plain ${++number}` })
  const addTenant = (fields: object) => api.post('/tenants', { ...tenant(), ...fields })
  t.same(await offerAll(addTenant, ['name', 'description', 'slug'], some), [])
})

t.test('T11: pages draw a hostile text as text, typed or kept', async (t) => {
  const w = await world(t)
  const strange = await strangeMarkup(w)
  const wrong: unknown[] = []
  for (const text of hostileTexts) {
    const facts = Object.fromEntries(FACTS.map((field) => [field, text]))
    const form = { ...facts, kind: 'server', tenant: 'Acme', person: '' }
    const answer = await w.alice.post('/computers', form)
    const page =
      answer.statusCode === 303 ? await w.alice.get(String(answer.headers.location)) : answer
    const found = strange(page.body)
    if (![200, 422].includes(page.statusCode) || found.length > 0)
      wrong.push([text, page.statusCode, found])
  }
  const tag = { color: 'blue', tenant: 'Acme' }
  for (const text of hostileTexts) {
    const answer = await w.alice.post('/tags', { ...tag, name: text, description: text })
    if (![303, 422].includes(answer.statusCode) || strange(answer.body).length > 0)
      wrong.push([text, answer.statusCode])
  }
  for (const path of ['/tags', '/computers', '/history'])
    wrong.push(...strange((await w.alice.get(path)).body))
  t.same(wrong, [])
})

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

t.test('T11: what comes in by CSV goes out without formulas, and comes in again', async (t) => {
  const w = await world(t)
  const lines = hostileTexts.map((text) =>
    ['', 'Acme', ...FACTS.slice(1).map(() => text)].map(quoted).join(','),
  )
  const named = lines.map((line, index) => line.replace('""', `"PC ${index}"`))
  const names = hostileTexts.map((text) => [text, 'Acme'].map(quoted).join(',') + ',,,,,')
  const csv = [`name,tenant,${FACTS.slice(1).join()}`, ...named, ...names.map(trimCells)].join('\n')
  const draft = await draftOf(w, csv)
  const [created, , , bad] = figures(await foreseen(w.alice, draft))
  t.ok(created! > 200 && bad! > 0, `${created} are taken, ${bad} refused`)
  await confirmJob(w.alice, draft)
  const file = await w.alice.get('/computers/export.csv')
  t.match(file.headers['content-disposition'], /^attachment; filename="[a-z0-9-]+\.csv"$/)
  t.notMatch(file.body, /(^|[,\n"])[=+@\t-](?!\d)/m, 'no cell begins as a formula does')
  t.same(figures(await foreseen(w.alice, await draftOf(w, file.body))).slice(0, 2), [0, 0])
})

/** As many cells as there are columns. */
const trimCells = (line: string) => line.slice(0, -1)

const draftOf = async (w: World, csv: string) =>
  String((await upload(w.alice, '/computers/import', csv, 'computers.csv')).headers.location)

t.test('T11: whatever a machine says of itself is taken in as one line of text', async (t) => {
  const w = await world(t)
  const reports = hostileTexts.map((text, index) => ({
    ...Object.fromEntries(FACTS.map((field) => [field, text])),
    name: text,
    external_key: `${index} ${text}`,
    tenant_id: ACME,
    last_seen_at: w.clock.now,
  }))
  await sync(w, reports)
  const { computers } = (await w.api.get('/computers?tab=new&limit=200')).json()
  t.ok(computers.length >= 100, `${computers.length} computers`)
  const unclean = computers.filter((computer: Record<string, string>) =>
    FACTS.some((field) => /[\p{Cc}\u202a-\u202e]/u.test(computer[field]!)),
  )
  t.same(unclean, [])
  const strange = await strangeMarkup(w)
  t.same(strange((await w.alice.get('/computers?tab=new')).body), [])
})

t.test('T11: a search for a hostile text finds what has it, and nothing breaks', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Plain' })
  const wrong: unknown[] = []
  for (const text of hostileTexts.filter((one) => one.length <= 200 && one.isWellFormed()))
    for (const path of ['/computers?q=', '/search/results?q=', '/tenants/options?q=']) {
      const { statusCode } = await w.alice.get(path + encodeURIComponent(text))
      if (statusCode !== 200) wrong.push([statusCode, path, text])
    }
  t.same(wrong, [])
})
