import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { badLines, figures, importCsv, previewImport } from '../support/jobs.ts'
import { world, type World } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const FOLDER = '/usr/share/iso-codes/json'

const options = {
  skip:
    !existsSync(FOLDER) && !process.env.CI && 'the Debian package iso-codes is not installed here',
}

type Country = { alpha_2: string; name: string }
type Subdivision = { code: string; name: string; type: string; parent?: string }
type Place = { slug: string; name: string; parent: string; description: string }

const read = <Entry>(standard: string): Entry[] =>
  JSON.parse(readFileSync(`${FOLDER}/iso_${standard}.json`, 'utf8'))[standard]

/** Every country, its subdivisions, and theirs, children before their parents. */
function readPlaces(): Place[] {
  const countries = read<Country>('3166-1').map(({ alpha_2, name }) => {
    return { slug: alpha_2.toLowerCase(), name, parent: '', description: '' }
  })
  const subdivisions = read<Subdivision>('3166-2').map(({ code, name, type, parent }) => {
    const country = code.slice(0, 2)
    // A parent stands there with its country ("GB-ENG") or without it ("NX").
    const above = parent?.includes('-') ? parent : [country, parent].filter(Boolean).join('-')
    return { slug: code.toLowerCase(), name, parent: above.toLowerCase(), description: type }
  })
  return [...subdivisions.reverse(), ...countries]
}

const twin = ({ parent, name }: Place) => `${parent}/${name}`

/** Some places share their name with a sibling, as Tartu and Tartu do: those say what they are. */
function distinguish(places: Place[]) {
  const counts = new Map<string, number>()
  for (const place of places) counts.set(twin(place), (counts.get(twin(place)) ?? 0) + 1)
  return places.map((place) =>
    counts.get(twin(place))! > 1
      ? { ...place, name: `${place.name} (${place.description})` }
      : place,
  )
}

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

const toCsv = (places: Place[]) =>
  ['slug,name,parent,description,kind']
    .concat(
      places.map(({ slug, name, parent, description }) =>
        [slug, name, parent, description, 'location'].map(cell).join(','),
      ),
    )
    .join('\r\n')

/** The locations in the database, as the source writes them. */
async function storedPlaces({ db }: World) {
  const rows = await everyTenant(db)
    .selectFrom('tenant')
    .innerJoin('tenant as parent', 'parent.id', 'tenant.parent_id')
    .select(['tenant.slug', 'tenant.name', 'parent.slug as parent', 'tenant.description'])
    .where('tenant.kind', '=', 'location')
    .execute()
  return rows.map((row) => ({ ...row, parent: row.parent === 'all-tenants' ? '' : row.parent }))
}

const sorted = (places: Place[]) =>
  places
    .map(({ slug, name, parent, description }) => `${slug} ${name} in ${parent}, ${description}`)
    .sort()

t.test('imports every country and subdivision of ISO 3166-2', options, async (t) => {
  const w = await world(t)
  const places = distinguish(readPlaces())
  t.same(figures(await importCsv(w.alice, toCsv(places))), [places.length, 0, 0])
  t.same(sorted(await storedPlaces(w)), sorted(places))
  const { descendant_count } = await everyTenant(w.db)
    .selectFrom('tenant')
    .select('descendant_count')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  t.equal(descendant_count, places.length + 5)

  const { body } = await w.alice.get('/tenants/export.csv')
  t.same(figures(await previewImport(w.alice, body)), [0, 0, places.length + 5, 0])
})

t.test('names each place that has the name of its sibling', options, async (t) => {
  const { alice } = await world(t)
  const places = readPlaces()
  const names = places.map(twin)
  const twins = places.flatMap((place, index) => {
    const first = names.indexOf(twin(place))
    return first < index
      ? [`${index + 2} Line ${first + 2} has the same name under the same parent.`]
      : []
  })
  t.ok(twins.length > 0)
  t.same(badLines(await previewImport(alice, toCsv(places))), twins)
})
