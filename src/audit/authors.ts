import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { paced } from '../pace.ts'
import { sortKey } from '../tenants/names.ts'

/** So many names are looked at: more than any provider has people and integrations. */
const LOOKED_AT = 5000

/** The names in the history that contain what is typed, those that begin with it first. */
export async function authorsContaining(db: Reads, typed: string): Promise<string[]> {
  const key = sortKey(typed)
  const beginning: string[] = []
  const others: string[] = []
  const pace = paced()
  let after = ''
  for (let looked = 0; looked < LOOKED_AT; looked++) {
    const [next] = await nextAuthor(db, { after })
    if (!next) break
    const at = sortKey(next.actor_name).indexOf(key)
    if (at >= 0) (at === 0 ? beginning : others).push(next.actor_name)
    after = next.small
    await pace(0, 0)
  }
  return [...beginning, ...others]
}

/** The authors that are meant: the one of this name, whatever the case, or else all that contain it. */
export async function authorsMeant(db: Reads, typed: string): Promise<string[]> {
  const small = inSmall(typed)
  const [named] = await authorNamed(db, { small })
  const names = named ? [small] : (await authorsContaining(db, typed)).map(inSmall)
  return [...new Set(names)]
}

/** As SQLite does it: A to Z only. */
const inSmall = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** From one name to the next, however often each occurs. */
const nextAuthor = prepared((db, { after }: { after: string }) =>
  db
    .selectFrom('operation')
    .select(['actor_name', (eb) => eb.fn<string>('lower', ['actor_name']).as('small')])
    .where((eb) => eb(eb.fn('lower', ['operation.actor_name']), '>', after))
    .orderBy((eb) => eb.fn('lower', ['operation.actor_name']))
    .limit(1),
)

const authorNamed = prepared((db, { small }: { small: string }) =>
  db
    .selectFrom('operation')
    .select('id')
    .where((eb) => eb(eb.fn('lower', ['operation.actor_name']), '=', small))
    .limit(1),
)
