import type { Actor } from '../../access/actor.ts'
import { currentActor } from '../../access/current-actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks, requireTenant } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Invalid } from '../../errors.ts'
import { paced } from '../../pace.ts'
import { findTag } from '../../tags/queries.ts'
import type { Api } from '../../web/api.ts'
import { ComputerBatchInput, ComputerBatchResult } from '../api-schemas.ts'
import { wantedBy } from '../resource.ts'
import { type Batch, isOfTag, permissionsFor } from './actions.ts'
import { listMatchingIds } from './matching.ts'
import { type PlannedLine, planBatch, runBatch } from './run.ts'

/** One action on many computers, as JSON. */
export function computerBatchApi(api: Api, db: Db) {
  api.post(
    '/computers/batch',
    {
      config: { permission: 'computer.view', scope: 'anywhere' },
      schema: {
        operationId: 'changeComputers',
        summary: 'Do one thing with many computers, or say what it would do',
        tags: ['computers'],
        body: ComputerBatchInput,
        response: { 200: ComputerBatchResult },
      },
    },
    async ({ actor, body }) => {
      const permission = permissionsFor[body.action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const batch = await readBatch(db, actor, body)
      if (body.preview) return summarise(await planBatch(db, actor, batch, paced()), null)
      const what = { kind: `computer.batch_${batch.action}`, reason: batch.reason }
      return operation(db, actor, what, async (tx) => {
        const now = await currentActor(tx, db.now(), actor)
        return summarise(await runBatch(tx, now, batch, paced()), tx.operation.id)
      })
    },
  )
}

type Body = (typeof ComputerBatchInput)['_output']

async function readBatch(db: Db, actor: Actor, body: Body): Promise<Batch> {
  const { action, filter, whole, reason = null } = body
  const { tenant_id = null, tag_id = null, person = null } = body
  if (action === 'change_tenant') {
    if (tenant_id === null) throw new Invalid({ tenant_id: 'Give the tenant.' })
    if (tenant_id === 1) throw new Invalid({ tenant_id: 'Computers belong to a tenant.' })
    await requireTenant(db, actor, 'computer.move', tenant_id)
  }
  if (isOfTag(action) && !(await isKnownTag(db, actor, tag_id)))
    throw new Invalid({ tag_id: 'Give the id of a tag that you know.' })
  if (action === 'set_person' && person === null) throw new Invalid({ person: 'Give the person.' })
  const ids = filter
    ? await listMatchingIds(db, actor, await wantedBy(db, actor, filter))
    : [...new Set(body.ids)]
  return { action, ids, tenant_id, tag_id, person, whole, reason: reason || null }
}

const isKnownTag = async (db: Db, actor: Actor, id: number | null) =>
  id !== null && (await findTag(db, actor, 'computer.view', id)) !== undefined

function summarise(lines: PlannedLine[], operation_id: number | null) {
  const count = (wanted: PlannedLine['outcome']) =>
    lines.filter(({ outcome }) => outcome === wanted).length
  return {
    operation_id,
    done: count('done'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    lines: lines.map(({ id, name, outcome, detail }) => ({ id, name, outcome, detail })),
  }
}
