import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import {
  type BatchReport,
  type BatchResult,
  WholeForm,
  parseFields,
  titleOf,
  wholeChoice,
  wholeValue,
} from '../../jobs/batch.ts'
import { batchJob } from '../../jobs/batch-job.ts'
import type { Foreseen } from '../../jobs/consequences.ts'
import type { JobKind } from '../../jobs/kind.ts'
import { tagChoices } from '../../tags/queries.ts'
import type { Form } from '../../web/form.ts'
import { CHOOSE_PARENT, findParent, parentText } from '../find-parent.ts'
import { drawConsequences, foreseeMove, movedTenants } from '../consequences.ts'
import { kindLooks } from '../kinds.ts'
import { findTenant } from '../queries.ts'
import { kindsFor, mayPutUnder } from '../rights.ts'
import { type Batch, isOfTag, permissionsFor } from './actions.ts'
import { AddTagForm, KindForm, ParentForm, RemoveTagForm } from './form.ts'
import { planBatch, runBatch } from './run.ts'
import { views } from './views.ts'

/** What a batch is about, and what would become of the tenants, once everything is chosen. */
type Outlook = Pick<
  Batch,
  'action' | 'parent_id' | 'kind' | 'tag_id' | 'covers_children' | 'whole'
> & {
  selected: number
  report: BatchReport | null
  /** Of a new parent. */
  foreseen: Foreseen
}

const common = batchJob<Batch>({
  noun: 'Tenant',
  nouns: 'tenants',
  kind: ({ action }) => `tenant.batch_${action}`,
  title: ({ action }, count) => batchTitle(action, count),
  deletes: ({ action }) => action === 'delete',
  carryOut: runBatch,
})

/** One action on many tenants: judged for each of them first, then done as one operation. */
export const tenantBatch: JobKind<Batch, Outlook, BatchResult> = {
  name: 'tenant.batch',
  section: 'tenants',

  permission: ({ action }) => permissionsFor[action],

  async revise(db, actor, batch, fields) {
    if (batch.action === 'set_parent') {
      const { parent: text, whole } = parseFields(ParentForm, fields)
      const parent = await findParent(db, actor, text, { if_empty: CHOOSE_PARENT })
      if (!mayPutUnder(actor, parent.path)) throw new Invalid({ parent: NOT_THERE })
      return { ...batch, whole, parent_id: parent.id }
    }
    if (batch.action === 'set_kind') return { ...batch, ...parseFields(KindForm, fields) }
    if (batch.action === 'remove_tag') {
      const { tag, whole } = parseFields(RemoveTagForm, fields)
      return { ...batch, whole, tag_id: tag }
    }
    if (batch.action !== 'add_tag') return { ...batch, ...parseFields(WholeForm, fields) }
    const { tag, covers, whole } = parseFields(AddTagForm, fields)
    return { ...batch, whole, tag_id: tag, covers_children: covers === 'on' }
  },

  async foresee(db, actor, batch, pace) {
    const { ids, reason: _, foreseen: __, ...chosen } = batch
    const about = { ...chosen, selected: ids.length }
    const { action, parent_id } = chosen
    if (!isComplete(batch)) return { ...about, report: null, foreseen: {} }
    const lines = (await planBatch(db, actor, batch, pace)).flat()
    const moving = lines.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)
    const foreseen =
      action === 'set_parent' && moving.length > 0
        ? await foreseeMove(db, actor, await movedTenants(db, actor, moving, parent_id!), pace)
        : {}
    return { ...about, report: common.report(chosen, lines), foreseen }
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

const NOT_THERE = 'You may not put tenants there. Choose another parent.'

const isComplete = ({ action, parent_id, kind, tag_id }: Batch) =>
  (action !== 'set_parent' || parent_id !== null) &&
  (action !== 'set_kind' || kind !== null) &&
  (!isOfTag(action) || tag_id !== null)

/** The fields for what the action needs to know: what was typed, else what was chosen. */
async function drawChoice(db: Db, actor: Actor, outlook: Outlook, form: Form) {
  const { action, parent_id, kind } = outlook
  if (isOfTag(action)) return drawTagChoice(db, actor, outlook, form)
  const whole = wholeValue(outlook.whole)
  if (action === 'set_parent') {
    const known = parent_id !== null && (await findTenant(db, actor, parent_id))
    const parent = known ? await parentText(db, actor, known.id) : ''
    return views.parentChoice({ form: withValues(form, { parent, whole }) })
  }
  if (action === 'set_kind') {
    const kinds = kindsFor(actor).map((value) => ({ value, label: kindLooks[value].label }))
    return views.kindChoice({ form: withValues(form, { kind: kind ?? 'client', whole }), kinds })
  }
  return wholeChoice({ form: withValues(form, { whole }) })
}

async function drawTagChoice(db: Db, actor: Actor, outlook: Outlook, form: Form) {
  const { action, tag_id, covers_children, whole } = outlook
  const tags = await tagChoices(db, actor, 'tenant.view', tag_id)
  return views.tagChoice({
    form: withValues(form, {
      tag: String(tag_id ?? ''),
      ...(covers_children && { covers: 'on' }),
      whole: wholeValue(whole),
    }),
    tags: tags.map(({ id, name }) => ({ value: String(id), label: name })),
    gives: action === 'add_tag',
  })
}

const withValues = ({ values, errors }: Form, chosen: Record<string, string>): Form => ({
  values: { ...chosen, ...values },
  errors,
})

const verbs = {
  set_parent: 'Set the parent of',
  set_kind: 'Set the kind of',
  add_tag: 'Add a tag to',
  remove_tag: 'Remove a tag from',
  activate: 'Activate',
  deactivate: 'Deactivate',
  delete: 'Delete',
} as const

/** What a batch is called: "Delete 12 tenants". */
export const batchTitle = (action: Batch['action'], count: number) =>
  titleOf(verbs[action], count, 'tenant', 'tenants')
