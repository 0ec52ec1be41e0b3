import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Db, Reads } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { readInEffect, valuesInEffect } from '../preferences/in-effect.ts'
import { findTag, tagsToGive } from '../tags/queries.ts'
import { findParent, parentText } from '../tenants/find-parent.ts'
import { ROOT_ID, type Tenant, findTenant, getTenant } from '../tenants/queries.ts'
import { type Form, freshForm, withError } from '../web/form.ts'
import { readId } from '../web/numbers.ts'
import { localNow } from './api-input.ts'
import { chosenText } from './chosen.ts'
import { USUAL_FACTS } from './facts.ts'
import { scheduleFields } from './form.ts'
import { localAt } from './local-time.ts'
import { TIME_ZONE, optionKeys } from './option-keys.ts'
import { type OptionField, describeOptions } from './options-form.ts'
import type { OwnedSchedule } from './queries.ts'
import type { ScheduleFacts } from './stored.ts'
import { usableGroups } from './targets.ts'
import type { Fields } from './times-form.ts'
import { canonicalZone, zoneNames } from '../web/zones.ts'

const SESSION_LENGTH = 'maintenance.max_session_minutes'

/** What the form of a schedule offers, by where the schedule is. */
export type Choices = {
  tags: { value: string; label: string }[]
  groups: { value: string; label: string }[]
  zones: string[]
  options: OptionField[]
  may_lock: boolean
}

type Place = Pick<Tenant, 'id' | 'path'>

/** What can be chosen for a schedule of a tenant. */
export async function choicesAt(
  db: Db,
  actor: Actor,
  { id, path }: Place,
  values: Fields,
): Promise<Choices> {
  const tags = await usableTags(db, actor, path, readId(values['target_tag_id'] ?? ''))
  const groups = await usableGroups(db, actor, path)
  return {
    tags: withChosen(tags, values['target_tag_id'], 'Choose a tag'),
    groups: withChosen(groups, values['target_group_id'], 'Choose a group'),
    zones: zoneNames(),
    options: describeOptions(await readInEffect(db, id, optionKeys, db.now())),
    may_lock: permits(actor.access, 'schedule.lock', path),
  }
}

/** The first of the tags that computers at a tenant can have, and the one that is chosen. */
async function usableTags(db: Reads, actor: Actor, path: string, chosen: number | undefined) {
  if (!permits(actor.access, 'computer.view', path)) return []
  const first = await tagsToGive(db, path, new Set())
  if (!chosen || first.some(({ id }) => id === chosen)) return first
  const tag = await findTag(db, actor, 'computer.view', chosen)
  return tag ? [...first, tag] : first
}

/** The choices with an empty one; what is chosen stays among them, whether or not it is seen. */
function withChosen(offered: { id: number; name: string }[], chosen = '', ask: string) {
  const options = offered.map(({ id, name }) => ({ value: String(id), label: name }))
  if (readId(chosen) && !options.some(({ value }) => value === chosen))
    options.push({ value: chosen, label: 'The one chosen now' })
  return [{ value: '', label: ask }, ...options]
}

/** The tenant that a typed text means. Throws Invalid at `tenant`. */
export const findOwner = (db: Reads, actor: Actor, text: string): Promise<Tenant> =>
  findParent(db, actor, text, { field: 'tenant' })

/** The same; undefined while the text means none. */
export async function ownerSoFar(db: Reads, actor: Actor, text: string) {
  try {
    return await findOwner(db, actor, text)
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return undefined
  }
}

/** Whose a new schedule is until somebody chooses: all of what the actor looks after. */
export async function usualOwner(db: Reads, actor: Actor): Promise<Tenant> {
  const root = await findTenant(db, actor, ROOT_ID)
  if (root && permits(actor.access, 'schedule.edit', root.path)) return root
  return getTenant(db, actor, actor.tenant_id)
}

/** The form of a new schedule: every night, with what is in effect at its tenant. */
export async function formOfNew(db: Db, actor: Actor, { id, path }: Place): Promise<Form> {
  const values = await valuesInEffect(db, id, [TIME_ZONE, SESSION_LENGTH], db.now())
  const zone = String(values[TIME_ZONE])
  const tonight = `${localAt(db.now(), zone).slice(0, 10)}T22:00`
  const facts: ScheduleFacts = {
    ...USUAL_FACTS,
    name: '',
    rules: [{ rrule: 'FREQ=DAILY', start: tonight }],
    window_minutes: Number(values[SESSION_LENGTH]),
  }
  const tenant = permits(actor.access, 'schedule.edit', path) ? await parentText(db, actor, id) : ''
  return freshForm({ ...scheduleFields(facts, { zone, computers: '' }), tenant })
}

/** A schedule as its form shows it. */
export async function formOf(db: Db, actor: Actor, schedule: OwnedSchedule): Promise<Form> {
  const values = await valuesInEffect(db, schedule.tenant_id, [TIME_ZONE], db.now())
  const computers = await chosenText(db, actor, schedule.id)
  const fields = scheduleFields(schedule, { zone: String(values[TIME_ZONE]), computers })
  const form = freshForm({ ...fields, version: String(schedule.version) })
  const { target, target_tag_id, target_group_id } = schedule
  if (target === 'tag' && target_tag_id === null)
    return withError(form, 'target_tag_id', 'The tag that it was for was deleted. Choose another.')
  if (target === 'group' && target_group_id === null)
    return withError(form, 'target_group_id', 'Its group was deleted. Choose another.')
  return form
}

/** The local time by which times of a form have passed or not, at a tenant with this path. */
export function typedNow(db: Db, path: string, { zone_of, zone = '' }: Fields) {
  const fixed = zone_of === 'fixed' ? (canonicalZone(zone.trim()) ?? null) : null
  return localNow(db, path, { zone_of: fixed ? 'fixed' : 'tenant', zone: fixed }, db.now())
}
