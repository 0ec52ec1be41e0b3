import { operation } from '../../src/db/operation.ts'
import type { Wanted } from '../../src/merging/pairs.ts'
import { planMerge } from '../../src/merging/plan.ts'
import { runMerge } from '../../src/merging/run.ts'
import { paced } from '../../src/pace.ts'
import { confirmJob } from './jobs.ts'
import type { World } from './world.ts'

type Options = Partial<Pick<Wanted, 'fate' | 'choices'>>

/** A merge as nobody chose anything else. */
export const wantedOf = (
  source_ids: number[],
  destination_id: number,
  options: Options = {},
): Wanted => ({
  source_ids,
  destination_id,
  fate: 'delete',
  choices: {},
  ...options,
})

/** Merges tenants as the job does; returns what came of it. */
export const merge = (
  { db, actor }: World,
  source_ids: number[],
  destination_id: number,
  options: Options = {},
) =>
  operation(db, actor, 'tenant.merge', (tx) =>
    runMerge(tx, actor, wantedOf(source_ids, destination_id, options), null, paced()),
  )

/** What merging them would come to. */
export const foresee = (
  { db, actor }: World,
  source_ids: number[],
  destination_id: number,
  options: Options = {},
) => planMerge(db, actor, wantedOf(source_ids, destination_id, options), db.now(), paced())

/** The address of a draft that merges tenants into one that is chosen already. */
export async function draftMerge(
  browser: World['alice'],
  ids: number[],
  destination: string,
  fields: Record<string, string> = {},
) {
  const { headers } = await browser.post('/tenants/merges', { ids: ids.map(String) })
  const job = String(headers.location)
  await browser.post(`${job}/draft`, { destination, fate: 'delete', ...fields })
  return job
}

/** Merges a tenant by the pages; returns the page of the outcome. */
export const mergeByPages = async (
  browser: World['alice'],
  source: { id: number; name: string },
  destination: string,
  fields: Record<string, string> = {},
) =>
  confirmJob(browser, await draftMerge(browser, [source.id], destination, fields), {
    name: source.name,
    reason: '',
  })
