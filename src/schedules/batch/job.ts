import { currentActor } from '../../access/current-actor.ts'
import { operation } from '../../db/operation.ts'
import {
  type BatchReport,
  type BatchResult,
  WholeForm,
  canStart,
  confirmForm,
  confirmation,
  parseFields,
  previewView,
  reportOn,
  reportView,
  resultOf,
  titleOf,
  wholeChoice,
  wholeValue,
} from '../../jobs/batch.ts'
import type { JobKind } from '../../jobs/kind.ts'
import { type Batch, type BatchAction, permissionsFor } from './actions.ts'
import { planBatch, runBatch } from './run.ts'

/** What a batch is about, and what would become of the schedules. */
type Outlook = Pick<Batch, 'action' | 'whole'> & { selected: number; report: BatchReport }

/** One action on many schedules: judged for each of them first, then done as one operation. */
export const scheduleBatch: JobKind<Batch, Outlook, BatchResult> = {
  name: 'schedule.batch',
  section: 'schedules',

  permission: ({ action }) => permissionsFor[action],

  async revise(_db, _actor, batch, fields) {
    return { ...batch, ...parseFields(WholeForm, fields) }
  },

  async foresee(db, actor, batch, pace) {
    const { action, whole, ids } = batch
    const lines = await planBatch(db, actor, batch, db.now(), pace)
    const report = reportOn('Schedule', lines, action === 'delete')
    return { action, whole, selected: ids.length, report }
  },

  async preview(_db, _actor, { action, whole, selected, report }, form) {
    const values = { whole: wholeValue(whole), ...form.values }
    const label = batchTitle(action, report.done)
    const facts = { done: report.done, deletes: action === 'delete', selected, nouns: 'schedules' }
    return {
      choice: wholeChoice({ form: { values, errors: form.errors } }),
      rendering: previewView({ report, consequences: [] }),
      confirm: canStart(report, whole) ? confirmation(label, facts) : null,
    }
  },

  confirm(batch, fields) {
    const form = confirmForm(batch.action === 'delete', batch.ids.length)
    return { ...batch, ...parseFields(form, fields) }
  },

  async run(db, actor, batch, pace) {
    const what = { kind: `schedule.batch_${batch.action}`, reason: batch.reason }
    return operation(db, actor, what, async (tx) => {
      const now = await currentActor(tx, db.now(), actor)
      const lines = await runBatch(tx, now, batch, pace)
      return resultOf(reportOn('Schedule', lines, batch.action === 'delete'), tx, batch.foreseen)
    })
  },

  outcome: (report) => reportView({ ...report, is_done: true }),
}

const verbs: Record<BatchAction, string> = {
  enable: 'Enable',
  disable: 'Disable',
  duplicate: 'Duplicate',
  run: 'Run',
  cancel: 'Cancel windows of',
  delete: 'Delete',
  restore: 'Restore',
}

/** What a batch is called: "Delete 12 schedules". */
export const batchTitle = (action: BatchAction, count: number) =>
  titleOf(verbs[action], count, 'schedule', 'schedules')
