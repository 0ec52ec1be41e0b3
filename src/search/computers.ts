import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { nameTenants } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { kindLooks } from '../computers/kinds.ts'
import { ANY } from '../computers/conditions.ts'
import { findComputers } from '../computers/search.ts'
import type { Hit } from './groups.ts'

const byName = { by: 'name', descending: false } as const

/** The computers that have the words in their name, serial number or primary person's name. */
export async function computerHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '' || !permitsSomewhere(actor.access, 'computer.view')) return []
  const found = await Promise.all(
    (['active', 'new', 'stale'] as const).map((tab) =>
      findComputers(db, actor, { ...ANY, tab, texts: [words] }, { limit, sort: byName }),
    ),
  )
  const computers = found.flatMap(({ rows }) => rows).slice(0, limit)
  const names = await nameTenants(
    db,
    actor,
    computers.map(({ tenant_id }) => tenant_id),
  )
  return computers.map(({ id, kind, name, tenant_id }): Hit => ({
    href: `/computers/${id}`,
    icon: kindLooks[kind].icon,
    name,
    detail: names.get(tenant_id)?.name ?? '',
  }))
}
