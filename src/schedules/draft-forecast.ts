import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { findOwner } from './editing.ts'
import { readChosen } from './chosen.ts'
import { type Said, readScheduleForm } from './form.ts'
import { type Forecast, forecastSchedule } from './forecast.ts'
import { getSchedule, type OwnedSchedule } from './queries.ts'
import type { Fields } from './times-form.ts'

/** No schedule has this id: it stands for one that was not saved yet. */
const UNSAVED = 0

/**
 * What a schedule would do if it were saved as the form is filled in. What is missing or wrong is
 * said in place of the forecast; a name is not needed for it.
 */
export async function forecastDraft(
  db: Db,
  actor: Actor,
  sent: Fields,
  schedule_id: number | null,
): Promise<{ forecast: Forecast | null; problem: string }> {
  const own_field = schedule_id === null ? 'tenant' : 'version'
  const fields = { ...sent, name: sent['name']?.trim() || 'New schedule' }
  const read = readScheduleForm(fields, own_field)
  if (!read.ok) return refused(Object.values(read.form.errors)[0]!)
  try {
    const draft = await ownedDraft(db, actor, read.said, sent, schedule_id)
    const chosen =
      read.said.target === 'computers'
        ? await readChosen(db, actor, draft.path, read.said.computers)
        : undefined
    return { forecast: await forecastSchedule(db, actor, draft, chosen), problem: '' }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return refused(Object.values(error.fields)[0]!)
  }
}

const refused = (problem: string) => ({ forecast: null, problem })

/** The schedule that the form describes, with its owner: of one that there is, its own. */
async function ownedDraft(
  db: Db,
  actor: Actor,
  { computers: _, ...facts }: Said,
  sent: Fields,
  schedule_id: number | null,
): Promise<OwnedSchedule> {
  if (schedule_id !== null)
    return { ...(await getSchedule(db, actor, schedule_id, 'schedule.edit')), ...facts }
  const { id, name, path } = await findOwner(db, actor, sent['tenant'] ?? '')
  if (!permits(actor.access, 'schedule.edit', path))
    throw new Invalid({ tenant: 'Choose a tenant at which you may make schedules.' })
  const saved = { id: UNSAVED, state: 'enabled' as const, version: 1 }
  return { ...facts, ...saved, tenant_id: id, tenant_name: name, path }
}
