import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { type FieldErrors, Invalid } from '../errors.ts'
import { findOwner } from './editing.ts'
import { listCandidates, readChosen } from './chosen.ts'
import { refuseFrozen } from './frozen.ts'
import { type Said, readScheduleForm } from './form.ts'
import { forecastSchedule } from './forecast.ts'
import type { Forecast } from './foretelling.ts'
import { type OwnedSchedule, UNSAVED, getSchedule } from './queries.ts'
import { findTargetOwner } from './targets.ts'
import type { Fields } from './times-form.ts'

/** The windows of a form as it is filled in; where it cannot be read, what is wrong with it. */
export type Draft = { forecast: Forecast | null; problem: string; errors: FieldErrors }

/**
 * What a schedule would do if it were saved as the form is filled in. What is missing or wrong is
 * said in place of the forecast; a name is not needed for it.
 */
export async function forecastDraft(
  db: Db,
  actor: Actor,
  sent: Fields,
  schedule_id: number | null,
): Promise<Draft> {
  const own_field = schedule_id === null ? 'tenant' : 'version'
  const fields = { ...sent, name: sent['name']?.trim() || 'New schedule' }
  const read = readScheduleForm(fields, own_field)
  if (!read.ok) return refused(read.form.errors)
  try {
    const draft = await ownedDraft(db, actor, read.said, sent, schedule_id)
    await refuseFrozen(db, draft.path, read.said, db.now())
    if (draft.target !== 'computers')
      return { forecast: await forecastSchedule(db, actor, draft), problem: '', errors: {} }
    const ids = await readChosen(db, actor, draft.path, read.said.computers)
    const chosen = await listCandidates(db, actor, ids, draft.target_kinds)
    return { forecast: await forecastSchedule(db, actor, draft, chosen), problem: '', errors: {} }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return refused(error.fields)
  }
}

const refused = (errors: FieldErrors): Draft => ({
  forecast: null,
  problem: Object.values(errors)[0]!,
  errors,
})

/** The schedule that the form describes, with its owner: of one that there is, its own. */
async function ownedDraft(
  db: Db,
  actor: Actor,
  { computers: _, ...facts }: Said,
  sent: Fields,
  schedule_id: number | null,
): Promise<OwnedSchedule> {
  if (schedule_id !== null) {
    const stored = await getSchedule(db, actor, schedule_id, 'schedule.edit')
    await findTargetOwner(db, actor, stored.tenant_id, facts, stored)
    return { ...stored, ...facts }
  }
  const { id, name, path } = await findOwner(db, actor, sent['tenant'] ?? '')
  if (!permits(actor.access, 'schedule.edit', path))
    throw new Invalid({ tenant: 'Choose a tenant at which you may make schedules.' })
  await findTargetOwner(db, actor, id, facts)
  const saved = { id: UNSAVED, state: 'enabled' as const, version: 1 }
  return { ...facts, ...saved, tenant_id: id, tenant_name: name, path }
}
