import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/connection.ts'
import { scheduler } from '../maintenance/scheduler.ts'

/** The scheduler, which stops with the application and tells its log what it meets. */
export function schedulerOf(app: FastifyInstance, db: Db) {
  const scheduling = scheduler(db, {
    moved: (windows) =>
      app.log.warn({ windows }, 'new time-zone data moves windows: they open at other instants'),
    putBack: (clock) =>
      app.log.warn({ clock }, 'the clock was put back: all windows are planned anew'),
    trouble: (error, schedule_id) =>
      app.log.error({ err: error, schedule_id }, 'the scheduler could not do all that was due'),
  })
  app.addHook('preClose', () => scheduling.stop())
  return scheduling
}
