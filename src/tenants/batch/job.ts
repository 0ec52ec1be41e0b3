import type { z } from 'zod'
import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Invalid } from '../../errors.ts'
import type { Confirmation, JobKind } from '../../jobs/kind.ts'
import { type Form, fieldErrors } from '../../web/form.ts'
import { findParent, parentText } from '../find-parent.ts'
import { kindLooks, tenantKinds } from '../kinds.ts'
import type { Batch, BatchLine } from './actions.ts'
import { KindForm, ParentForm, asksForNumber, confirmForm } from './form.ts'
import { planBatch, runBatch } from './run.ts'
import { type BatchReport, views } from './views.ts'

/** How many lines of each outcome a page shows, and the job keeps. */
const SHOWN = 200

/** What a batch is about, and what would become of the tenants, once everything is chosen. */
type Outlook = Pick<Batch, 'action' | 'parent_id' | 'kind'> & {
  selected: number
  report: BatchReport | null
}

/** One action on many tenants: judged for each of them first, then done as one operation. */
export const tenantBatch: JobKind<Batch, Outlook, BatchReport> = {
  name: 'tenant.batch',
  section: 'tenants',

  permission: ({ action }) => (action === 'delete' ? 'tenant.delete' : 'tenant.edit'),

  async revise(db, actor, batch, fields) {
    if (batch.action === 'set_parent') {
      const parent = await findParent(db, actor, parse(ParentForm, fields).parent)
      return { ...batch, parent_id: parent.id }
    }
    if (batch.action === 'set_kind') return { ...batch, kind: parse(KindForm, fields).kind }
    return batch
  },

  async foresee(db, _actor, batch, pace) {
    const { action, parent_id, kind, ids } = batch
    const report = isComplete(batch)
      ? reportOn(batch, (await planBatch(db, batch, pace)).flat())
      : null
    return { action, parent_id, kind, selected: ids.length, report }
  },

  async preview(db, actor, outlook, form) {
    const choice = await drawChoice(db, actor, outlook, form)
    const { report } = outlook
    if (!report) return { choice, rendering: null, confirm: null }
    const confirm = report.done > 0 ? confirmation(outlook, report.done) : null
    return { choice, rendering: views.report(report), confirm }
  },

  confirm(batch, fields) {
    return { ...batch, reason: parse(confirmForm(batch), fields).reason }
  },

  async run(db, actor, batch, pace) {
    const kind = `tenant.batch_${batch.action}`
    return operation(db, actor, { kind, reason: batch.reason }, async (tx) =>
      reportOn(batch, await runBatch(tx, batch, pace)),
    )
  },

  outcome(report) {
    return views.report({ ...report, is_done: true })
  },
}

const isComplete = ({ action, parent_id, kind }: Batch) =>
  (action !== 'set_parent' || parent_id !== null) && (action !== 'set_kind' || kind !== null)

/** The fields for what the action needs to know: what was typed, else what was chosen. */
async function drawChoice(db: Db, actor: Actor, { action, parent_id, kind }: Outlook, form: Form) {
  if (action === 'set_parent') {
    const parent = parent_id === null ? '' : await parentText(db, actor, parent_id)
    return views.parentChoice({ form: withValues(form, { parent }) })
  }
  if (action === 'set_kind') {
    const kinds = tenantKinds.map((value) => ({ value, label: kindLooks[value].label }))
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
  `${verbs[action]} ${count.toLocaleString('en')} ${count === 1 ? 'tenant' : 'tenants'}`

function confirmation({ action, selected }: Outlook, possible: number): Confirmation {
  const asks = [{ name: 'reason', label: 'Reason', hint: 'Optional. It is kept in the history.' }]
  const label = batchTitle(action, possible)
  if (action !== 'delete') return { label, asks }
  const number = { name: 'number', label: `Type ${selected}, the number of tenants selected` }
  return {
    label,
    tone: 'destructive',
    asks: asksForNumber(action, selected) ? [...asks, number] : asks,
  }
}

function reportOn({ action }: Batch, lines: BatchLine[]): BatchReport {
  const of = (outcome: BatchLine['outcome']) => lines.filter((line) => line.outcome === outcome)
  const [refused, done, unchanged] = [of('refused'), of('done'), of('unchanged')]
  return {
    done: done.length,
    unchanged: unchanged.length,
    refused: refused.length,
    deletes: action === 'delete',
    lines: [refused, done, unchanged].flatMap((some) =>
      some
        .slice(0, SHOWN)
        .map(({ name, slug, outcome, detail }) => ({ name, slug, outcome, detail })),
    ),
  }
}

function parse<Output>(schema: z.ZodType<Output>, fields: object): Output {
  const parsed = schema.safeParse(fields)
  if (!parsed.success) throw new Invalid(fieldErrors(parsed.error))
  return parsed.data
}
