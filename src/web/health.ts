import type { FastifyInstance } from 'fastify'
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
 * answers, has the schema of this program, and nobody is stopping the process.
 */
export function reportHealth(app: FastifyInstance, db: Db, lifecycle: Lifecycle) {
  const options = { config: { permission: 'public', probe: true } } as const

  app.get('/livez', options, (_request, reply) => reply.type('text/plain').send('alive\n'))

  app.get('/readyz', options, async (request, reply) => {
    const obstacle = lifecycle.stopping ? 'stopping' : await findObstacle(db)
    if (!obstacle) return reply.type('text/plain').send('ready\n')
    if (obstacle instanceof Error) request.log.error({ err: obstacle }, 'not ready')
    const reason = obstacle instanceof Error ? 'the database does not answer' : obstacle
    return reply.code(503).header('retry-after', '5').type('text/plain').send(`${reason}\n`)
  })

  // Whoever keeps a connection learns with the next answer that it was the last one, and so sends
  // no request into a connection that is about to be closed.
  app.addHook('onSend', async (_request, reply) => {
    if (lifecycle.stopping) reply.header('connection', 'close')
  })
}

async function findObstacle(db: Db) {
  try {
    return (await hasCurrentSchema(db)) ? null : 'the database has another schema'
  } catch (error) {
    return error as Error
  }
}
