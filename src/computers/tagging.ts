import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { Conflict, Invalid } from '../errors.ts'
import { tagComputer, untagComputer } from '../tags/carriers.ts'
import { isOwn, tagsOfComputers } from '../tags/effective.ts'
import { findTagsAt } from '../tags/listed-names.ts'
import { type PlacedTag, type Tag, findTag, isUsableAt } from '../tags/queries.ts'
import { getComputer } from './queries.ts'

/** Gives a computer a tag, or takes it. Throws Invalid at `tag` for one that cannot be used there. */
export async function changeTag(
  tx: Tx,
  asker: Asker,
  id: number,
  tag_id: number,
  { gives }: { gives: boolean },
) {
  const computer = await getComputer(tx, asker, id)
  const tenant = await requireTenant(tx, asker, 'computer.edit', computer.tenant_id)
  if (computer.state === 'deleted')
    throw new Conflict(`${computer.name} is deleted. Restore it first.`)
  const tag = await findTag(tx, asker, 'computer.view', tag_id)
  if (!tag || !isUsableAt(tag, computer.tenant_path))
    throw new Invalid({ tag: 'There is no such tag for this tenant.' })
  await (gives ? tagComputer(tx, tenant, id, tag) : untagComputer(tx, tenant, id, tag_id))
}

/** The tags that a computer was given itself. */
export async function ownTagsOf(
  db: Reads,
  asker: Asker,
  computer: { id: number; tenant_id: number },
): Promise<Tag[]> {
  const carried = await tagsOfComputers(db, asker, [computer])
  return carried(computer).filter(isOwn)
}

/** Gives a computer the tags that it has not, and takes those that it is not to have. */
export async function setTags(
  tx: Tx,
  tenant: VisibleTenant,
  id: number,
  carried: Tag[],
  wanted: PlacedTag[],
) {
  for (const tag of wanted.filter((one) => !has(carried, one)))
    await tagComputer(tx, tenant, id, tag)
  for (const tag of carried.filter((one) => !has(wanted, one)))
    await untagComputer(tx, tenant, id, tag.id)
}

/**
 * What gives a computer the tags that a text names; undefined where it has them already, or nothing
 * was said. Throws Invalid at `tags`.
 */
export async function planTags(
  db: Reads,
  asker: Asker,
  computer: { id: number; tenant_id: number },
  text: string | undefined,
) {
  if (text === undefined) return undefined
  const carried = await ownTagsOf(db, asker, computer)
  const wanted = await findTagsAt(db, computer.tenant_id, text, carried)
  if (sameTags(carried, wanted)) return undefined
  return (tx: Tx, tenant: VisibleTenant) => setTags(tx, tenant, computer.id, carried, wanted)
}

/** Whether two lists name the same tags. */
export const sameTags = (some: Tag[], others: Tag[]) =>
  some.length === others.length && some.every((one) => has(others, one))

const has = (tags: Tag[], { id }: Tag) => tags.some((one) => one.id === id)
