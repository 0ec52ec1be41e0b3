import type { FastifyInstance } from 'fastify'
import { retryAuditHead } from '../db/audit-head.ts'
import type { Db } from '../db/connection.ts'
import { hasCurrentSchema } from '../db/migrate.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked every few seconds by a machine: only failures are worth a line of the log. */
    probe?: true
  }
}

/** Whether the process is on its way out; set by whoever ends it. */
export type Lifecycle = { stopping: boolean }

/**
 * `/livez`: the process answers. `/readyz`: it should be sent requests, because the database
 * answers, has the schema of this program, the head of its log can be kept, and nobody is stopping
 * the process.
 */
export function reportHealth(app: FastifyInstance, db: Db, lifecycle: Lifecycle) {
  const options = { config: { permission: 'public', probe: true } } as const
  db.onTrouble = (trouble) => app.log.error({ err: trouble }, trouble.message)

  app.get('/livez', options, (_request, reply) => reply.type('text/plain').send('alive\n'))

  app.get('/readyz', options, async (request, reply) => {
    const { reason, err } = lifecycle.stopping ? STOPPING : await findObstacle(db)
    if (!reason) return reply.type('text/plain').send('ready\n')
    if (err) request.log.error({ err }, 'not ready')
    return reply.code(503).header('retry-after', '5').type('text/plain').send(`${reason}\n`)
  })

  // Whoever keeps a connection learns with the next answer that it was the last one, and so sends
  // no request into a connection that is about to be closed.
  app.addHook('onSend', async (_request, reply) => {
    if (lifecycle.stopping) reply.header('connection', 'close')
  })
}

type Obstacle = { reason: string | null; err?: unknown }

const STOPPING: Obstacle = { reason: 'stopping' }

async function findObstacle(db: Db): Promise<Obstacle> {
  try {
    if (!(await hasCurrentSchema(db))) return { reason: 'the database has another schema' }
  } catch (err) {
    return { reason: 'the database does not answer', err }
  }
  // Without requests there is no operation that would try it again.
  const err = retryAuditHead(db)
  return err ? { reason: 'the head of the audit log cannot be written', err } : { reason: null }
}
