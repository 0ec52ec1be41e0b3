import { createTag, giveTag } from '../../src/tags/commands.ts'
import { tagComputer, tagTenant } from '../../src/tags/carriers.ts'
import type { PlacedTag } from '../../src/tags/queries.ts'
import type { TagColor } from '../../src/db/tag-schema.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { anyTenant } from './any-tenant.ts'
import type { World } from './world.ts'

type Here = Pick<World, 'db' | 'actor'>

/** Makes a tag at a tenant. */
export const makeTag = (
  { db, actor }: Here,
  tenant_id: number,
  name: string,
  color: TagColor = 'blue',
) =>
  operation(db, actor, 'tag.create', async (tx): Promise<PlacedTag> => {
    const id = await createTag(tx, actor, tenant_id, { name, color, description: '' })
    return { id, name, color, tenant_id, path: await pathOf(tx, tenant_id) }
  })

type Reads = Parameters<typeof everyTenant>[0]

async function pathOf(db: Reads, id: number) {
  const query = everyTenant(db).selectFrom('tenant').select('path').where('id', '=', id)
  return (await query.executeTakeFirstOrThrow()).path
}

/** Gives a computer, a person or a tenant a tag, as if somebody who may had done it. */
export const tagIt = (
  { db, actor }: Here,
  tag: PlacedTag,
  carrier: { computer: number } | { person: number } | { tenant: number; covers?: boolean },
) =>
  operation(db, actor, 'test.tag', async (tx) => {
    if ('tenant' in carrier)
      return tagTenant(tx, anyTenant(carrier.tenant), tag, carrier.covers ?? false)
    const table = 'computer' in carrier ? 'computer' : 'person'
    const id = 'computer' in carrier ? carrier.computer : carrier.person
    const { tenant_id } = await everyTenant(tx)
      .selectFrom(table)
      .select('tenant_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return table === 'computer'
      ? tagComputer(tx, anyTenant(tenant_id), id, tag)
      : giveTag(tx, anyTenant(tenant_id), id, tag)
  })
