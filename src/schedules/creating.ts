import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { getTenant } from '../tenants/queries.ts'
import { localNow, settleInput } from './api-input.ts'
import type { NewSchedule } from './api-schemas.ts'
import { createSchedule } from './commands.ts'
import { API_FIELD, refuseFrozen } from './frozen.ts'

/** Makes a schedule as the API was sent it, and returns its id. Throws as `createSchedule`. */
export async function createAsSent(tx: Tx, actor: Actor, body: z.infer<typeof NewSchedule>) {
  const { tenant_id, state, ...sent } = body
  await requireTenant(tx, actor, 'schedule.edit', tenant_id)
  const { path } = await getTenant(tx, actor, tenant_id)
  const input = settleInput(sent, await localNow(tx, path, sent, tx.operation.at))
  await refuseFrozen(tx, path, input, tx.operation.at, API_FIELD)
  return byApiFields(() => createSchedule(tx, actor, tenant_id, input, state))
}

/** Says what is wrong with the chosen computers at the field that the API has for them. */
export async function byApiFields<Done>(write: () => Promise<Done>) {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    const { computers, ...fields } = error.fields
    throw new Invalid(computers ? { ...fields, computer_ids: computers } : fields)
  }
}
