import type { World } from './world.ts'

const ELEMENT = /<([a-z][\w-]*)((?:\s+[^\s=>"'/]+(?:="[^"]*")?)*)\s*\/?>/g
const OPENING = /<[a-z!?]/gi

/** What a list of many has: a link to the next page, and a choice that says that it is cut off. */
const OF_MANY = new Set(['a rel', 'option disabled'])

/** The elements of a page, each with its attributes: `input`, `input value`. */
function markupOf(html: string) {
  const found = new Set<string>()
  const elements = [...html.matchAll(ELEMENT)]
  for (const [, name, attributes] of elements) {
    found.add(name!)
    for (const [, attribute] of attributes!.matchAll(/\s+([^\s=]+)(?:="[^"]*")?/g))
      found.add(`${name} ${attribute}`)
  }
  const others = (html.match(OPENING)?.length ?? 0) - elements.length
  return { found, others }
}

/**
 * Returns what finds, in a page, elements and attributes that the pages of a harmless computer and
 * tag, and their forms with all that can be wrong, do not have.
 */
export async function strangeMarkup({ alice }: Pick<World, 'alice'>) {
  const facts = ['serial_number', 'manufacturer', 'model', 'hardware_uuid', 'operating_system']
  const form = { name: 'Plain', kind: 'server', tenant: 'Acme', person: '' }
  const full = { ...form, ...Object.fromEntries(facts.map((fact) => [fact, 'plain'])) }
  const long = Object.fromEntries([...facts, 'name'].map((fact) => [fact, 'x'.repeat(300)]))
  const made = await alice.post('/computers', full)
  await alice.post('/tags', { name: 'Plain', description: 'Plain', color: 'blue', tenant: 'Acme' })
  const pages = [
    await alice.get(String(made.headers.location)),
    await alice.post('/computers', { ...full, ...long, tenant: 'Nowhere', kind: 'x' }),
    await alice.post('/tags', { name: '', description: 'x'.repeat(600), color: '', tenant: '' }),
    await alice.post('/tags', { name: 'y', description: '', color: 'x', tenant: 'Nowhere' }),
    ...(await Promise.all(
      ['/tags', '/computers?tab=new', '/computers', '/history', '/search?q=plain'].map((path) =>
        alice.get(path),
      ),
    )),
  ].map(({ body }) => markupOf(body))
  const known = pages.reduce((all, { found }) => all.union(found), new Set<string>())
  const others = Math.max(...pages.map((page) => page.others))
  return (html: string) => {
    const page = markupOf(html)
    const strange = [...page.found.difference(known)].filter((one) => !OF_MANY.has(one))
    return page.others > others ? [...strange, `${page.others} that cannot be read`] : strange
  }
}
