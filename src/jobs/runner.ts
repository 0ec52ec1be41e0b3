import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Busy, Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { type Pace, paced } from '../pace.ts'
import { type JobEnd, beginJob, endJob, noteProgress } from './commands.ts'
import type { AnyJobKind } from './kind.ts'
import { keepOutlook, lookAhead } from './outlook.ts'

/**
 * A job of this process at work, or a draft of which is worked out what it would do. While an
 * operation holds the writer the job's row cannot be written, so how far it is stands here. Emits
 * `progress`, and `end` when its row says how it ended.
 */
export type Running = EventEmitter<{ progress: []; end: [] }> & {
  is_preview: boolean
  done: number
  total: number
  cancel: AbortController
}

/** Where failures that are bugs go. */
type Log = { error(details: object, message: string): void }

export type JobRunner = ReturnType<typeof jobRunner>

/** What is to be done, and for whom. */
export type Work = { kind: AnyJobKind; id: number; actor: Actor; input: unknown }

const NOTE_EVERY_MS = 500

/** Runs jobs in this process, and knows those at work. */
export function jobRunner(db: Db, log: Log) {
  const at_work = new Map<number, Running>()

  function launch(
    id: number,
    is_preview: boolean,
    perform: (running: Running) => Promise<unknown>,
  ) {
    const running: Running = Object.assign(new EventEmitter<{ progress: []; end: [] }>(), {
      is_preview,
      done: 0,
      total: 0,
      cancel: new AbortController(),
    })
    // Every browser that watches is a listener.
    running.setMaxListeners(0)
    at_work.set(id, running)
    void perform(running)
      .catch((error: unknown) => log.error({ err: error }, 'the end of a job was not noted'))
      .finally(() => {
        at_work.delete(id)
        running.emit('end')
      })
  }

  /** Stops working out what a draft would do, if that is being done, and waits for its end. */
  async function stopPreview(id: number) {
    const running = at_work.get(id)
    if (!running?.is_preview) return
    const ended = once(running, 'end')
    running.cancel.abort()
    await ended
  }

  return {
    /** Starts a draft, and returns at once. Does nothing when it was started already. */
    async start(work: Work) {
      if (!(await beginJob(db, work.id))) return
      await stopPreview(work.id)
      launch(work.id, false, (running) => run(db, log, work, running))
    },
    /** Begins to work out what a draft would do, unless that is being done. */
    foresee(work: Work) {
      if (at_work.has(work.id)) return
      launch(work.id, true, (running) => foresee(db, log, work, running))
    },
    stopPreview,
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

async function run(db: Db, log: Log, { kind, id, actor, input }: Work, running: Running) {
  const { signal } = running.cancel
  let end: JobEnd
  try {
    const pace = paceOf(running, progressNotes(db, log, id))
    end = { state: 'done', result: await kind.run(db, actor, input, pace) }
  } catch (error) {
    end = describeFailure(error, signal, log)
  }
  await insist(signal, () => endJob(db, id, end))
}

/** What stopped it knows what becomes of the draft; what failed in itself ends the draft. */
async function foresee(db: Db, log: Log, { kind, id, actor, input }: Work, running: Running) {
  const { signal } = running.cancel
  try {
    const outlook = await lookAhead(db, () => kind.foresee(db, actor, input, paceOf(running)))
    await insist(signal, () => keepOutlook(db, id, outlook))
  } catch (error) {
    if (signal.aborted) return
    const end = describeFailure(error, signal, log)
    await insist(signal, () => endJob(db, id, end))
  }
}

/** Another process that writes for long delays it, but what has ended is to say how. */
async function insist(stopping: AbortSignal, write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof Busy) || stopping.aborted) throw error
    await insist(stopping, write)
  }
}

function paceOf(running: Running, note?: (done: number, total: number) => void): Pace {
  return paced((done, total) => {
    // Steps that count nothing, such as comparing, have no total.
    if (total === 0) return
    Object.assign(running, { done, total })
    running.emit('progress')
    note?.(done, total)
  }, running.cancel.signal)
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
