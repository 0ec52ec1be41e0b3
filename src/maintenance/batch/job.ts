import { titleOf } from '../../jobs/batch.ts'
import { plainBatch } from '../../jobs/batch-job.ts'
import { type Batch, planBatch, runBatch } from './run.ts'

/** Cancels many sessions: judged one by one first, then done as one operation. */
export const sessionBatch = plainBatch<Batch>({
  name: 'session.batch',
  section: 'sessions',
  noun: 'Session',
  nouns: 'sessions',
  permission: () => 'schedule.run',
  kind: () => 'session.batch_cancel',
  title: (_, count) => batchTitle(count),
  deletes: () => false,
  plan: planBatch,
  carryOut: runBatch,
})

/** What a batch is called: "Cancel 12 sessions". */
export const batchTitle = (count: number) => titleOf('Cancel', count, 'session', 'sessions')
