import type { Actor } from '../access/actor.ts'
import { deferReferences } from '../db/deferring.ts'
import type { Tx } from '../db/operation.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import type { Pace } from '../pace.ts'
import { addAlias } from '../tenants/aliases.ts'
import { chooseSlug } from '../tenants/slugs.ts'
import type { Wanted } from './pairs.ts'
import { type Pair, type Step, chosen } from './part.ts'
import { type Plan, planMerge, requireAsSeen } from './plan.ts'
import { parts } from './registry.ts'
import { admittedAt } from './rows.ts'
import { doneCounts } from './tally.ts'

/** What was merged, and the id of the record of it. */
export type Merged = {
  id: number
  operation_id: number
  destination: { id: number; name: string }
  sources: { id: number; name: string; slug: string }[]
  /** What the sources had, and what was done with it. */
  counts: ReturnType<typeof doneCounts>
}

/**
 * Merges the sources into the destination under the open operation: all of it or nothing. `seen` is
 * the state of the plan that somebody confirmed; null for who trusts their own choices. Throws
 * Conflict when it is not possible, or not what was seen any more.
 */
export async function runMerge(
  tx: Tx,
  asker: Actor,
  wanted: Wanted,
  seen: string | null,
  pace: Pace,
): Promise<Merged> {
  const plan = await planMerge(tx, asker, wanted, tx.operation.at, pace)
  requireAsSeen(plan, seen)
  if (plan.refusals.length > 0) throw new Conflict(plan.refusals.join(' '))
  // What points at each other moves one after the other; what counts is that it agrees at the end.
  await deferReferences(tx)
  const total = plan.counts.reduce((all, { number }) => all + number, 0)
  let done = 0
  const step: Step = async (rows) => pace(Math.min((done += rows), total), total)
  for (const pair of plan.pairs) {
    for (const part of parts) await part.move(tx, pair, step)
    await endSource(tx, pair)
  }
  return record(tx, wanted, plan)
}

/** The emptied source goes, or stays aside; its name and slug mean the destination from now on. */
async function endSource(tx: Tx, pair: Pair) {
  const { source, fate } = pair
  const all = everyTenantTx(tx)
  if (fate === 'delete') await all.deleteFrom('tenant').where('id', '=', source.id).execute()
  else
    await all
      .updateTable('tenant')
      .set({
        active: 0,
        slug: await chooseSlug(tx, `${source.slug} merged`),
        version: source.version + 1,
      })
      .where('id', '=', source.id)
      .execute()
  await addAlias(tx, admittedAt(pair), source)
}

async function record(tx: Tx, wanted: Wanted, plan: Plan): Promise<Merged> {
  const { destination } = plan.pairs[0]!
  const counts = doneCounts(plan.counts)
  const sources = plan.pairs.map(({ source: { id, name, slug } }) => ({ id, name, slug }))
  const choices = plan.conflicts.map((conflict) => {
    const value = chosen(wanted, conflict)
    const { label } = conflict.options.find((option) => option.value === value)!
    return { title: conflict.title, chosen: label }
  })
  const { id } = await tx
    .insertInto('tenant_merge')
    .values({
      operation_id: tx.operation.id,
      tenant_id: destination.id,
      tenant_name: destination.name,
      fate: wanted.fate,
      sources: JSON.stringify(sources),
      counts: JSON.stringify(counts),
      choices: JSON.stringify(choices),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return {
    id,
    operation_id: tx.operation.id,
    destination: { id: destination.id, name: destination.name },
    sources,
    counts,
  }
}
