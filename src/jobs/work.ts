import { EventEmitter } from 'node:events'
import type { Actor } from '../access/actor.ts'
import { currentActor, fingerprintOf, requireSameAccess } from '../access/current-actor.ts'
import type { Db } from '../db/connection.ts'
import { Busy, Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { type Pace, paced } from '../pace.ts'
import { type JobEnd, endJob, noteProgress } from './commands.ts'
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
export type Log = { error(details: object, message: string): void }

/** What is to be done, and for whom. */
export type Work = { kind: AnyJobKind; id: number; actor: Actor; input: unknown }

const NOTE_EVERY_MS = 500

/** A job that begins now. */
export const newRunning = (is_preview: boolean): Running =>
  Object.assign(new EventEmitter<{ progress: []; end: [] }>(), {
    is_preview,
    done: 0,
    total: 0,
    cancel: new AbortController(),
  })
    // Every browser that watches is a listener.
    .setMaxListeners(0)

/** Does what a job is about, and writes down how it ended. */
export async function run(db: Db, log: Log, { kind, id, actor, input }: Work, running: Running) {
  const { signal } = running.cancel
  let end: JobEnd
  try {
    const now_allowed = await currentActor(db, db.now(), actor)
    const pace = whileAllowed(db, now_allowed, paceOf(running, progressNotes(db, log, id)))
    end = { state: 'done', result: await kind.run(db, now_allowed, input, pace) }
  } catch (error) {
    end = describeFailure(error, signal, log)
  }
  const access = fingerprintOf(actor.access)
  await insist(signal, () => endJob(db, id, { ...end, result: { ...end.result, access } }))
}

/**
 * Works out what a draft would do. Who stops it knows what becomes of the draft; when it fails in
 * itself, the draft ends.
 */
export async function foresee(
  db: Db,
  log: Log,
  { kind, id, actor, input }: Work,
  running: Running,
) {
  const { signal } = running.cancel
  try {
    const pace = whileAllowed(db, actor, paceOf(running))
    const outlook = await lookAhead(db, actor, () => kind.foresee(db, actor, input, pace))
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

/** So often it is looked whether the person may still do what they began. */
const ASK_EVERY_MS = 250

/** The pace, which also stops the work when what the person may do has changed. */
function whileAllowed(db: Db, actor: Actor, pace: Pace): Pace {
  let asked = performance.now()
  return async (done, total) => {
    await pace(done, total)
    if (performance.now() - asked < ASK_EVERY_MS) return
    await requireSameAccess(db, db.now(), actor)
    asked = performance.now()
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
