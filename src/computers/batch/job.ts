import type { Actor } from '../../access/actor.ts'
import { permits } from '../../access/decide.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import {
  type BatchReport,
  type BatchResult,
  MANY,
  WholeForm,
  parseFields,
  titleOf,
  wholeValue,
} from '../../jobs/batch.ts'
import { batchJob } from '../../jobs/batch-job.ts'
import type { Foreseen } from '../../jobs/consequences.ts'
import type { JobKind } from '../../jobs/kind.ts'
import { tagChoices } from '../../tags/queries.ts'
import { findParent, parentText } from '../../tenants/find-parent.ts'
import { ROOT_ID, findTenant } from '../../tenants/queries.ts'
import type { Form } from '../../web/form.ts'
import { type Batch, type BatchAction, isOfTag, permissionsFor } from './actions.ts'
import { drawConsequences, foreseeMove } from './consequences.ts'
import { PersonForm, TagForm, TenantForm } from './form.ts'
import { planBatch, runBatch } from './run.ts'
import { type Asked, views } from './views.ts'

/** What a batch is about, and what would become of the computers, once everything is chosen. */
type Outlook = Pick<Batch, 'action' | 'tenant_id' | 'tag_id' | 'person' | 'whole'> & {
  selected: number
  report: BatchReport | null
  /** Of a move. */
  foreseen: Foreseen
}

const common = batchJob<Batch>({
  noun: 'Computer',
  nouns: 'computers',
  kind: ({ action }) => `computer.batch_${action}`,
  title: ({ action }, count) => batchTitle(action, count),
  deletes: ({ action }) => action === 'delete' || action === 'purge',
  // Whoever removes anything for good types how much.
  many: ({ action }) => (action === 'purge' ? 0 : MANY),
  carryOut: runBatch,
})

/** One action on many computers: judged for each of them first, then done as one operation. */
export const computerBatch: JobKind<Batch, Outlook, BatchResult> = {
  name: 'computer.batch',
  section: 'computers',

  permission: ({ action }) => permissionsFor[action],

  async revise(db, actor, batch, fields) {
    if (batch.action === 'change_tenant') {
      const { tenant, whole } = parseFields(TenantForm, fields)
      return { ...batch, whole, tenant_id: await findTarget(db, actor, tenant) }
    }
    if (isOfTag(batch.action)) {
      const { tag, whole } = parseFields(TagForm, fields)
      return { ...batch, whole, tag_id: tag }
    }
    if (batch.action === 'set_person') return { ...batch, ...parseFields(PersonForm, fields) }
    return { ...batch, ...parseFields(WholeForm, fields) }
  },

  async foresee(db, actor, batch, pace) {
    const { action, tenant_id, tag_id, person, whole, ids } = batch
    const about = { action, tenant_id, tag_id, person, whole, selected: ids.length }
    if (!isComplete(batch)) return { ...about, report: null, foreseen: {} }
    const lines = await planBatch(db, actor, batch, pace)
    const computers = lines.filter(({ outcome }) => outcome === 'done')
    const foreseen =
      action === 'change_tenant' && computers.length > 0
        ? await foreseeMove(db, actor, { computers, tenant_id: tenant_id! }, pace)
        : {}
    return { ...about, report: common.report(about, lines), foreseen }
  },

  async preview(db, actor, outlook, form) {
    const choice = await drawChoice(db, actor, outlook, form)
    const { report, foreseen } = outlook
    if (!report) return { choice, rendering: null, confirm: null }
    return { choice, ...common.propose(outlook, report, drawConsequences(foreseen)) }
  },

  confirm: common.confirm,
  run: common.run,
  outcome: common.outcome,
}

const isComplete = ({ action, tenant_id, tag_id, person }: Batch) =>
  (action !== 'change_tenant' || tenant_id !== null) &&
  (!isOfTag(action) || tag_id !== null) &&
  (action !== 'set_person' || person !== null)

/** The tenant that a text means, if computers may be moved there. Throws Invalid at `tenant`. */
async function findTarget(db: Db, actor: Actor, text: string) {
  const { id, path } = await findParent(db, actor, text, { field: 'tenant' })
  if (id !== ROOT_ID && permits(actor.access, 'computer.move', path)) return id
  throw new Invalid({ tenant: 'You may not put computers there. Choose another tenant.' })
}

/** The fields for what the action needs to know: what was typed, else what was chosen. */
async function drawChoice(db: Db, actor: Actor, outlook: Outlook, form: Form) {
  const { action, tenant_id, tag_id, person, whole } = outlook
  const chosen = {
    tenant: await tenantText(db, actor, tenant_id),
    tag: String(tag_id ?? ''),
    person: person ?? '',
    whole: wholeValue(whole),
  }
  const tags = isOfTag(action) ? await tagChoices(db, actor, 'computer.view', tag_id) : []
  return views.choice({
    form: { values: { ...chosen, ...form.values }, errors: form.errors },
    asks: questions[action] ?? null,
    tags: tags.map(({ id, name }) => ({ value: String(id), label: name })),
  })
}

/** The chosen tenant as it is typed; nothing of one that is gone, or out of sight, by now. */
async function tenantText(db: Db, actor: Actor, id: number | null) {
  const tenant = id === null ? undefined : await findTenant(db, actor, id)
  return tenant ? parentText(db, actor, tenant.id) : ''
}

/** What an action needs to be told. */
const questions: Partial<Record<BatchAction, Asked>> = {
  change_tenant: 'tenant',
  add_tag: 'tag',
  remove_tag: 'tag',
  set_person: 'person',
}

const verbs: Record<BatchAction, string> = {
  change_tenant: 'Change the tenant of',
  add_tag: 'Add a tag to',
  remove_tag: 'Remove a tag from',
  set_person: 'Set the primary person of',
  activate: 'Mark',
  exclude: 'Exclude',
  include: 'Include',
  delete: 'Delete',
  restore: 'Restore',
  purge: 'Remove',
}

/** What stands after the computers. */
const endings: Partial<Record<BatchAction, string>> = {
  activate: ' as active',
  exclude: ' from maintenance',
  include: ' in maintenance',
  purge: ' for good',
}

/** What a batch is called: "Delete 12 computers", "Exclude 3 computers from maintenance". */
export const batchTitle = (action: BatchAction, count: number) =>
  titleOf(verbs[action], count, 'computer', 'computers') + (endings[action] ?? '')
