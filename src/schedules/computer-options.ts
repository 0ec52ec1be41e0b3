import { type Asker, nameTenants } from '../access/visible.ts'
import { ANY } from '../computers/conditions.ts'
import { kindLooks } from '../computers/kinds.ts'
import { findComputers } from '../computers/search.ts'
import type { Reads } from '../db/connection.ts'
import { ROOT_ID, type Tenant } from '../tenants/queries.ts'
import { chosenLine } from './chosen.ts'

/** A computer as the field for chosen ones suggests it. */
export type ComputerOption = {
  id: number
  icon: string
  name: string
  tenant: string
  /** The line that means it. */
  value: string
}

const SHOWN = 20

const byName = { by: 'name', descending: false } as const

/**
 * Up to 20 computers of a tenant, or below it, that the asker may see: those that contain what is
 * typed, or the first by name.
 */
export async function listComputerOptions(
  db: Reads,
  asker: Asker,
  { id, path }: Pick<Tenant, 'id' | 'path'>,
  typed: string,
): Promise<ComputerOption[]> {
  const tenant = id === ROOT_ID ? null : { id, path, only: false }
  const wanted = { ...ANY, tenant, texts: typed === '' ? [] : [typed] }
  const found = await Promise.all(
    (['active', 'new', 'stale'] as const).map((tab) =>
      findComputers(db, asker, { ...wanted, tab }, { limit: SHOWN, sort: byName }),
    ),
  )
  const computers = found.flatMap(({ rows }) => rows).slice(0, SHOWN)
  const ids = computers.map(({ tenant_id }) => tenant_id)
  const names = await nameTenants(db, asker, ids)
  return computers.map(({ id, kind, name, tenant_id }) => ({
    id,
    icon: kindLooks[kind].icon,
    name,
    tenant: names.get(tenant_id)?.name ?? '',
    value: chosenLine(id, name),
  }))
}
