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
import { type Batch, planBatch, runBatch } from './run.ts'

/** What would become of the sessions. */
type Outlook = { whole: boolean; selected: number; report: BatchReport }

/** Cancels many sessions: judged one by one first, then done as one operation. */
export const sessionBatch: JobKind<Batch, Outlook, BatchResult> = {
  name: 'session.batch',
  section: 'sessions',

  permission: () => 'schedule.run',

  async revise(_db, _actor, batch, fields) {
    return { ...batch, ...parseFields(WholeForm, fields) }
  },

  async foresee(db, actor, batch, pace) {
    const report = reportOn('Session', await planBatch(db, actor, batch, pace), false)
    return { whole: batch.whole, selected: batch.ids.length, report }
  },

  async preview(_db, _actor, { whole, selected, report }, form) {
    const values = { whole: wholeValue(whole), ...form.values }
    const facts = { done: report.done, deletes: false, selected, nouns: 'sessions' }
    return {
      choice: wholeChoice({ form: { values, errors: form.errors } }),
      rendering: previewView({ report, consequences: [] }),
      confirm: canStart(report, whole) ? confirmation(batchTitle(report.done), facts) : null,
    }
  },

  confirm(batch, fields) {
    return { ...batch, ...parseFields(confirmForm(false, batch.ids.length), fields) }
  },

  async run(db, actor, batch, pace) {
    const what = { kind: 'session.batch_cancel', reason: batch.reason }
    return operation(db, actor, what, async (tx) => {
      const now = await currentActor(tx, db.now(), actor)
      const lines = await runBatch(tx, now, batch, pace)
      return resultOf(reportOn('Session', lines, false), tx, batch.foreseen)
    })
  },

  outcome: (report) => reportView({ ...report, is_done: true }),
}

/** What a batch is called: "Cancel 12 sessions". */
export const batchTitle = (count: number) => titleOf('Cancel', count, 'session', 'sessions')
