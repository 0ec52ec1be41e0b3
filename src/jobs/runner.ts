import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Busy, Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { paced } from '../pace.ts'
import { type JobEnd, beginJob, endJob, noteProgress } from './commands.ts'
import type { AnyJobKind } from './kind.ts'
import type { Job } from './queries.ts'

/**
 * A job of this process at work. While its operation holds the writer its row cannot be written,
 * so how far it is stands here. Emits `progress`, and `end` when its row says how it ended.
 */
export type Running = EventEmitter<{ progress: []; end: [] }> & {
  done: number
  total: number
  cancel: AbortController
}

/** Where failures that are bugs go. */
type Log = { error(details: object, message: string): void }

export type JobRunner = ReturnType<typeof jobRunner>

const NOTE_EVERY_MS = 500

/** What is to be done, for whom, and what shows how far it is. */
type Work = { kind: AnyJobKind; id: number; actor: Actor; input: unknown; running: Running }

/** Runs jobs in this process, and knows those at work. */
export function jobRunner(db: Db, log: Log) {
  const at_work = new Map<number, Running>()

  /** Starts a draft, and returns at once. Does nothing when it was started already. */
  async function start(kind: AnyJobKind, { id }: Job, actor: Actor, input: unknown) {
    if (!(await beginJob(db, id))) return
    const running: Running = Object.assign(new EventEmitter<{ progress: []; end: [] }>(), {
      done: 0,
      total: 0,
      cancel: new AbortController(),
    })
    // Every browser that watches is a listener.
    running.setMaxListeners(0)
    at_work.set(id, running)
    void work(db, log, { kind, id, actor, input, running })
      .then((end) => noteEnd(db, id, end, running.cancel.signal))
      .catch((error: unknown) => log.error({ err: error }, 'the end of a job was not noted'))
      .finally(() => {
        at_work.delete(id)
        running.emit('end')
      })
  }

  return {
    start,
    /** The job at work under this id, if it is. */
    find: (id: number) => at_work.get(id),
    /** Waits until the job has ended, or until `milliseconds` have passed. */
    async settle(id: number, milliseconds: number) {
      const running = at_work.get(id)
      if (!running) return
      await Promise.race([once(running, 'end'), wait(milliseconds, null, { ref: false })])
    },
    /** At shutdown: stops what is at work and waits for its roll-back. */
    async stop() {
      const ends = [...at_work.values()].map((running) => once(running, 'end'))
      for (const { cancel } of at_work.values())
        cancel.abort(
          new Conflict('Tenantry was stopped while this was running; nothing of it was kept.'),
        )
      await Promise.all(ends)
    },
  }
}

async function work(db: Db, log: Log, { kind, id, actor, input, running }: Work): Promise<JobEnd> {
  const { signal } = running.cancel
  const note = progressNotes(db, log, id)
  const pace = paced((done, total) => {
    // Steps that count nothing, such as comparing, have no total.
    if (total === 0) return
    Object.assign(running, { done, total })
    running.emit('progress')
    note(done, total)
  }, signal)
  try {
    return { state: 'done', result: await kind.run(db, actor, input, pace) }
  } catch (error) {
    return describeFailure(error, signal, log)
  }
}

/** Another process that writes for long delays it, but the job has ended, and is to say how. */
async function noteEnd(db: Db, id: number, end: JobEnd, stopping: AbortSignal): Promise<void> {
  try {
    await endJob(db, id, end)
  } catch (error) {
    if (!(error instanceof Busy) || stopping.aborted) throw error
    await noteEnd(db, id, end, stopping)
  }
}

/** Writes progress to the job's row now and then; never a second time before the first is through. */
function progressNotes(db: Db, log: Log, id: number) {
  let writing = false
  let last = performance.now()
  return (done: number, total: number) => {
    if (writing || performance.now() - last < NOTE_EVERY_MS) return
    writing = true
    void noteProgress(db, id, done, total)
      .catch((error: unknown) => log.error({ err: error }, 'progress was not noted'))
      .finally(() => {
        writing = false
        last = performance.now()
      })
  }
}

function describeFailure(error: unknown, signal: AbortSignal, log: Log): JobEnd {
  if (signal.aborted && error === signal.reason && !(error instanceof Conflict))
    return { state: 'cancelled', result: { reason: 'It was cancelled; nothing of it was kept.' } }
  if (
    error instanceof Busy ||
    error instanceof Conflict ||
    error instanceof Invalid ||
    error instanceof NotFound ||
    error instanceof Forbidden
  )
    return { state: 'failed', result: { reason: error.message } }
  log.error({ err: error }, 'job failed')
  const reason = 'Something went wrong; nothing of it was kept. The log of the server says more.'
  return { state: 'failed', result: { reason } }
}
