import type { z } from 'zod'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { type Tag, tagsOf } from '../tags/queries.ts'
import { getTenant } from '../tenants/queries.ts'
import type { PersonListQuery, PersonResource } from './api-schemas.ts'
import { getPerson, type Person } from './queries.ts'
import { findPeople, type FoundFilter } from './search.ts'
import { readTenantPath } from './tenant-path.ts'

type Shown = Pick<
  Person,
  'id' | 'name' | 'email' | 'tenant_id' | 'role_id' | 'active' | 'source' | 'invited_at' | 'version'
>

/** A person as the API shows them. Throws NotFound when there is none that the asker may see. */
export async function describePerson(db: Reads, asker: Asker, id: number) {
  const person = await getPerson(db, asker, id)
  const carried = await tagsOf(db, [person])
  return toResource(person, carried(id))
}

/** A page of people by name, as the API shows them. */
export async function listPeople(db: Reads, asker: Asker, query: z.infer<typeof PersonListQuery>) {
  const { q, tenant_id, alone, role_id = 'any', state = 'any', source = 'any', tag_id } = query
  if (tenant_id !== undefined) await getTenant(db, asker, tenant_id)
  const tenant =
    tenant_id === undefined ? null : { id: tenant_id, path: await readTenantPath(db, tenant_id) }
  const filter: FoundFilter = {
    q,
    tenant,
    alone,
    role: role_id,
    state,
    source,
    tag: tag_id ?? null,
  }
  const { limit, cursor = null } = query
  const { rows, next } = await findPeople(db, asker, filter, { limit, after: cursor })
  const carried = await tagsOf(db, rows)
  return {
    people: rows.map((row) => toResource(row, carried(row.id))),
    next_cursor: next,
  }
}

const toResource = (person: Shown, tags: Tag[]): PersonResource => ({
  id: person.id,
  name: person.name,
  email: person.email,
  tenant_id: person.tenant_id,
  role_id: person.role_id,
  active: person.active === 1,
  source: person.source,
  invited_at: person.invited_at,
  tags: tags.map(({ id, name }) => ({ id, name })),
  version: person.version,
})
