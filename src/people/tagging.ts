import { type Asker, requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { giveTag, takeTag } from '../tags/commands.ts'
import { findTag, isUsableAt } from '../tags/queries.ts'
import { getPerson } from './queries.ts'

/** Gives a person a tag, or takes it. Throws Invalid at `tag` for one that cannot be used there. */
export async function changeTag(
  tx: Tx,
  asker: Asker,
  id: number,
  tag_id: number,
  { gives }: { gives: boolean },
) {
  const person = await getPerson(tx, asker, id)
  const at = await requireTenant(tx, asker, 'person.edit', person.tenant_id)
  const tag = await findTag(tx, asker, 'person.view', tag_id)
  if (!tag || !isUsableAt(tag, person.tenant_path))
    throw new Invalid({ tag: 'There is no such tag for this tenant.' })
  await (gives ? giveTag(tx, at, id, tag) : takeTag(tx, at, id, tag.id))
}
