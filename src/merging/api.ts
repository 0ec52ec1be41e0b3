import { currentActor } from '../access/current-actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { paced } from '../pace.ts'
import { TenantParams } from '../tenants/api-schemas.ts'
import type { Api } from '../web/api.ts'
import { MergeInput, MergeResult } from './api-schemas.ts'
import { planMerge } from './plan.ts'
import { runMerge } from './run.ts'

/** Merging tenants, as JSON. */
export function mergingApi(api: Api, db: Db) {
  api.post(
    '/tenants/:id/merges',
    {
      config: { permission: 'tenant.edit', scope: 'tenant' },
      schema: {
        operationId: 'mergeTenants',
        summary: 'Merge tenants into this one, or say what that would do',
        tags: ['tenants'],
        params: TenantParams,
        body: MergeInput,
        response: { 200: MergeResult },
      },
    },
    async ({ actor, params: { id: destination_id }, body }) => {
      const { sources: source_ids, fate, choices, preview, reason } = body
      const wanted = { source_ids, destination_id, fate, choices }
      const plan = await planMerge(db, actor, wanted, db.now(), paced())
      const { counts, conflicts, refusals, state } = plan
      if (preview)
        return {
          merge_id: null,
          operation_id: null,
          counts: counts.map(({ what, number, becomes }) => ({ what, number, becomes })),
          conflicts,
          refusals,
        }
      const what = { kind: 'tenant.merge', reason: reason || null }
      const merged = await operation(db, actor, what, async (tx) => {
        const now = await currentActor(tx, db.now(), actor)
        return runMerge(tx, now, wanted, state, paced())
      })
      return {
        merge_id: merged.id,
        operation_id: merged.operation_id,
        counts: merged.counts,
        conflicts,
        refusals: [],
      }
    },
  )
}
