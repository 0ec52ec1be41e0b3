import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Db } from '../db/connection.ts'
import { Conflict } from '../errors.ts'
import { beginJob } from './commands.ts'
import { foresee, type Log, newRunning, run, type Running, type Work } from './work.ts'

export type JobRunner = ReturnType<typeof jobRunner>

/** Runs jobs in this process, and knows those at work. */
export function jobRunner(db: Db, log: Log) {
  const at_work = new Map<number, Running>()

  function launch(
    id: number,
    is_preview: boolean,
    perform: (running: Running) => Promise<unknown>,
  ) {
    const running = newRunning(is_preview)
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
