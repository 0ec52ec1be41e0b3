import { titleOf } from '../../jobs/batch.ts'
import { plainBatch } from '../../jobs/batch-job.ts'
import { type Batch, type BatchAction, permissionsFor } from './actions.ts'
import { planBatch, runBatch } from './run.ts'

/** One action on many schedules: judged for each of them first, then done as one operation. */
export const scheduleBatch = plainBatch<Batch>({
  name: 'schedule.batch',
  section: 'schedules',
  noun: 'Schedule',
  nouns: 'schedules',
  permission: ({ action }) => permissionsFor[action],
  kind: ({ action }) => `schedule.batch_${action}`,
  title: ({ action }, count) => batchTitle(action, count),
  deletes: ({ action }) => action === 'delete',
  plan: (db, actor, batch, pace) => planBatch(db, actor, batch, db.now(), pace),
  carryOut: runBatch,
})

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
