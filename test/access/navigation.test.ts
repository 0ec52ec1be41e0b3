import t from 'tap'
import { addCast } from '../support/cast.ts'
import { textOf } from '../support/html.ts'
import { world } from '../support/world.ts'

const menuOf = (html: string) => /<nav class="nav"[\s\S]*?<\/nav>/.exec(html)![0]

t.test('the menu has what its reader may open, and nothing else', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const readers = { alice: w.alice, bob: bob.browser, charlie: charlie.browser }
  for (const [name, reader] of Object.entries(readers)) {
    const { body } = await reader.get('/account')
    const links = [...menuOf(body).matchAll(/href="(\/[^"#]*)"/g)].map(([, href]) => href!)
    for (const link of links) t.equal((await reader.get(link)).statusCode, 200, `${name}: ${link}`)
  }
})

t.test('the search finds no page that its reader may not open', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const found = async (reader: typeof w.alice, words: string) =>
    textOf((await reader.get(`/search/results?q=${words}`)).body)
  t.match(await found(w.alice, 'defaults'), /Defaults for all/)
  t.notMatch(await found(bob.browser, 'defaults'), /Defaults for all/)
})
