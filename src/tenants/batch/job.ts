import type { Actor } from '../../access/actor.ts'
import { currentActor } from '../../access/current-actor.ts'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Invalid } from '../../errors.ts'
import {
  type BatchReport,
  confirmForm,
  confirmation,
  parseFields,
  reportOn,
  reportView,
  titleOf,
} from '../../jobs/batch.ts'
import type { JobKind } from '../../jobs/kind.ts'
import type { Form } from '../../web/form.ts'
import { findParent, parentText } from '../find-parent.ts'
import { kindLooks } from '../kinds.ts'
import { findTenant } from '../queries.ts'
import { kindsFor, mayPutUnder } from '../rights.ts'
import { type Batch, permissionsFor } from './actions.ts'
import { KindForm, ParentForm } from './form.ts'
import { planBatch, runBatch } from './run.ts'
import { views } from './views.ts'

/** What a batch is about, and what would become of the tenants, once everything is chosen. */
type Outlook = Pick<Batch, 'action' | 'parent_id' | 'kind'> & {
  selected: number
  report: BatchReport | null
}

/** One action on many tenants: judged for each of them first, then done as one operation. */
export const tenantBatch: JobKind<Batch, Outlook, BatchReport> = {
  name: 'tenant.batch',
  section: 'tenants',

  permission: ({ action }) => permissionsFor[action],

  async revise(db, actor, batch, fields) {
    if (batch.action === 'set_parent') {
      const parent = await findParent(db, actor, parseFields(ParentForm, fields).parent)
      if (!mayPutUnder(actor, parent.path)) throw new Invalid({ parent: NOT_THERE })
      return { ...batch, parent_id: parent.id }
    }
    if (batch.action === 'set_kind') return { ...batch, kind: parseFields(KindForm, fields).kind }
    return batch
  },

  async foresee(db, actor, batch, pace) {
    const { action, parent_id, kind, ids } = batch
    const report = isComplete(batch)
      ? reportOn('Tenant', (await planBatch(db, actor, batch, pace)).flat(), action === 'delete')
      : null
    return { action, parent_id, kind, selected: ids.length, report }
  },

  async preview(db, actor, outlook, form) {
    const choice = await drawChoice(db, actor, outlook, form)
    const { report } = outlook
    if (!report) return { choice, rendering: null, confirm: null }
    const { action, selected } = outlook
    const label = batchTitle(action, report.done)
    const facts = { deletes: action === 'delete', selected, nouns: 'tenants' }
    const confirm = report.done > 0 ? confirmation(label, facts) : null
    return { choice, rendering: reportView(report), confirm }
  },

  confirm(batch, fields) {
    const form = confirmForm(batch.action === 'delete', batch.ids.length)
    return { ...batch, reason: parseFields(form, fields).reason }
  },

  async run(db, actor, batch, pace) {
    const kind = `tenant.batch_${batch.action}`
    return operation(db, actor, { kind, reason: batch.reason }, async (tx) =>
      reportOn(
        'Tenant',
        await runBatch(tx, await currentActor(tx, db.now(), actor), batch, pace),
        batch.action === 'delete',
      ),
    )
  },

  outcome(report) {
    return reportView({ ...report, is_done: true })
  },
}

const NOT_THERE = 'You may not put tenants there. Choose another parent.'

const isComplete = ({ action, parent_id, kind }: Batch) =>
  (action !== 'set_parent' || parent_id !== null) && (action !== 'set_kind' || kind !== null)

/** The fields for what the action needs to know: what was typed, else what was chosen. */
async function drawChoice(db: Db, actor: Actor, { action, parent_id, kind }: Outlook, form: Form) {
  if (action === 'set_parent') {
    const known = parent_id !== null && (await findTenant(db, actor, parent_id))
    const parent = known ? await parentText(db, actor, known.id) : ''
    return views.parentChoice({ form: withValues(form, { parent }) })
  }
  if (action === 'set_kind') {
    const kinds = kindsFor(actor).map((value) => ({ value, label: kindLooks[value].label }))
    return views.kindChoice({ form: withValues(form, { kind: kind ?? 'client' }), kinds })
  }
  return null
}

const withValues = ({ values, errors }: Form, chosen: Record<string, string>): Form => ({
  values: { ...chosen, ...values },
  errors,
})

const verbs = {
  set_parent: 'Set the parent of',
  set_kind: 'Set the kind of',
  activate: 'Activate',
  deactivate: 'Deactivate',
  delete: 'Delete',
} as const

/** What a batch is called: "Delete 12 tenants". */
export const batchTitle = (action: Batch['action'], count: number) =>
  titleOf(verbs[action], count, 'tenant', 'tenants')
