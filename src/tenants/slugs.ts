import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Invalid } from '../errors.ts'
import { numberedSlug, slugFrom } from './names.ts'

/** Who has a slug, or had it before it became part of another tenant. */
const holderOfSlug = prepared((db, { slug }: { slug: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', (eb) => eb.lit<number>(0).as('is_former')])
    .where('slug', '=', slug)
    .unionAll(
      everyTenant(db)
        .selectFrom('tenant_alias')
        .select(['tenant_id as id', (eb) => eb.lit<number>(1).as('is_former')])
        .where('slug', '=', slug),
    ),
)

/** A free slug for a new tenant of this name: the name's own, or that with a number. */
export async function chooseSlug(db: Reads, name: string) {
  const slug = slugFrom(name)
  const isTaken = async (candidate: string) =>
    (await holderOfSlug(db, { slug: candidate })).length > 0
  if (!(await isTaken(slug))) return slug
  const number = await findFreeNumber((tried) => isTaken(numberedSlug(slug, tried)))
  return numberedSlug(slug, number)
}

/**
 * A number from 2 on that is not taken, while the one before it is: the first such number unless
 * there are gaps. It asks in ever larger steps, then halves the last one, so that among a hundred
 * thousand of one name it asks some thirty times.
 */
export async function findFreeNumber(isTaken: (number: number) => Promise<boolean>) {
  let taken = 1
  let free = 2
  while (await isTaken(free)) [taken, free] = [free, free * 2]
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2)
    if (await isTaken(middle)) taken = middle
    else free = middle
  }
  return free
}

/**
 * Throws Invalid when another tenant than `own_id` has the slug. Which one is not said: it may be one
 * that whoever asks must not know of.
 */
export async function requireFreeSlug(db: Reads, slug: string, own_id: number | null) {
  const [holder] = await holderOfSlug(db, { slug })
  if (!holder || (holder.id === own_id && !holder.is_former)) return
  throw new Invalid({
    slug: holder.is_former
      ? `The slug "${slug}" was that of a tenant which is part of another one now.`
      : `The slug "${slug}" is taken by another tenant.`,
  })
}
