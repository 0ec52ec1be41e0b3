import { createHash } from 'node:crypto'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { type OperationFacts, operation } from '../db/operation.ts'
import { Conflict, type FieldErrors, Invalid } from '../errors.ts'
import { type TenantHead, getTenantHead } from '../tenants/head.ts'
import { requireEditing, setPreference, unsetPreference } from './commands.ts'
import { type EntryDraft, type Refusal, checkEntry } from './entry.ts'
import { toRow } from './explain.ts'
import { type EntryForm, fillForm, listedItems, readForm, toEditorFields, toQuery } from './form.ts'
import { measureImpact } from './impact.ts'
import { type ImpactView, toImpactView } from './impact-view.ts'
import { type InEffect, type Rights, getPreferenceToEdit } from './queries.ts'
import { zoneNames } from '../web/zones.ts'
import { boundable, formatValue } from './value.ts'
import type { Editor } from './views.ts'

/** The state of things that an editor works on. */
type Subject = InEffect & { head: TenantHead; inherited: unknown; rights: Rights }

/** The tenant and the preference that an address names. */
export type Address = { tenant_id: number; key: string }

async function readSubject(db: Db, actor: Actor, { tenant_id, key }: Address): Promise<Subject> {
  const head = await getTenantHead(db, actor, tenant_id, 'preferences')
  return { head, ...(await getPreferenceToEdit(db, actor, tenant_id, db.now(), key)) }
}

/** The editor as it opens; with a change in the address, also what that change would do. */
export async function openEditor(
  db: Db,
  actor: Actor,
  address: Address,
  asked: EntryForm,
): Promise<Editor> {
  const subject = await readSubject(db, actor, address)
  const present = fillForm(subject.preference, subject.own, subject.inherited)
  if (!subject.rights.lock) delete asked.lock
  if (!asked.choice && !asked.lock) return draw(subject, present)
  const form = asked.version === undefined ? complete(present, asked) : keepLock(present, asked)
  const draft = readForm(subject.preference, form, subject.own, subject.inherited)
  const errors = refusalErrors(refuse(subject, draft))
  const isRefused = Object.keys(errors).length > 0
  return draw(
    subject,
    form,
    errors,
    isRefused ? null : await weigh(db, actor, subject, draft, form),
  )
}

/** The tenants that a change concerns, from the `from`th, on a page of their own. */
export async function openImpact(
  db: Db,
  actor: Actor,
  address: Address,
  asked: EntryForm,
  from: number,
) {
  const subject = await readSubject(db, actor, address)
  const form = keepLock(fillForm(subject.preference, subject.own, subject.inherited), asked)
  const draft = readForm(subject.preference, form, subject.own, subject.inherited)
  const impact = await weigh(db, actor, subject, draft, form, from)
  return { head: subject.head, row: toRow(subject, address.tenant_id), impact }
}

/** A link says only what is to change; the rest stays. To lock what is inherited is to set it. */
function complete(present: EntryForm, asked: EntryForm): EntryForm {
  const form = { ...present, ...asked }
  return asked.lock && form.choice === 'inherit' ? { ...form, choice: 'own' } : form
}

/** Whoever may not lock is not asked about the lock: it stays what it is. */
function keepLock({ lock, min, max, allowed }: EntryForm, sent: EntryForm): EntryForm {
  return sent.lock ? sent : { ...sent, lock, min, max, allowed }
}

const NOT_SAVED =
  'Not saved yet: see below what this changes for other tenants, then press Update again.'

/**
 * Saves what the form says, and returns null; or, when that was refused, the editor to show again.
 * A tenant with others below is saved only when the consequences of this very change were seen.
 */
export async function saveEditor(
  db: Db,
  actor: Actor,
  address: Address,
  sent: EntryForm,
): Promise<Editor | null> {
  const subject = await readSubject(db, actor, address)
  const form = keepLock(fillForm(subject.preference, subject.own, subject.inherited), sent)
  const draft = readForm(subject.preference, form, subject.own, subject.inherited)
  const errors = refusalErrors(refuse(subject, draft))
  if (Object.keys(errors).length > 0) return draw(subject, form, errors)
  // Under a lock, what is set here is dormant: taking it away changes nothing.
  const matters = subject.head.tenant.descendant_count > 0 && !subject.resolution.locked_by
  if (matters && form.previewed !== digest(draft)) {
    const impact = await weigh(db, actor, subject, draft, form)
    return draw(subject, form, { '': NOT_SAVED }, impact)
  }
  if (!draft && !subject.own) return null
  try {
    await save(db, actor, address, draft, form)
    return null
  } catch (error) {
    return drawRefused(db, actor, address, form, error)
  }
}

/** Writes the draft as one operation. */
async function save(
  db: Db,
  actor: Actor,
  address: Address,
  draft: EntryDraft | null,
  form: EntryForm,
) {
  const { tenant_id, key } = address
  const seen = form.version === undefined ? undefined : Number(form.version)
  const facts: OperationFacts = {
    kind: draft ? 'preference.set' : 'preference.unset',
    reason: form.reason || null,
  }
  await operation(db, actor, facts, async (tx) => {
    const { tenant, locking } = await requireEditing(tx, actor, tenant_id)
    if (draft) await setPreference(tx, tenant, key, draft, { seen, locking })
    else await unsetPreference(tx, tenant, key, { seen, locking })
  })
}

/** What the database refused: the form again, with what is stored by now beside what was typed. */
async function drawRefused(
  db: Db,
  actor: Actor,
  address: Address,
  form: EntryForm,
  error: unknown,
) {
  const subject = await readSubject(db, actor, address)
  if (error instanceof Invalid) return draw(subject, form, toEditorFields(error.fields))
  if (!(error instanceof Conflict)) throw error
  const version = String(subject.own?.version ?? 0)
  const advice = ` In effect now: ${formatValue(subject.preference, subject.resolution.value)}. What you chose is below; update again to put it in its place.`
  return draw(
    subject,
    { ...form, version },
    { '': error.message + (form.version === version ? '' : advice) },
  )
}

function refuse({ preference, resolution }: Subject, draft: EntryDraft | null): Refusal | null {
  return draft && checkEntry(preference, draft, resolution)
}

function refusalErrors(refusal: Refusal | null): FieldErrors {
  if (!refusal) return {}
  if (refusal.kind === 'invalid') return toEditorFields(refusal.fields)
  return { [refusal.kind === 'locked' ? '' : 'value']: refusal.message }
}

async function weigh(
  db: Db,
  actor: Actor,
  { head, preference }: Subject,
  draft: EntryDraft | null,
  form: EntryForm,
  from = 0,
): Promise<ImpactView> {
  const impact = await measureImpact(
    db,
    actor,
    head.tenant.id,
    preference,
    { entry: draft },
    db.now(),
  )
  const list = `/tenants/${head.tenant.id}/preferences/${preference.key}/impact?${toQuery(form)}`
  return toImpactView(preference, impact, { seen: digest(draft), list }, from)
}

/** Tells one change from another: consequences that were seen hold for this one only. */
const digest = (draft: EntryDraft | null) =>
  createHash('sha256').update(JSON.stringify(draft)).digest('base64url').slice(0, 16)

function draw(
  subject: Subject,
  form: EntryForm,
  errors: FieldErrors = {},
  impact: ImpactView | null = null,
): Editor {
  const { head, preference, own, inherited } = subject
  const label = (item: string) => ({ value: item, label: formatValue(preference, item) })
  const offered = preference.options
    ? preference.options.map((option) => option.value)
    : listedItems(own, inherited).map(({ item }) => item)
  return {
    head,
    preference,
    row: toRow(subject, head.tenant.id),
    inherited: formatValue(preference, inherited),
    offered: preference.merge === 'list' ? offered.map(label) : [],
    boundable: boundable(preference),
    form: { values: form, errors },
    impact,
    rights: subject.rights,
    time_zones: preference.control === 'time_zone' ? zoneNames() : [],
  }
}
